/** The native engine: `onnxruntime-node` on the CPU. */
import { availableParallelism } from 'node:os';
import * as runtime from 'onnxruntime-node';
import type { Engine, EngineOptions } from './engine.ts';
import { compileWith } from './onnxruntime.ts';

/** An engine on this machine's processors. */
export function nodeEngine(options: EngineOptions = {}): Engine {
  const threads = options.threads || availableParallelism();
  return {
    name: 'onnxruntime-node',
    version: runtime.env.versions.node ?? 'unknown',
    threads,
    compile: (outputs) =>
      compileWith(
        runtime,
        {
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        },
        outputs,
      ),
  };
}
