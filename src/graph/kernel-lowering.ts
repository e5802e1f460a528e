/**
 * The gradient of a convolution with respect to its kernel, in ONNX: Σ over examples and places of y times the patch of x that the
 * kernel sees there. The runtime has no operator for it, and of three ways none is the fastest for all shapes; measured in
 * docs/decisions/0006-convolution.md.
 */
import type { Emit } from './tensor.ts';
import { type Form, reach, type Sliding } from './window.ts';

/** From this many places on, patches are cut out row by row, which moves long pieces of memory. */
const MANY_PLACES = 512;

/** With fewer channels than this, a patch in channels-last order is too short a piece of memory to be moved by itself. */
const FEW_CHANNELS = 8;

/** Elements of unfolded input that are worked on at a time: 4 MB stay in a cache. */
const UNFOLDED = 2 ** 20;

/** Parts that the batch comes in at most: each is a dozen nodes. */
const MOST_PARTS = 32;

/** Batch and channels, or the channels of a kernel, in the other order. */
export const EXCHANGED = { perm: { ints: [1, 0, 2, 3] } };

/** `[batch, in, h, w]` with `[batch, out, oh, ow]` → `[out, in, kh, kw]`. */
export function lowerKernel([x, y]: readonly string[], emit: Emit, form: Form, sliding: Sliding): string {
  const channels = form.x[1];
  if (channels > 1 && placesOf(form) >= MANY_PLACES) return byRows(x, y, emit, form, sliding);
  return channels >= FEW_CHANNELS ? byPatches(x, y, emit, form, sliding) : byExchange(x, y, emit, form, sliding);
}

export function attributesOf({ stride, padding, dilation }: Sliding) {
  return { strides: { ints: stride }, pads: { ints: padding }, dilations: { ints: dilation } };
}

export function ints(emit: Emit, values: readonly number[]): string {
  return emit.constant('int64', [values.length], values);
}

/**
 * As the convolution of x with y, batch and channels of both exchanged, stride and dilation too. All of y is read again for every
 * channel of x, and products are made for a few elements of the kernel at a time: good for few channels only.
 */
function byExchange(x: string, y: string, emit: Emit, form: Form, sliding: Sliding): string {
  const { stride, dilation, padding } = sliding;
  // Rows and columns that no position reaches would be taken for further elements of the kernel: leave them out.
  const reached = ([0, 1] as const).map((axis) => reach(form, sliding, axis));
  const used = reached.map((length, axis) => Math.min(length, form.size[axis]));
  const isCut = used.some((length, axis) => length < form.size[axis]);
  const cut = isCut ? emit.node('Slice', [x, ints(emit, [0, 0]), ints(emit, used), ints(emit, [2, 3])]) : x;
  const result = emit.node(
    'Conv',
    [emit.node('Transpose', [cut], EXCHANGED), emit.node('Transpose', [y], EXCHANGED)],
    attributesOf({
      stride: dilation,
      dilation: stride,
      padding: [padding[0], padding[1], reached[0] - used[0], reached[1] - used[1]],
    }),
  );
  return emit.node('Transpose', [result], EXCHANGED);
}

/**
 * Patches `[in · kw · kh, oh · ow]` of each example: the columns of x that meet one column of the kernel are cut out at once, whole
 * rows of those by one gathering. Then their product with y `[oh · ow, out]`, summed over the batch; the patches come first, because
 * the runtime packs the second matrix before it multiplies.
 */
function byRows(x: string, y: string, emit: Emit, form: Form, sliding: Sliding): string {
  const { stride, padding, dilation } = sliding;
  const [units, channels, rows, columns] = form.kernel;
  const [batch, , high, wide] = form.y;
  const [top, left, bottom] = padding;
  const fullHeight = form.size[0] + top + bottom;
  const chosen: number[] = [];
  for (let b = 0; b < columns; b++)
    for (let a = 0; a < rows; a++)
      for (let i = 0; i < high; i++) chosen.push(b * fullHeight + a * dilation[0] + i * stride[0]);
  const rowIndices = ints(emit, chosen);
  const span = (wide - 1) * stride[1] + 1;
  const total = overParts(form, (start, count, sofar) => {
    const shifted = Array.from({ length: columns }, (_, b) => {
      const first = b * dilation[1] - left;
      // Less than no zeros: cut off. So one pass takes the part of the batch, too.
      const zeros = [-start, 0, top, -first, start + count - batch, 0, bottom, first + span - form.size[1]];
      const met = emit.node('Pad', [x, ints(emit, zeros), emit.constant('float32', [], [0])]);
      const steps = [0, span, 3, stride[1]].map((value) => ints(emit, [value]));
      return stride[1] === 1 ? met : emit.node('Slice', [met, ...steps]);
    });
    const side = emit.node('Concat', shifted, { axis: { int: 2 } });
    const gathered = emit.node('Gather', [side, rowIndices], { axis: { int: 2 } });
    const heard = examplesOf(emit, y, form, start, count);
    const patchSize = channels * columns * rows;
    if (count === 1) {
      const patches = emit.node('Reshape', [gathered, ints(emit, [patchSize, high * wide])]);
      const places = emit.node('Reshape', [heard, ints(emit, [units, high * wide])]);
      return emit.node('Gemm', [patches, places, ...sofar], { transB: { int: 1 } });
    }
    const patches = emit.node('Reshape', [gathered, ints(emit, [count, patchSize, high * wide])]);
    const places = emit.node('Reshape', [heard, ints(emit, [count, units, high * wide])]);
    const products = emit.node('MatMul', [patches, emit.node('Transpose', [places], { perm: { ints: [0, 2, 1] } })]);
    const share = emit.node('ReduceSum', [products, ints(emit, [0])], { keepdims: { int: 0 } });
    return sofar.length === 0 ? share : emit.node('Add', [share, ...sofar]);
  });
  const split = emit.node('Reshape', [total, ints(emit, [channels, columns, rows, units])]);
  return emit.node('Transpose', [split], { perm: { ints: [3, 0, 2, 1] } });
}

