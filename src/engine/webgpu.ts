/**
 * The engine on a graphics card, in browsers: `onnxruntime-web` on WebGPU. What the runtime has no shaders for (bytes, bits of whole
 * numbers) it does on the processor, in the same run.
 */
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web';
import { EngineError } from '../base/errors.ts';
import { compileOnDevice, type Device } from './device-loops.ts';
import { dataTypeOf, type Engine, type HostData, type HostTensor } from './engine.ts';
import { type Lowered, lower } from './onnx/lower.ts';
import type { OnnxType } from './onnx/protobuf.ts';
import { load, runFailed, toRuntime } from './onnxruntime.ts';

export interface WebgpuEngineOptions {
  /** URL of the folder with the runtime's .wasm and .mjs files, with a slash at its end; beside the script when absent. */
  readonly wasmFolder?: string;
  /** Called once, when the card was lost: nothing can be asked of the engine any more. */
  readonly onLost?: () => void;
}

/** The parts of a browser's `navigator.gpu` that are used. */
interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

interface Adapter {
  readonly features: Iterable<string>;
  readonly limits: object;
  requestDevice(wanted: object): Promise<Card>;
}

interface Card {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  readonly queue: {
    writeBuffer(buffer: Buffer, offset: number, data: ArrayBufferView): void;
    submit(commands: readonly unknown[]): void;
  };
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: Error }) => void): void;
  createBuffer(wanted: { readonly size: number; readonly usage: number }): Buffer;
  destroy(): void;
  createCommandEncoder(): {
    copyBufferToBuffer(from: Buffer, fromOffset: number, to: Buffer, toOffset: number, size: number): void;
    finish(): unknown;
  };
}

interface Buffer {
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  destroy(): void;
}

/** `GPUBufferUsage` and `GPUMapMode`, which only browsers have. */
const USAGE = { mapRead: 0x01, copySource: 0x04, copyTarget: 0x08, storage: 0x80 } as const;
const MAP_READ = 0x01;

/** A loss is told after what it made fail. */
const LOSS_KNOWN_MS = 500;

/** Buffers that a shader has on every card. */
const MOST_TENSORS = 8;

/** The limits that decide how large a tensor and a shader may be. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
];

type Runtime = typeof import('onnxruntime-web/webgpu');

/** Whether this page or worker has a graphics card that may be used. */
export async function hasWebgpu(): Promise<boolean> {
  return (await findAdapter()) !== undefined;
}

async function findAdapter(): Promise<Adapter | undefined> {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Gpu } };
  // What is refused is not there.
  return (await navigator?.gpu?.requestAdapter().catch(() => null)) ?? undefined;
}

/**
 * An engine on the graphics card. Loops of fixed length are laid out one iteration after the other, and refused where they are long.
 *
 * After the card was lost (its driver was restarted, the browser gave it to someone else) whatever is asked of the engine ends with an
 * `EngineError`; a new engine may get it back.
 *
 * @throws EngineError where there is no card.
 */
export async function webgpuEngine({ wasmFolder, onLost }: WebgpuEngineOptions = {}): Promise<Engine> {
  const adapter = await findAdapter();
  if (!adapter)
    throw new EngineError({
      where: 'webgpuEngine',
      expected: 'a browser that offers a graphics card (navigator.gpu)',
      got: 'none',
      fix: 'take webgpuEngine away, or webEngine in its place',
    });
  // Loaded here, because it is large and few need it.
  const runtime = await import('onnxruntime-web/webgpu');
  if (wasmFolder !== undefined) runtime.env.wasm.wasmPaths = wasmFolder;
  runtime.env.wasm.numThreads = 1;
  const limits = adapter.limits as Readonly<Record<string, number>>;
  const card = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, limits[name]])),
  });
  void card.lost.then(onLost);
  const device = makeDevice(runtime, card);
  return {
    name: 'onnxruntime-web on WebGPU',
    version: runtime.env.versions.web ?? 'unknown',
    threads: 1,
    compile: (outputs) => compileOnDevice(device, outputs),
  };
}

