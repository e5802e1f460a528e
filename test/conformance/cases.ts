/** What a conformance case is made of: operands, the values that they take, and what is built of them. */
import { type Shape, sizeOf, type Tensor } from '../../src/graph/tensor.ts';

export interface Operand {
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32' | 'uint32' | 'uint8';
  /** Random numbers are drawn from this range. */
  readonly range: readonly [number, number];
  /** Numbers to use instead of random ones. */
  readonly values?: readonly number[];
}

export interface OperationCase {
  /** Exported names that this case is the check of. */
  readonly covers: readonly string[];
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly build: (operands: readonly Tensor[]) => readonly Tensor[];
  /** Whether there is a gradient, at the points used (which keep away from kinks). */
  readonly isDifferentiable: boolean;
  /** Values for the float operands in the extreme run; none where every extreme is outside of the domain. */
  readonly extremes: readonly number[];
}

const WIDE = [0, 1e4, -1e4, 1, -3];
/** Without 0, where a kink or a pole is. */
export const WIDE_BUT_ZERO = [1e4, -1e4, 1, -3, 1e-3];
/** Positive only. */
export const POSITIVE = [1e4, 1e-3, 1, 30];

export function float(shape: Shape, range: readonly [number, number] = [-2, 2]): Operand {
  return { shape, dtype: 'float32', range };
}

export function integers(dtype: 'int32' | 'uint32' | 'uint8', shape: Shape, values: readonly number[]): Operand {
  return { shape, dtype, range: [0, 0], values };
}

export interface Traits {
  readonly isDifferentiable?: boolean;
  readonly extremes?: readonly number[];
}

export function operation(
  covers: string,
  name: string,
  operands: readonly Operand[],
  build: (...operands: readonly Tensor[]) => Tensor | readonly Tensor[],
  { isDifferentiable = true, extremes = WIDE }: Traits = {},
): OperationCase {
  return {
    covers: covers.split(' '),
    name: `${covers.split(' ')[0]} ${name}`,
    operands,
    build: (tensors) => [build(...tensors)].flat(),
    isDifferentiable,
    extremes,
  };
}

export const noGradient = { isDifferentiable: false };

/** Numbers for an operand: those given, else random ones, or the extremes by turns (shifted for each operand, against ties). */
export function valuesOf(
  operand: Operand,
  at: number,
  uniformNumber: () => number,
  extremes?: readonly number[],
): Float32Array | Int32Array | Uint32Array | Uint8Array {
  const size = sizeOf(operand.shape);
  switch (operand.dtype) {
    case 'int32':
      return Int32Array.from(operand.values ?? []);
    case 'uint32':
      return Uint32Array.from(operand.values ?? []);
    case 'uint8':
      return Uint8Array.from(operand.values ?? []);
    case 'float32': {
      const [from, to] = operand.range;
      return Float32Array.from({ length: size }, (_, i) =>
        extremes ? extremes[(i + at) % extremes.length] * (1 + at / 4) : from + (to - from) * uniformNumber(),
      );
    }
    default:
      return operand.dtype satisfies never;
  }
}
