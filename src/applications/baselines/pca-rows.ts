/** Rows of data as principal components see them: numbers as they are, tokens one-hot but never written out. */
import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { cast, equal, isNan, oneHot, where } from '../../graph/ops/comparison.ts';
import { square } from '../../graph/ops/elementwise.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { gather } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Examples } from '../../model/examples.ts';
import { mostLikely } from '../../model/terms/categorical.ts';

/** What the values mean: what bytes are multiplied by. Missing (NaN) values count as the column's 0, which is its mean when scaled. */
export interface PcaData extends Examples {
  readonly scale: number;
  /** Numbers in an example, as the components see it. */
  readonly features: number;
  /** Values are tokens, of which there are that many: the components see them one-hot. 0 for numbers. */
  readonly vocabulary: number;
}

/** Some rows x, `[rows, features]`. */
export interface Rows {
  /** What is wrong with a reconstruction of x: squared differences, or 1 for a token told wrongly; 0 where missing. `[rows, values]`. */
  readonly error: (rebuilt: Tensor) => Tensor;
  /** (x − μ) B: `[features, width] → [rows, width]`. */
  readonly times: (basis: Tensor, mean: Tensor) => Tensor;
  /** (x − μ)ᵀ y, or xᵀ y: no difference where all the y that are ever given add up to 0. `[rows, width] → [features, width]`. */
  readonly added: (y: Tensor, mean: Tensor) => Tensor;
  /** Σ x and Σ x² of the rows where `isRow` `[rows, 1]` is 1 and not 0: `[features]` each. */
  readonly moments: (isRow: Tensor) => readonly [Tensor, Tensor];
}

/** Values in an example. */
export function widthOf({ features, vocabulary }: PcaData): number {
  return vocabulary > 0 ? features / vocabulary : features;
}

/** The rows of the input `examples` that an int32 `index` `[rows]` names. */
export function readRows(data: PcaData, index: Tensor): Rows {
  const isBytes = data.values instanceof Uint8Array;
  const examples = input('examples', isBytes ? 'uint8' : 'float32', [2, widthOf(data)], { anyLength: true });
  const raw = cast(gather(examples, index), 'float32');
  if (isBytes) return numbers(multiply(raw, data.scale));
  const missing = isNan(raw);
  return data.vocabulary > 0
    ? tokens(where(missing, -1, raw), missing, data)
    : numbers(where(missing, 0, raw), missing);
}

function numbers(x: Tensor, missing?: Tensor): Rows {
  return {
    error: (rebuilt) => observed(square(subtract(x, rebuilt)), missing),
    times: (basis, mean) => matmul(subtract(x, mean), basis),
    added: (y, mean) => matmul(subtract(x, mean), y, { left: true }),
    moments: (isRow) => [sum(multiply(x, isRow), [0]), sum(multiply(square(x), isRow), [0])],
  };
}

function tokens(values: Tensor, missing: Tensor, { features, vocabulary }: PcaData): Rows {
  const [rows, time] = values.shape;
  const starts = constant(
    Float32Array.from({ length: time }, (_, at) => at * vocabulary),
    [time],
  );
  // Every place has entries of its own among the features.
  const places = where(missing, -1, add(values, starts));
  const hot = oneHot(cast(reshape(places, [rows * time]), 'int32'), features);
  const atEachPlace = (y: Tensor): Tensor => {
    const width = sizeOf(y.shape) / rows;
    return reshape(broadcastTo(reshape(y, [rows, 1, width]), [rows, time, width]), [rows * time, width]);
  };
  return {
    error: (rebuilt) => {
      const told = mostLikely(reshape(rebuilt, [rows, time, vocabulary]));
      return observed(subtract(1, cast(equal(values, cast(told, 'float32')), 'float32')), missing);
    },
    times: (basis, mean) => {
      const chosen = reshape(matmul(hot, basis), [rows, time, basis.shape[1]]);
      return subtract(sum(chosen, [1]), matmul(reshape(mean, [1, features]), basis));
    },
    added: (y) => matmul(hot, atEachPlace(y), { left: true }),
    moments: (isRow) => {
      const total = reshape(matmul(hot, atEachPlace(isRow), { left: true }), [features]);
      return [total, total];
    },
  };
}

function observed(error: Tensor, missing: Tensor | undefined): Tensor {
  return missing ? where(missing, 0, error) : error;
}
