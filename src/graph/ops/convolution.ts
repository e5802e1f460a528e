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
import { attributesOf, EXCHANGED, ints, lowerKernel } from '../kernel-lowering.ts';
import { type Emit, makeTensor, type Shape, sameShape, sizeOf, type Tensor } from '../tensor.ts';
import { convolutionForm, type Form, reach, type Sliding, type SlidingOptions, slidingOf } from '../window.ts';
import { multiply, scaleOf } from './arithmetic.ts';
import { sum } from './broadcast.ts';

/** `[batch, in, height, width]` with a kernel `[out, in, kh, kw]` → `[batch, out, oh, ow]`, plus a `bias` `[out]` where there is one. */
export function convolve(x: Tensor, kernel: Tensor, options: SlidingOptions = {}, bias?: Tensor): Tensor {
  const sliding = slidingOf(options);
  const form = convolutionForm('convolve', x.shape, kernel.shape, sliding);
  return makeTensor(
    {
      name: 'convolve',
      gradient: ({ inputs }, [upstream]) =>
        withFactor(upstream, (y) => [
          convolveTransposed(y, inputs[1], form.size, sliding),
          kernelOfConvolution(inputs[0], y, form.window, sliding),
          ...(bias ? [planeSums(y)] : []),
        ]),
      lower: (names, emit) => [emit.convolution(names, form.kernel, attributesOf(sliding))],
      evaluate: ([xs, ks, bs]) => {
        const ys = new Float64Array(sizeOf(form.y));
        form.visit((y, k, x, count, step) => addScaled(ys, y, 1, ks[k], xs, x, step, count));
        return [withBias(ys, form.y, bs)];
      },
    },
    bias ? [x, kernel, requireShape('convolve, bias', bias, [form.y[1]])] : [x, kernel],
    form.y,
  );
}

/**
 * The adjoint of `convolve` in its first operand: `[batch, out, oh, ow]` with a kernel `[out, in, kh, kw]` →
 * `[batch, in, …size]`, plus a `bias` `[in]` where there is one. Several sizes are convolved to one (7 and 8 to 4 with stride 2), so
 * the size is asked for.
 */
export function convolveTransposed(
  y: Tensor,
  kernel: Tensor,
  size: readonly [number, number],
  options: SlidingOptions = {},
  bias?: Tensor,
): Tensor {
  const sliding = slidingOf(options);
  const form = convolutionForm('convolveTransposed', [y.shape[0], kernel.shape[1], ...size], kernel.shape, sliding);
  requireShape('convolveTransposed', y, form.y);
  return makeTensor(
    {
      name: 'convolveTransposed',
      gradient: ({ inputs }, [upstream]) =>
        withFactor(upstream, (x) => [
          convolve(x, inputs[1], sliding),
          kernelOfConvolution(x, inputs[0], form.window, sliding),
          ...(bias ? [planeSums(x)] : []),
        ]),
      lower: (names, emit) => [lowerTransposed(names, emit, form, sliding)],
      evaluate: ([ys, ks, bs]) => {
        const xs = new Float64Array(sizeOf(form.x));
        form.visit((y, k, x, count, step) => addScaled(xs, x, step, ks[k], ys, y, 1, count));
        return [withBias(xs, form.x, bs)];
      },
    },
    bias ? [y, kernel, requireShape('convolveTransposed, bias', bias, [form.x[1]])] : [y, kernel],
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
  const form = convolutionForm('kernelOfConvolution', x.shape, [y.shape[1], x.shape[1], ...window], sliding);
  requireShape('kernelOfConvolution', y, form.y);
  return makeTensor(
    {
      name: 'kernelOfConvolution',
      gradient: ({ inputs }, [upstream]) =>
        withFactor(upstream, (kernel) => [
          convolveTransposed(inputs[1], kernel, form.size, sliding),
          convolve(inputs[0], kernel, sliding),
        ]),
      lower: (names, emit) => [lowerKernel(names, emit, form, sliding)],
      evaluate: ([xs, ys]) => {
        const ks = new Float64Array(sizeOf(form.kernel));
        form.visit((y, k, x, count, step) => {
          for (let at = 0; at < count; at++) ks[k] += ys[y + at] * xs[x + at * step];
        });
        return [ks];
      },
    },
    [x, y],
    form.kernel,
  );
}

/** Adds `count` numbers of `from`, times `factor`, to those of `into`. Apart from the closures that call it, which would take twice as long. */
function addScaled(
  into: Float64Array,
  start: number,
  step: number,
  factor: number,
  from: Float64Array,
  fromStart: number,
  fromStep: number,
  count: number,
): void {
  let other = fromStart;
  for (let at = start; at < start + count * step; at += step) {
    into[at] += factor * from[other];
    other += fromStep;
  }
}

/** What the upstream gradient was multiplied by last, the gradients are multiplied by: it moves on to where they are small. */
function withFactor(upstream: Tensor | undefined, gradients: (of: Tensor) => readonly Tensor[]): readonly Tensor[] {
  if (!upstream) return [];
  const { factor, of } = scaleOf(upstream) ?? { factor: 1, of: upstream };
  return gradients(of).map((share) => multiply(factor, share));
}

/** Σ over batch, height and width: `[batch, channels, h, w] → [channels]`. The inner axes first, along which memory runs. */
function planeSums(x: Tensor): Tensor {
  return sum(sum(x, [2, 3]), [0]);
}

function withBias(values: Float64Array, shape: Shape, bias: Float64Array | undefined): Float64Array {
  const plane = shape[2] * shape[3];
  return bias ? values.map((value, i) => value + bias[Math.floor(i / plane) % shape[1]]) : values;
}

function lowerTransposed(names: readonly string[], emit: Emit, form: Form, sliding: Sliding): string {
  const { stride, padding, dilation } = sliding;
  const both = [0, 1, 0, 1] as const;
  const around = both.map((axis, side) => (form.window[axis] - 1) * dilation[axis] - padding[side]);
  if (stride.every((step) => step === 1) && around.every((zeros) => zeros >= 0)) {
    // With stride 1 it is a convolution with the kernel turned around, which the runtime does faster.
    const [y, kernel, ...bias] = names;
    const [last, before] = [ints(emit, [-1, -1]), ints(emit, [-form.window[0] - 1, -form.window[1] - 1])];
    const turned = emit.node('Slice', [kernel, last, before, ints(emit, [2, 3]), last]);
    const exchanged = emit.node('Transpose', [turned], EXCHANGED);
    const [units, channels] = form.kernel;
    const shape = [channels, units, ...form.window];
    return emit.convolution([y, exchanged, ...bias], shape, {
      pads: { ints: around },
      dilations: { ints: dilation },
    });
  }
  // What the last position of the kernel does not reach; the runtime adds it below and to the right.
  const rest = ([0, 1] as const).map((axis) => form.size[axis] + padding[axis + 2] - reach(form, sliding, axis));
  return emit.node('ConvTranspose', names, { ...attributesOf(sliding), output_padding: { ints: rest } });
}

function requireShape(where: string, tensor: Tensor, expected: Shape): Tensor {
  if (sameShape(tensor.shape, expected)) return tensor;
  throw new ShapeError({
    where,
    expected: `shape [${expected}], which fits the convolution`,
    got: `[${tensor.shape}]`,
    fix: 'change the shape, or the size and kernel that it has to fit',
  });
}
