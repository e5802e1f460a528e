/** Where a window that slides over pictures stands: the arithmetic that convolutions and pooling share. */
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
