/**
 * Convolution and its two adjoints. With x `[batch, in, height, width]`, kernel k `[out, in, kh, kw]` and y `[batch, out, oh, ow]`,
 * all three are one trilinear form
 *
 *   Σ  y[n, o, i, j] · k[o, c, a, b] · x[n, c, i·stride + a·dilation − top, j·stride + b·dilation − left]
 *
 * with one of its factors left out: `convolve` gives y, `convolveTransposed` x and `kernelOfConvolution` k. So each one's
 * gradients are the other two, to any order. As in all of deep learning, the kernel is not flipped.
 */
import { ShapeError } from '../../base/errors.ts';
import { type Emit, makeTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { asPictures, positionsOf, type Sliding, type SlidingOptions, slidingOf } from '../window.ts';

/** `[batch, in, height, width]` with a kernel `[out, in, kh, kw]` → `[batch, out, oh, ow]`. */
export function convolve(x: Tensor, kernel: Tensor, options: SlidingOptions = {}): Tensor {
  const sliding = slidingOf(options);
  const form = describe('convolve', x.shape, kernel.shape, sliding);
  return makeTensor(
    {
      name: 'convolve',
      gradient: ({ inputs }, [upstream]) =>
        upstream
          ? [
              convolveTransposed(upstream, inputs[1], form.size, sliding),
              kernelOfConvolution(inputs[0], upstream, form.window, sliding),
            ]
          : [],
      lower: (names, emit) => [emit.node('Conv', names, attributesOf(sliding))],
      evaluate: ([xs, ks]) => {
        const ys = new Float64Array(sizeOf(form.y));
        form.visit((y, k, at) => {
          ys[y] += ks[k] * xs[at];
        });
        return [ys];
      },
    },
    [x, kernel],
    form.y,
  );
}

/**
 * The adjoint of `convolve` in its first operand: `[batch, out, oh, ow]` with a kernel `[out, in, kh, kw]` →
 * `[batch, in, …size]`. Several sizes are convolved to one (7 and 8 to 4 with stride 2), so the size is asked for.
 */
export function convolveTransposed(
  y: Tensor,
  kernel: Tensor,
  size: readonly [number, number],
  options: SlidingOptions = {},
): Tensor {
  const sliding = slidingOf(options);
  const form = describe('convolveTransposed', [y.shape[0], kernel.shape[1], ...size], kernel.shape, sliding);
  requireShape('convolveTransposed', y.shape, form.y);
  return makeTensor(
    {
      name: 'convolveTransposed',
      gradient: ({ inputs }, [upstream]) =>
        upstream
          ? [convolve(upstream, inputs[1], sliding), kernelOfConvolution(upstream, inputs[0], form.window, sliding)]
          : [],
      lower: (names, emit) => {
        // What the last position of the kernel does not reach; the runtime adds it below and to the right.
        const rest = ([0, 1] as const).map(
          (axis) => form.size[axis] + sliding.padding[axis + 2] - reach(form, sliding, axis),
        );
        return [emit.node('ConvTranspose', names, { ...attributesOf(sliding), output_padding: { ints: rest } })];
      },
      evaluate: ([ys, ks]) => {
        const xs = new Float64Array(sizeOf(form.x));
        form.visit((at, k, x) => {
          xs[x] += ys[at] * ks[k];
        });
        return [xs];
      },
    },
    [y, kernel],
    form.x,
  );
}

/**
 * The adjoint of `convolve` in its kernel: `[batch, in, height, width]` with `[batch, out, oh, ow]` → `[out, in, ...window]`. Itself a
 * convolution with batch and channels exchanged, where stride and dilation change places.
 */
export function kernelOfConvolution(
  x: Tensor,
  y: Tensor,
  window: readonly [number, number],
  options: SlidingOptions = {},
): Tensor {
  const sliding = slidingOf(options);
  const form = describe('kernelOfConvolution', x.shape, [y.shape[1], x.shape[1], ...window], sliding);
  requireShape('kernelOfConvolution', y.shape, form.y);
  return makeTensor(
    {
      name: 'kernelOfConvolution',
      gradient: ({ inputs }, [upstream]) =>
        upstream
          ? [convolveTransposed(inputs[1], upstream, form.size, sliding), convolve(inputs[0], upstream, sliding)]
          : [],
      lower: (names, emit) => [lowerKernel(names, emit, form, sliding)],
      evaluate: ([xs, ys]) => {
        const ks = new Float64Array(sizeOf(form.kernel));
        form.visit((at, k, x) => {
          ks[k] += ys[at] * xs[x];
        });
        return [ks];
      },
    },
    [x, y],
    form.kernel,
  );
}

function lowerKernel([x, y]: readonly string[], emit: Emit, form: Form, sliding: Sliding): string {
  const exchanged = { perm: { ints: [1, 0, 2, 3] } };
  const ints = (values: readonly number[]): string => emit.constant('int64', [values.length], values);
  const { stride, dilation, padding } = sliding;
  // Rows and columns that no position reaches would be taken for further elements of the kernel: leave them out.
  const reached = ([0, 1] as const).map((axis) => reach(form, sliding, axis));
  const used = reached.map((length, axis) => Math.min(length, form.size[axis]));
  const cut = used.some((length, axis) => length < form.size[axis])
    ? emit.node('Slice', [x, ints([0, 0]), ints(used), ints([2, 3])])
    : x;
  const result = emit.node(
    'Conv',
    [emit.node('Transpose', [cut], exchanged), emit.node('Transpose', [y], exchanged)],
    attributesOf({
      stride: dilation,
      dilation: stride,
      padding: [padding[0], padding[1], reached[0] - used[0], reached[1] - used[1]],
    }),
  );
  return emit.node('Transpose', [result], exchanged);
}

/** How many rows (axis 0) or columns (axis 1) of x the kernel's positions cover, the padding before them left out. */
function reach({ y, window }: Form, { stride, padding, dilation }: Sliding, axis: 0 | 1): number {
  return (y[axis + 2] - 1) * stride[axis] + (window[axis] - 1) * dilation[axis] + 1 - padding[axis];
}

function attributesOf({ stride, padding, dilation }: Sliding) {
  return { strides: { ints: stride }, pads: { ints: padding }, dilations: { ints: dilation } };
}

interface Form {
  readonly x: Shape;
  readonly y: Shape;
  readonly kernel: Shape;
  readonly size: readonly [number, number];
  readonly window: readonly [number, number];
  /** Calls `act` with the flat indices into y, kernel and x of every product of the form. */
  visit(act: (y: number, kernel: number, x: number) => void): void;
}

function describe(where: string, x: Shape, kernel: Shape, sliding: Sliding): Form {
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
      for (let k = 0; k < units * channels * rows * columns; k++) {
        const [b, a] = [k % columns, Math.floor(k / columns) % rows];
        const [c, o] = [Math.floor(k / columns / rows) % channels, Math.floor(k / columns / rows / channels)];
        for (let n = 0; n < batch; n++)
          for (let i = 0; i < high; i++)
            for (let j = 0; j < wide; j++) {
              const row = i * stride[0] + a * dilation[0] - padding[0];
              const column = j * stride[1] + b * dilation[1] - padding[1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              act(((n * units + o) * high + i) * wide + j, k, ((n * channels + c) * height + row) * width + column);
            }
      }
    },
  };
}

function requireShape(where: string, shape: Shape, expected: Shape): void {
  if (shape.length === expected.length && shape.every((length, axis) => length === expected[axis])) return;
  throw new ShapeError({
    where,
    expected: `shape [${expected}], what the convolution gives`,
    got: `[${shape}]`,
    fix: 'ask for a size that is convolved to this one',
  });
}
