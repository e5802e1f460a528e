/** What the native and the web runtime share: both expose one interface, named here by its types alone. */
import type { InferenceSession, Tensor as RuntimeTensor, TensorConstructor } from 'onnxruntime-node';
import { EngineError } from '../base/errors.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import { dataTypeOf, type HostData, type HostTensor, type Program } from './engine.ts';
import type { Block } from './onnx/blocked-convolution.ts';
import { type Lowered, lower } from './onnx/lower.ts';
import { encodeModel } from './onnx/protobuf.ts';

/** The part of a runtime's module that is used. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** A graph that the runtime has loaded, and how its own names differ. */
export interface Loaded {
  readonly session: InferenceSession;
  readonly inputNames: readonly string[];
  /** What the runtime calls each output. */
  readonly outputNames: Readonly<Record<string, string>>;
}

/**
 * Lowers, loads and wraps the graph of `outputs`. The runtime's `block` of channels is asked for where it would help; none means plain
 * ONNX throughout.
 */
export async function compileWith(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  outputs: Readonly<Record<string, Tensor>>,
  findBlock: () => Promise<Block | undefined> = async () => undefined,
): Promise<Program> {
  const { session, inputNames, outputNames } = await load(runtime, options, await lowerFor(outputs, findBlock));
  return {
    async run(inputs) {
      const feeds: Record<string, RuntimeTensor> = {};
      for (const name of inputNames) feeds[name] = toRuntime(runtime, checkedInput(inputs, name, inputNames));
      const results = await session.run(feeds).catch(runFailed);
      const values: Record<string, HostTensor> = {};
      for (const [name, given] of Object.entries(outputNames)) values[name] = fromRuntime(results[given]);
      return values;
    },
    dispose: () => session.release(),
  };
}

/** Lowered with blocks where these would help and the runtime has them. */
export async function lowerFor(
  outputs: Readonly<Record<string, Tensor>>,
  findBlock: () => Promise<Block | undefined>,
): Promise<Lowered> {
  const plain = lower(outputs);
  const block = plain.gainsFromBlocks ? await findBlock() : undefined;
  return block ? lower(outputs, { block }) : plain;
}

export async function load(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  { graph, outputNames, versions }: Lowered,
): Promise<Loaded> {
  const session = await runtime.InferenceSession.create(encodeModel(graph, versions), options).catch(
    (cause: unknown) => {
      throw new EngineError(`internal: the runtime refused a graph: ${messageOf(cause)}`, { cause });
    },
  );
  return { session, inputNames: graph.inputs.map(({ name }) => name), outputNames };
}

/** What was fed for an input. @throws EngineError when that is nothing, or other than its shape says. */
export function checkedInput(
  inputs: Readonly<Record<string, HostTensor>>,
  name: string,
  names: readonly string[],
): HostTensor {
  const value = inputs[name];
  if (!value)
    throw new EngineError({
      where: 'program.run',
      expected: `inputs ${names.join(', ')}`,
      got: `no ${name}`,
      fix: 'feed every input',
    });
  if (value.data.length !== sizeOf(value.shape))
    throw new EngineError({
      where: `program.run, input ${name}`,
      expected: `${sizeOf(value.shape)} numbers for shape [${value.shape}]`,
      got: `${value.data.length}`,
      fix: 'give data and shape that agree',
    });
  return value;
}

export function runFailed(cause: unknown): never {
  throw new EngineError(`the runtime failed while running a graph: ${messageOf(cause)}`, { cause });
}

export function toRuntime(runtime: Runtime, { data, shape }: HostTensor): RuntimeTensor {
  return new runtime.Tensor(dataTypeOf(data) as 'float32', data as Float32Array, shape);
}

function fromRuntime(tensor: RuntimeTensor): HostTensor {
  return { data: tensor.data as HostData, shape: tensor.dims };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
