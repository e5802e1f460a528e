/** The native engine: `onnxruntime-node` on the CPU. */
import './without-reports.ts';
import { availableParallelism } from 'node:os';
import * as runtime from 'onnxruntime-node';
import { probeBlock } from './block-probe.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { Block } from './onnx/blocked-convolution.ts';
import { compileWith } from './onnxruntime.ts';

/** How sessions are made. */
export function nativeSession(threads: number): runtime.InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
}

/** An engine on this machine's processors. */
export function nodeEngine(options: EngineOptions = {}): Engine {
  const threads = options.threads || availableParallelism();
  const session = nativeSession(threads);
  const findBlock = blockFinder(session);
  return {
    name: 'onnxruntime-node',
    version: runtime.env.versions.node ?? 'unknown',
    threads,
    compile: (outputs) => compileWith(runtime, session, outputs, findBlock),
  };
}

/** Looks for the block of blocked convolutions when it is first asked for. */
export function blockFinder(session: runtime.InferenceSession.SessionOptions): () => Promise<Block | undefined> {
  let block: Promise<Block | undefined> | undefined;
  return () => {
    // Where no kernel was compiled for a processor, the runtime might crash instead of refusing: a probe could not say so.
    if (process.arch !== 'x64') return Promise.resolve(undefined);
    block ??= probeBlock(runtime, session);
    return block;
  };
}
