/** How parameters start. */
import { sizeOf } from '../../graph/tensor.ts';
import type { Initialiser } from '../trace.ts';

/** Normal with variance 2/inputs, for layers before a rectifier. He et al. 2015, eq. 10. */
export const heNormal: Initialiser = (shape, random) => {
  const deviation = Math.sqrt(2 / shape[0]);
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
};

/** Uniform with variance 2/(inputs + outputs). Glorot & Bengio 2010, eq. 16. */
export const glorotUniform: Initialiser = (shape, random) => {
  const limit = Math.sqrt(6 / (shape[0] + shape[1]));
  return Float32Array.from({ length: sizeOf(shape) }, () => limit * (2 * random.uniform() - 1));
};

/** Every element `value`. */
export function filledWith(value: number): Initialiser {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

export const zeros = filledWith(0);

export const ones = filledWith(1);

/** Standard normal. */
export const normals: Initialiser = (shape, random) =>
  Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
