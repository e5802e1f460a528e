/** Where a window that slides over pictures stands: the shapes and indices of convolutions and pooling. */
import { ShapeError } from '../base/errors.ts';
import type { Shape } from './tensor.ts';

/** How a kernel slides over `[height, width]`. */
export interface Sliding {
  /** Steps between neighbouring positions, down and across. */
  readonly stride: readonly [number, number];
  /** Zeros added around: top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** Steps between neighbouring elements of the kernel, down and across. */
  readonly dilation: readonly [number, number];
}

/** What a caller may leave out: stride and dilation of 1, no padding. */
export type SlidingOptions = Partial<Sliding>;

export function slidingOf({ stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1] }: SlidingOptions): Sliding {
  return { stride, padding, dilation };
}

/** Height and width of the result of sliding a kernel `[kh, kw]` over `[height, width]`. */
export function positionsOf(
  where: string,
  size: readonly [number, number],
  kernel: readonly [number, number],
  { stride, padding, dilation }: Sliding,
): [number, number] {
  const along = (axis: 0 | 1): number => {
    const room = size[axis] + padding[axis] + padding[axis + 2];
    const reach = (kernel[axis] - 1) * dilation[axis] + 1;
    if (reach > room)
      throw new ShapeError({
        where,
        expected: `at least ${reach} rows or columns for a kernel of ${kernel[axis]}`,
        got: `${room}, padding included, of ${size.join('×')}`,
        fix: 'use a smaller kernel or more padding',
      });
    return Math.floor((room - reach) / stride[axis]) + 1;
  };
  return [along(0), along(1)];
}

/** Padding with which stride 1 keeps the size, and stride s gives ⌈size / s⌉. */
export function samePadding([height, width]: readonly [number, number]): [number, number, number, number] {
  const before = (length: number): number => Math.floor((length - 1) / 2);
  return [before(height), before(width), height - 1 - before(height), width - 1 - before(width)];
}

/** `[batch, channels, height, width]`, or an error that says what came instead. */
export function asPictures(where: string, shape: Shape): readonly [number, number, number, number] {
  const [batch, channels, height, width] = shape;
  if (shape.length === 4) return [batch, channels, height, width];
  throw new ShapeError({
    where,
    expected: 'shape [batch, channels, height, width]',
    got: `[${shape}]`,
    fix: 'reshape; series are pictures of height 1',
  });
}

/** The shapes of a convolution y = k ∗ x, and which elements meet in it. */
export interface Form {
  readonly x: Shape;
  readonly y: Shape;
  readonly kernel: Shape;
  readonly size: readonly [number, number];
  readonly window: readonly [number, number];
  /**
   * Calls `act` with the flat indices into y, kernel and x of the products of the form, a row of them at a time: of the `count` products
   * of a row, those that follow have the same place in the kernel, the next in y, and the one `step` further in x.
   */
  visit(act: (y: number, kernel: number, x: number, count: number, step: number) => void): void;
}

/** @throws ShapeError where kernel and pictures do not fit together. */
export function convolutionForm(where: string, x: Shape, kernel: Shape, sliding: Sliding): Form {
  const [batch, channels, height, width] = asPictures(where, x);
  const [units, depth, rows, columns] = kernel;
  if (kernel.length !== 4 || depth !== channels)
    throw new ShapeError({
      where,
      expected: `a kernel of shape [out, ${channels}, height, width]`,
      got: `[${kernel}]`,
      fix: 'give the kernel as many input channels as the pictures have',
    });
  const [high, wide] = positionsOf(where, [height, width], [rows, columns], sliding);
  const { stride, padding, dilation } = sliding;
  return {
    x,
    y: [batch, units, high, wide],
    kernel,
    size: [height, width],
    window: [rows, columns],
    visit: (act) => {
      // One row of y after the other: what is added to stays at hand.
      for (let line = 0; line < batch * units * high; line++) {
        const [i, o] = [line % high, Math.floor(line / high) % units];
        const n = Math.floor(line / high / units);
        for (let c = 0; c < channels; c++)
          for (let a = 0; a < rows; a++) {
            const row = i * stride[0] + a * dilation[0] - padding[0];
            if (row < 0 || row >= height) continue;
            for (let b = 0; b < columns; b++) {
              // Of the columns, those inside of x.
              const before = padding[1] - b * dilation[1];
              const first = Math.max(0, Math.ceil(before / stride[1]));
              const last = Math.min(wide - 1, Math.floor((width - 1 + before) / stride[1]));
              if (last < first) continue;
              const kernelAt = ((o * channels + c) * rows + a) * columns + b;
              const xAt = ((n * channels + c) * height + row) * width + first * stride[1] - before;
              act(line * wide + first, kernelAt, xAt, last - first + 1, stride[1]);
            }
          }
      }
    },
  };
}

/** How many rows (axis 0) or columns (axis 1) of x the kernel's positions cover, the padding before them left out. */
export function reach({ y, window }: Form, { stride, padding, dilation }: Sliding, axis: 0 | 1): number {
  return (y[axis + 2] - 1) * stride[axis] + (window[axis] - 1) * dilation[axis] + 1 - padding[axis];
}
