/**
 * An engine without a runtime: the definition of every operation, worked out in JavaScript, in double precision. A hundred times slower
 * than a runtime and a hundred times smaller: for a page that carries a small model in one file.
 */
import { evaluate } from '../graph/reference.ts';
import { type DataType, sizeOf } from '../graph/tensor.ts';
import type { Engine, HostData } from './engine.ts';

export function plainEngine(): Engine {
  return {
    name: 'plain',
    version: '1',
    threads: 1,
    compile: async (outputs) => ({
      async run(inputs) {
        const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]));
        const values = evaluate(Object.values(outputs), feeds);
        return Object.fromEntries(
          Object.entries(outputs).map(([name, { dtype, shape }], at) => {
            const data = hostData(dtype, values[at]);
            // The first axis is as long as what was fed.
            const rest = shape.slice(1);
            return [name, { data, shape: shape.length === 0 ? [] : [data.length / sizeOf(rest), ...rest] }];
          }),
        );
      },
      dispose: async () => {},
    }),
  };
}

function hostData(dtype: DataType, values: Float64Array): HostData {
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'uint32') return Uint32Array.from(values);
  return dtype === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values);
}
