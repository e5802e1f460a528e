/**
 * The native engine in threads of its own, for a program that has more to do than to compute: `onnxruntime-node` keeps the thread that
 * asks it until it has its numbers.
 *
 *   graph ── lowered here ── bytes ──> a session in each thread that needs it; inputs there, outputs back, both as copies
 */
import './without-reports.ts';
import { Worker } from 'node:worker_threads';
import * as runtime from 'onnxruntime-node';
import { makeSpareMemory, type SpareMemory } from '../base/spare-memory.ts';
import type { Engine, HostData, HostTensor, Program } from './engine.ts';
import { blockFinder, nativeSession } from './node.ts';
import { encodeModel } from './onnx/protobuf.ts';
import { checkedInput, lowerFor, runFailed } from './onnxruntime.ts';

/** What a thread is asked; each request has an answer, but for those that end something. */
export type ThreadRequest =
  | { readonly what: 'run'; readonly ask: number; readonly program: number; readonly feeds: readonly Feed[] }
  | { readonly what: 'load'; readonly ask: number; readonly program: number; readonly model: Uint8Array }
  | { readonly what: 'release'; readonly program: number }
  | { readonly what: 'forget'; readonly key: number };

/** An input; one that lasts comes once under its key. */
export interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data?: HostData;
  readonly key?: number;
  /** Whether the memory of `data` is wanted back. */
  readonly isLent?: boolean;
}

export interface ThreadAnswer {
  readonly ask: number;
  readonly results?: Readonly<Record<string, HostTensor>>;
  /** What was lent. */
  readonly returned?: readonly ArrayBuffer[];
  readonly error?: string;
}

export interface ThreadedEngine extends Engine {
  /** Ends the threads, also in the midst of a run. */
  close(): Promise<void>;
}

export interface ThreadsOptions {
  /** That compute at a time, each for one run. */
  readonly runs: number;
  /** Of one run. */
  readonly threads: number;
}

export function nodeThreads({ runs, threads }: ThreadsOptions): ThreadedEngine {
  const places = Array.from({ length: runs }, () => startThread(threads));
  const findBlock = blockFinder(nativeSession(threads));
  let programs = 0;
  return {
    name: 'onnxruntime-node',
    version: runtime.env.versions.node ?? 'unknown',
    threads: runs * threads,
    async compile(outputs) {
      const { graph, outputNames, versions } = await lowerFor(outputs, findBlock);
      const id = programs++;
      const model = encodeModel(graph, versions);
      const names = graph.inputs.map(({ name }) => name);
      // What is wrong with the graph is to be known now; the others load it when they first run it.
      await places[0].load(id, model);
      return program(places, id, model, names, outputNames);
    },
    async close() {
      await Promise.all(places.map((place) => place.end()));
    },
  };
}

function program(
  places: readonly Place[],
  id: number,
  model: Uint8Array,
  names: readonly string[],
  outputNames: Readonly<Record<string, string>>,
): Program {
  return {
    async run(inputs) {
      const feeds = names.map((name) => ({ name, ...checkedInput(inputs, name, names) }));
      const place = places.reduce((least, other) => (other.waiting() < least.waiting() ? other : least));
      const results = await place.run(id, model, feeds);
      return Object.fromEntries(Object.entries(outputNames).map(([name, given]) => [name, results[given]]));
    },
    dispose: async () => {
      for (const place of places) place.release(id);
    },
  };
}

/** A thread as the others see it. */
interface Place {
  waiting(): number;
  load(program: number, model: Uint8Array): Promise<unknown>;
  run(
    program: number,
    model: Uint8Array,
    feeds: readonly (HostTensor & { readonly name: string })[],
  ): Promise<Readonly<Record<string, HostTensor>>>;
  release(program: number): void;
  end(): Promise<unknown>;
}

interface Asked {
  readonly resolve: (results: Readonly<Record<string, HostTensor>>) => void;
  readonly reject: (error: Error) => void;
}

function startThread(threads: number): Place {
  const thread = new Worker(new URL('./node-thread.js', import.meta.url), { workerData: { threads } });
  const asked = new Map<number, Asked>();
  const loaded = new Map<number, Promise<unknown>>();
  const lasting = new WeakMap<HostData, number>();
  const memory = makeSpareMemory();
  const forgotten = new FinalizationRegistry<number>((key) => send({ what: 'forget', key }));
  let [asks, keys] = [0, 0];
  const send = (request: ThreadRequest, given: readonly ArrayBuffer[] = []): void => thread.postMessage(request, given);
  const failAll = (error: Error): void => {
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
  };
  thread.on('error', failAll);
  thread.on('exit', () => failAll(new Error('its thread has ended')));
  thread.on('message', ({ ask, results, returned = [], error }: ThreadAnswer) => {
    for (const buffer of returned) memory.giveBack(new Uint8Array(buffer));
    const one = asked.get(ask);
    asked.delete(ask);
    if (asked.size === 0) thread.unref();
    if (error === undefined) one?.resolve(results ?? {});
    else one?.reject(new Error(error));
  });
  // A program that is over does not wait for a thread that has nothing to do. After the listeners, the first of which says the opposite.
  thread.unref();
  const answered = (make: (ask: number) => ThreadRequest, given?: readonly ArrayBuffer[]): ReturnType<Place['run']> =>
    new Promise<Readonly<Record<string, HostTensor>>>((resolve, reject) => {
      const ask = asks++;
      thread.ref();
      asked.set(ask, { resolve, reject });
      send(make(ask), given);
    }).catch(runFailed);
  const load = (id: number, model: Uint8Array): Promise<unknown> => {
    const known = loaded.get(id) ?? answered((ask) => ({ what: 'load', ask, program: id, model }));
    loaded.set(id, known);
    return known;
  };
  const feedOf = ({ name, shape, data, lasts }: HostTensor & { readonly name: string }): Feed => {
    if (!lasts) {
      const copy = alone(data, memory);
      return { name, shape, data: copy, isLent: copy !== data };
    }
    const known = lasting.get(data);
    if (known !== undefined) return { name, shape, key: known };
    const key = keys++;
    lasting.set(data, key);
    forgotten.register(data, key);
    return { name, shape, data: alone(data), key };
  };
  return {
    waiting: () => asked.size,
    load,
    async run(id, model, feeds) {
      await load(id, model);
      const sent = feeds.map(feedOf);
      // What was copied already need not be copied once more on the way.
      const given = sent.flatMap(({ data }, at) =>
        data && data !== feeds[at].data ? [data.buffer as ArrayBuffer] : [],
      );
      return answered((ask) => ({ what: 'run', ask, program: id, feeds: sent }), given);
    },
    release(id) {
      if (!loaded.delete(id)) return;
      send({ what: 'release', program: id });
    },
    end: () => thread.terminate(),
  };
}

/** A view that is sent brings all along that it is a part of: the rest of what it is a view of is left behind. */
function alone(data: HostData, memory?: SpareMemory): HostData {
  if (data.byteLength === data.buffer.byteLength) return data;
  if (!memory) return data.slice();
  const bytes = memory.take(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const Same = data.constructor as new (buffer: ArrayBuffer, from: number, length: number) => HostData;
  return new Same(bytes.buffer, 0, data.length);
}
