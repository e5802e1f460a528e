/** Runs ONNX files as their users do, with a build of ONNX Runtime that is not the one which models are trained by. */
import * as runtime from 'onnxruntime-web';

runtime.env.wasm.numThreads = 1;

/** What goes in: the data type, its elements, the shape. */
export type Fed = readonly [
  type: 'float32' | 'float64' | 'uint8' | 'int32' | 'int64' | 'uint32' | 'string',
  data: Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array | BigInt64Array | string[],
  shape: readonly number[],
];

export interface OpenFile {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  run(feeds: Readonly<Record<string, Fed>>): Promise<Record<string, runtime.Tensor>>;
}

export async function openOnnx(bytes: Uint8Array): Promise<OpenFile> {
  const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, [type, data, shape]]) => [
        name,
        new runtime.Tensor(type as 'float32', data as Float32Array, shape),
      ]);
      return { ...(await session.run(Object.fromEntries(tensors))) };
    },
  };
}

/** The numbers of an output. */
export function numbersOf({ data }: runtime.Tensor): Float64Array {
  return Float64Array.from(data as Float32Array, Number);
}
