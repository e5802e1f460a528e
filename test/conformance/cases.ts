/** What a conformance case is made of: operands, the values that they take, and what is built of them. */
import { broadcastTo } from '../../src/graph/ops/broadcast.ts';
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

const BROADCASTS: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[3], [3]],
  [[5], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [2, 3, 1, 5],
    [3, 4, 1],
  ],
  [
    [1, 1],
    [3, 1],
  ],
];

/** An operation of two operands at shapes that broadcast, and with a number on either side. */
export function binaryCases(
  name: string,
  build: (x: Tensor | number, y: Tensor | number) => Tensor,
  traits: Traits & { readonly right?: readonly [number, number] } = {},
): readonly OperationCase[] {
  const right = traits.right ?? [-2, 2];
  return [
    ...BROADCASTS.map(([a, b]) => operation(name, `[${a}] [${b}]`, [float(a), float(b, right)], build, traits)),
    operation(name, 'x 3', [float([2, 3])], (x) => build(x, 3), traits),
    operation(name, '1 x', [float([2, 3], right)], (x) => build(1, x), traits),
    operation(name, 'x 1', [float([7])], (x) => build(x, 1), traits),
    operation(
      name,
      'of spread values',
      [float([2, 1]), float([3], right)],
      (x, y) => build(broadcastTo(x, [2, 3]), broadcastTo(y, [2, 3])),
      traits,
    ),
    operation(
      name,
      'spread by the whole',
      [float([1]), float([], right)],
      (x, y) => build(broadcastTo(x, [4, 3]), y),
      traits,
    ),
  ];
}

/** An operation of one operand at several shapes. */
export function unaryCases(
  name: string,
  build: (x: Tensor) => Tensor,
  { range, ...traits }: Traits & { readonly range?: readonly [number, number] } = {},
): readonly OperationCase[] {
  return [[], [7], [2, 3], [3, 1, 5], [2, 1, 3, 2]].map((shape) =>
    operation(name, `[${shape}]`, [float(shape, range)], build, traits),
  );
}

/** Shapes, and the axes of them that are gone over. */
export const REDUCTIONS = [
  [[], []],
  [[7], [0]],
  [[2, 3], [1]],
  [
    [2, 3, 5],
    [0, 2],
  ],
  [
    [2, 3, 1, 4],
    [1, 2],
  ],
  [[3, 1], [1]],
] as const;

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