/**
 * Patches `[batch · oh · ow, kh · kw · in]` by one gathering of x in channels-last order; then one product with y `[out, batch · oh · ow]`,
 * long also where an example has few places.
 */
function byPatches(x: string, y: string, emit: Emit, form: Form, sliding: Sliding): string {
  const { stride, padding, dilation } = sliding;
  const [units, channels, rows, columns] = form.kernel;
  const [, , high, wide] = form.y;
  const places = high * wide;
  const fullHeight = form.size[0] + padding[0] + padding[2];
  const fullWidth = form.size[1] + padding[1] + padding[3];
  const chosen: number[] = [];
  for (let i = 0; i < high; i++)
    for (let j = 0; j < wide; j++)
      for (let a = 0; a < rows; a++)
        for (let b = 0; b < columns; b++)
          chosen.push((i * stride[0] + a * dilation[0]) * fullWidth + j * stride[1] + b * dilation[1]);
  const indices = ints(emit, chosen);
  const total = overParts(form, (start, count, sofar) => {
    const some = examplesOf(emit, x, form, start, count);
    const last = withZeros(emit, emit.node('Transpose', [some], { perm: { ints: [0, 2, 3, 1] } }), sliding);
    const flat = emit.node('Reshape', [last, ints(emit, [count, fullHeight * fullWidth, channels])]);
    const gathered = emit.node('Gather', [flat, indices], { axis: { int: 1 } });
    const patches = emit.node('Reshape', [gathered, ints(emit, [count * places, rows * columns * channels])]);
    const exchanged = emit.node('Transpose', [examplesOf(emit, y, form, start, count)], EXCHANGED);
    const left = emit.node('Reshape', [exchanged, ints(emit, [units, count * places])]);
    return emit.node('Gemm', [left, patches, ...sofar]);
  });
  const split = emit.node('Reshape', [total, ints(emit, [units, rows, columns, channels])]);
  return emit.node('Transpose', [split], { perm: { ints: [0, 3, 1, 2] } });
}

/**
 * Calls `add` for parts of the batch, small enough that their unfolded input stays in the cache, with the result so far (nothing at
 * first).
 */
function overParts(form: Form, add: (start: number, count: number, sofar: readonly string[]) => string): string {
  const [batch] = form.x;
  const [, channels, rows, columns] = form.kernel;
  const unfolded = channels * rows * columns * placesOf(form);
  const most = Math.max(Math.ceil(batch / MOST_PARTS), Math.floor(UNFOLDED / unfolded), 1);
  let sofar: readonly string[] = [];
  for (let start = 0; start < batch; start += most) sofar = [add(start, Math.min(most, batch - start), sofar)];
  return sofar[0];
}

function examplesOf(emit: Emit, tensor: string, { x: [batch] }: Form, start: number, count: number): string {
  const bounds = [start, start + count, 0].map((value) => ints(emit, [value]));
  return count === batch ? tensor : emit.node('Slice', [tensor, ...bounds]);
}

/** Padding around height and width of `[batch, height, width, channels]`. */
function withZeros(emit: Emit, x: string, { padding }: Sliding): string {
  if (padding.every((zeros) => zeros === 0)) return x;
  const [top, left, bottom, right] = padding;
  const widths = ints(emit, [0, top, left, 0, 0, bottom, right, 0]);
  return emit.node('Pad', [x, widths, emit.constant('float32', [], [0])]);
}

function placesOf({ y }: Form): number {
  return y[2] * y[3];
}
