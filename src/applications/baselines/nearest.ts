/** Distance to the k-th nearest training row: the anomaly score that is hard to beat. Ramaswamy, Rastogi & Shim 2000. */
import { type Engine, float32 } from '../../engine/engine.ts';
import { add, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { sqrt, square } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { matmul } from '../../graph/ops/matmul.ts';
import { kthLargest } from '../../graph/ops/reduce.ts';
import { scan } from '../../graph/ops/scan.ts';
import { gather } from '../../graph/ops/shape.ts';
import type { Rows } from './isolation-forest.ts';

/** Queries in a batch, and batches in a run: a block of distances stays within a few dozen megabytes. */
const MOST_DISTANCES = 4e6;

/**
 * Euclidean distance of each query to its k-th nearest of `rows`; with `isSelf` the queries are the rows, and none is its own neighbour.
 */
export async function nearestDistances(
  engine: Engine,
  rows: Rows,
  queries: Rows,
  { k, isSelf = false }: { readonly k: number; readonly isSelf?: boolean },
): Promise<Float64Array> {
  const { width } = rows;
  const [count, asked] = [rows.values.length / width, queries.values.length / width];
  const batch = Math.max(1, Math.min(256, Math.floor(MOST_DISTANCES / count)));
  const reference = input('reference', 'float32', [count, width]);
  const examples = input('examples', 'float32', [2, width], { anyLength: true });
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const lengths = reshape(sum(square(reference), [1]), [1, count]);
  const nth = Math.min(count, k + (isSelf ? 1 : 0));
  const { outputs } = scan({ carried: [], scanned: [index] }, (_, [at]) => {
    const x = gather(examples, at);
    const apart = subtract(
      add(reshape(sum(square(x), [1]), [batch, 1]), lengths),
      multiply(2, matmul(x, reference, { right: true })),
    );
    return { carried: [], outputs: [sqrt(maximum(negate(kthLargest(negate(apart), nth)), 0))] };
  });
  const program = await engine.compile({ distance: outputs[0] });
  const mean = meanOf(rows);
  const feeds = {
    reference: float32(less(rows, mean), [count, width]),
    examples: float32(less(queries, mean), [asked, width]),
  };
  const runs = Math.ceil(asked / batch);
  const { distance } = await program.run({
    ...feeds,
    index: { data: Int32Array.from({ length: runs * batch }, (_, i) => i % asked), shape: [runs, batch] },
  });
  await program.dispose();
  return Float64Array.from(distance.data.subarray(0, asked));
}

/** Of each column; distances are the same, and with smaller numbers rounding takes least away. */
function meanOf({ values, width }: Rows): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += (values[i] * width) / values.length;
  return mean;
}

function less({ values, width }: Rows, mean: Float64Array): Float32Array {
  return values.map((value, i) => value - mean[i % width]);
}
