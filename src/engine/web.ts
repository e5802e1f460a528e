/** The portable engine: `onnxruntime-web` on WebAssembly, in Node and in browsers. */
import * as runtime from 'onnxruntime-web';
import type { Engine, EngineOptions } from './engine.ts';
import { compileWith } from './onnxruntime.ts';

export interface WebEngineOptions extends EngineOptions {
  /** URL of the folder with the runtime's .wasm and .mjs files, with a slash at its end; beside the script when absent. */
  readonly wasmFolder?: string;
}

/**
 * An engine on WebAssembly with SIMD. Threads beyond 1 need a cross-origin isolated page (or Node), and are fixed by the
 * first engine of a process, because the runtime starts its workers once.
 */
export function webEngine({ threads: asked, wasmFolder }: WebEngineOptions = {}): Engine {
  const threads = asked || 1;
  runtime.env.wasm.numThreads = threads;
  if (wasmFolder !== undefined) runtime.env.wasm.wasmPaths = wasmFolder;
  return {
    name: 'onnxruntime-web',
    version: runtime.env.versions.web ?? 'unknown',
    threads,
    compile: (outputs) =>
      compileWith(
        runtime,
        { executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3 },
        outputs,
      ),
  };
}