function makeDevice(runtime: Runtime, card: Card): Device<RuntimeTensor> {
  const inTurn = makeTurns(card);
  const options = (lowered: Lowered): InferenceSession.SessionOptions => ({
    // Its type is only known where the browser's types are.
    executionProviders: [{ name: 'webgpu', device: card as never }],
    graphOptimizationLevel: 'all',
    preferredOutputLocation: Object.fromEntries(
      lowered.graph.outputs.map(({ name, dtype }) => [name, isOnCard(dtype) ? 'gpu-buffer' : 'cpu']),
    ),
    logSeverityLevel: 3,
  });
  return {
    async compile(outputs) {
      const lowered = lower(outputs, { mostTensors: MOST_TENSORS });
      const { session, inputNames, outputNames } = await inTurn(() => load(runtime, options(lowered), lowered));
      return {
        inputNames,
        async run(inputs) {
          const feeds = Object.fromEntries(inputNames.map((name) => [name, inputs[name]]));
          const results = await inTurn(() => session.run(feeds).catch(runFailed));
          return Object.fromEntries(Object.entries(outputNames).map(([name, given]) => [name, results[given]]));
        },
        dispose: () => inTurn(() => session.release()),
      };
    },
    put: (tensor, uses) =>
      uses === 'many' && isOnCard(dataTypeOf(tensor.data)) ? onCard(runtime, card, tensor) : toRuntime(runtime, tensor),
    read: (values) => inTurn(() => readAll(card, values)),
    drop: (value) => value.dispose(),
  };
}

/** Numbers that are read by many runs, in the card's own memory. */
function onCard({ Tensor }: Runtime, card: Card, { data, shape }: HostTensor): RuntimeTensor {
  // In pieces of 16 bytes, as the runtime has it.
  const size = 16 * Math.max(1, Math.ceil(data.byteLength / 16));
  const buffer = card.createBuffer({ size, usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget });
  card.queue.writeBuffer(buffer, 0, data);
  return Tensor.fromGpuBuffer(buffer as never, {
    dataType: dataTypeOf(data) as 'float32',
    dims: shape,
    dispose: () => buffer.destroy(),
  });
}

/** By way of one buffer that can be read here. */
async function readAll(card: Card, values: readonly RuntimeTensor[]): Promise<HostTensor[]> {
  const isThere = (value: RuntimeTensor): boolean => value.location === 'gpu-buffer';
  const size = values.reduce((sum, value) => sum + (isThere(value) ? 4 * value.size : 0), 0);
  if (size === 0) return values.map((value) => ({ data: value.data as HostData, shape: value.dims }));
  const buffer = card.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyTarget });
  const commands = card.createCommandEncoder();
  let at = 0;
  for (const value of values.filter(isThere)) {
    commands.copyBufferToBuffer(value.gpuBuffer as unknown as Buffer, 0, buffer, at, 4 * value.size);
    at += 4 * value.size;
  }
  card.queue.submit([commands.finish()]);
  try {
    await buffer.mapAsync(MAP_READ);
    const bytes = buffer.getMappedRange();
    at = 0;
    return values.map((value) => {
      if (!isThere(value)) return { data: value.data as HostData, shape: value.dims };
      at += 4 * value.size;
      return { data: numbersOf(bytes.slice(at - 4 * value.size, at), value.type), shape: value.dims };
    });
  } finally {
    buffer.destroy();
  }
}

function numbersOf(bytes: ArrayBuffer, type: RuntimeTensor['type']): HostData {
  if (type === 'int32') return new Int32Array(bytes);
  return type === 'uint32' ? new Uint32Array(bytes) : new Float32Array(bytes);
}

/** Shaders know numbers of four bytes. */
function isOnCard(dtype: OnnxType): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'uint32';
}

/**
 * One piece of work after the other, because the runtime can be waiting for one only. What the loss of the card leaves hanging, or lets
 * fail in some way or other, ends with an error that says so.
 */
function makeTurns(card: Card): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const lost = card.lost.then(({ message }): never => {
    throw new EngineError({
      where: 'WebGPU',
      expected: 'the graphics card until the end',
      got: `its loss (${message || 'no reason given'})`,
      fix: 'go on from the last checkpoint, on WebAssembly or on WebGPU again',
    });
  });
  // Too large a buffer, a shader that is refused: what comes after would be numbers of nothing.
  const refused = new Promise<never>((_, reject) => {
    card.addEventListener('uncapturederror', ({ error }) => {
      reject(
        new EngineError({
          where: 'WebGPU',
          expected: 'work that the graphics card can do',
          got: error.message.split('\n')[0],
          fix: 'take smaller batches or a smaller network, or compute on WebAssembly',
        }),
      );
      card.destroy();
    });
  });
  const ended = Promise.race([refused, lost]);
  // Whoever waits is told; nobody has to.
  ended.catch(() => {});
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => Promise.race([ended, work().catch((error) => afterLoss(ended, error))]));
    last = turn.catch(() => {});
    return turn;
  };
}

/** What fails with the card may say so before the card does. */
async function afterLoss(ended: Promise<never>, error: unknown): Promise<never> {
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LOSS_KNOWN_MS))]);
  throw error;
}
