/** The narrow interface between graphs and whatever runs them. */
import type { DataType, Shape, Tensor } from '../graph/tensor.ts';

/** Numbers of one of the data types that cross the border. */
export type HostData = Float32Array | Int32Array | Uint32Array | Uint8Array;

export interface HostTensor {
  readonly data: HostData;
  readonly shape: Shape;
  /** Whether `data` stays as it is for as long as it is there, so that an engine elsewhere may keep it. */
  readonly lasts?: boolean;
}

/** A graph made ready to run. */
export interface Program {
  /**
   * Feeds every input by name and gives every output by name. Inputs are never changed; data may be read until the promise
   * settles.
   *
   * @throws EngineError when an input is missing or has the wrong shape, or the runtime fails.
   */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  dispose(): Promise<void>;
}

/** A runtime for graphs. */
export interface Engine {
  /** `onnxruntime-node`, `onnxruntime-web`. */
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  /** Makes the graph of the named `outputs` ready to run. */
  compile(outputs: Readonly<Record<string, Tensor>>): Promise<Program>;
}

/** Options that every engine takes. */
export interface EngineOptions {
  /** Threads for one operation; 0 lets the runtime use all cores. */
  readonly threads?: number;
}

/** Float32 values of a scalar or list as a host tensor. */
export function float32(values: ArrayLike<number>, shape: Shape = [values.length]): HostTensor {
  return { data: values instanceof Float32Array ? values : Float32Array.from(values), shape };
}

/** The data type of a host array. */
export function dataTypeOf(data: HostData): DataType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint32Array) return 'uint32';
  return 'uint8';
}
