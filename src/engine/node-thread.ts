/** The thread that computes for `nodeThreads`. */
import { parentPort, workerData } from 'node:worker_threads';
import * as runtime from 'onnxruntime-node';
import type { HostData, HostTensor } from './engine.ts';
import { nativeSession } from './node.ts';
import type { Feed, ThreadAnswer, ThreadRequest } from './node-threads.ts';
import { toRuntime } from './onnxruntime.ts';

const session = nativeSession((workerData as { readonly threads: number }).threads);
const programs = new Map<number, Promise<runtime.InferenceSession>>();
const lasting = new Map<number, runtime.Tensor>();

parentPort?.on('message', async (request: ThreadRequest) => {
  if (request.what === 'forget') return void lasting.delete(request.key);
  if (request.what === 'release') return void (await release(request.program));
  const { ask } = request;
  try {
    if (request.what === 'load') {
      const loading = runtime.InferenceSession.create(request.model, session);
      programs.set(request.program, loading);
      await loading;
      parentPort?.postMessage({ ask } satisfies ThreadAnswer);
    } else {
      const results = await run(request.program, request.feeds);
      const returned = request.feeds.flatMap(({ isLent, data }) =>
        isLent && data ? [data.buffer as ArrayBuffer] : [],
      );
      parentPort?.postMessage({ ask, results, returned } satisfies ThreadAnswer, returned);
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ ask, error: said } satisfies ThreadAnswer);
  }
});

async function run(id: number, feeds: readonly Feed[]): Promise<Record<string, HostTensor>> {
  const program = await programs.get(id);
  if (!program) throw new Error(`internal: program ${id} was not loaded`);
  const results = await program.run(Object.fromEntries(feeds.map((feed) => [feed.name, tensorOf(feed)])));
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as HostData, shape: dims }]),
  );
}

function tensorOf({ data, shape, key }: Feed): runtime.Tensor {
  const known = key === undefined ? undefined : lasting.get(key);
  if (known) return known;
  if (!data) throw new Error(`internal: input ${key} was not kept`);
  const tensor = toRuntime(runtime, { data, shape });
  if (key !== undefined) lasting.set(key, tensor);
  return tensor;
}

async function release(id: number): Promise<void> {
  const program = await programs.get(id);
  programs.delete(id);
  await program?.release();
}
