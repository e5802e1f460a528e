/**
 * Pooling over windows that tile the picture, and the enlarging that undoes it. Where the window does not divide the size, the
 * last windows are cut: ⌈size / window⌉ of them, and enlarging cuts its result to the size asked for.
 */
import { ShapeError } from '../../base/errors.ts';
import { makeTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { asPictures } from '../window.ts';
import { divide, multiply } from './arithmetic.ts';
import { cast, equal } from './comparison.ts';
import { constant } from './input.ts';

/** Height and width. */
type Pair = readonly [number, number];

/** The largest number of every window `[height, width]`: `[batch, channels, h, w]` → `[…, ⌈h / height⌉, ⌈w / width⌉]`; equal ones share the gradient. */
export function maxPool(x: Tensor, window: Pair): Tensor {
  const tiling = tile('maxPool', x.shape, window);
  return makeTensor(
    {
      name: 'maxPool',
      gradient: (node, [upstream]) => {
        if (!upstream) return [undefined];
        const isLargest = cast(equal(node.inputs[0], upsample(node.outputs[0], window, tiling.size)), 'float32');
        const share = divide(upstream, windowSum(isLargest, window));
        return [multiply(isLargest, upsample(share, window, tiling.size))];
      },
      lower: (names, emit) => [emit.node('MaxPool', names, tiling.attributes)],
      evaluate: ([values]) => {
        const largest = new Float64Array(sizeOf(tiling.pooled)).fill(-Infinity);
        tiling.visit((small, large) => {
          largest[small] = Math.max(largest[small], values[large]);
        });
        return [largest];
      },
    },
    [x],
    tiling.pooled,
  );
}

/** The mean of every window `[height, width]`, of cut ones over what there is. */
export function averagePool(x: Tensor, window: Pair): Tensor {
  const { size, pooled } = tile('averagePool', x.shape, window);
  const [high, wide] = pooled.slice(2);
  if (high * window[0] === size[0] && wide * window[1] === size[1]) return windowMean(x, window);
  const left = (axis: 0 | 1, at: number): number => Math.min(1, size[axis] / window[axis] - at);
  const grown = Float32Array.from(
    { length: high * wide },
    (_, at) => 1 / (left(0, Math.floor(at / wide)) * left(1, at % wide)),
  );
  return multiply(windowMean(x, window), constant(grown, [high, wide]));
}

/** The sum of every window `[height, width]`: `[batch, channels, h, w]` → `[…, ⌈h / height⌉, ⌈w / width⌉]`. The adjoint of `upsample`. */
export function windowSum(x: Tensor, window: Pair): Tensor {
  return multiply(windowMean(x, window), window[0] * window[1]);
}

/** Sums of windows by the number of elements in a whole one, also where it is cut: what the runtime has. */
function windowMean(x: Tensor, window: Pair): Tensor {
  const tiling = tile('windowMean', x.shape, window);
  const share = 1 / (window[0] * window[1]);
  return makeTensor(
    {
      name: 'windowMean',
      gradient: (_, [upstream]) => [upstream && multiply(upsample(upstream, window, tiling.size), share)],
      lower: (names, emit) => [
        emit.node('AveragePool', names, { ...tiling.attributes, count_include_pad: { int: 1 } }),
      ],
      evaluate: ([values]) => {
        const total = new Float64Array(sizeOf(tiling.pooled));
        tiling.visit((small, large) => {
          total[small] += share * values[large];
        });
        return [total];
      },
    },
    [x],
    tiling.pooled,
  );
}

/** Every number repeated over a window `[height, width]` (nearest neighbour), cut to `size`: `[batch, channels, h, w]` → `[…, …size]`. */
export function upsample(x: Tensor, window: Pair, size: Pair): Tensor {
  const tiling = tile('upsample', [...x.shape.slice(0, 2), ...size], window);
  const [, , height, width] = asPictures('upsample', x.shape);
  if (height !== tiling.pooled[2] || width !== tiling.pooled[3])
    throw new ShapeError({
      where: 'upsample',
      expected: `${tiling.pooled.slice(2).join('×')}, which windows of ${window.join('×')} enlarge to ${size.join('×')}`,
      got: `${height}×${width}`,
      fix: 'ask for a size that is pooled to this one',
    });
  return makeTensor(
    {
      name: 'upsample',
      gradient: (_, [upstream]) => [upstream && windowSum(upstream, window)],
      lower: ([name], emit) => {
        const ints = (values: readonly number[]): string => emit.constant('int64', [values.length], values);
        const scales = emit.constant('float32', [4], [1, 1, ...window]);
        // Twenty times as fast as the runtime's Expand, which moves every number on its own.
        const large = emit.node('Resize', [name, '', scales], {
          mode: { text: 'nearest' },
          coordinate_transformation_mode: { text: 'asymmetric' },
          nearest_mode: { text: 'floor' },
        });
        const whole = [height * window[0], width * window[1]];
        const isCut = whole[0] !== size[0] || whole[1] !== size[1];
        return [isCut ? emit.node('Slice', [large, ints([0, 0]), ints(size), ints([2, 3])]) : large];
      },
      evaluate: ([values]) => {
        const result = new Float64Array(sizeOf(tiling.whole));
        tiling.visit((small, large) => {
          result[large] = values[small];
        });
        return [result];
      },
    },
    [x],
    tiling.whole,
  );
}

/** How windows tile pictures of `shape`. */
function tile(where: string, shape: Shape, window: Pair) {
  const [batch, channels, height, width] = asPictures(where, shape);
  const [high, wide] = [Math.ceil(height / window[0]), Math.ceil(width / window[1])];
  const beyond = [high * window[0] - height, wide * window[1] - width];
  return {
    whole: shape,
    size: [height, width] as const,
    pooled: [batch, channels, high, wide],
    attributes: {
      kernel_shape: { ints: window },
      strides: { ints: window },
      pads: { ints: [0, 0, ...beyond] },
    },
    /** Calls `act` with the flat index of every element's window and its own. */
    visit: (act: (pooled: number, whole: number) => void): void => {
      for (let plane = 0; plane < batch * channels; plane++)
        for (let row = 0; row < height; row++)
          for (let column = 0; column < width; column++)
            act(
              (plane * high + Math.floor(row / window[0])) * wide + Math.floor(column / window[1]),
              (plane * height + row) * width + column,
            );
    },
  };
}
