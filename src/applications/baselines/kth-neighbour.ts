/** Distance to the k-th nearest training row: the anomaly score that is hard to beat. Ramaswamy, Rastogi & Shim 2000. */
import { type Engine, float32 } from '../../engine/engine.ts';
import { negate } from '../../graph/ops/arithmetic.ts';
import { sqrt } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { kthLargest } from '../../graph/ops/reduce.ts';
import { scan } from '../../graph/ops/scan.ts';
import { gather } from '../../graph/ops/shape.ts';
import { centred, type Points, squaredDistances } from '../neighbours.ts';

/** Queries in a batch, and batches in a run: a block of distances stays within a few dozen megabytes. */
const MOST_DISTANCES = 4e6;

/**
 * Euclidean distance of each query to its k-th nearest of `rows`; with `isSelf` the queries are the rows, and none is its own neighbour.
 */
export async function nearestDistances(
  engine: Engine,
  rows: Points,
  queries: Points,
  { k, isSelf = false }: { readonly k: number; readonly isSelf?: boolean },
): Promise<Float64Array> {
  const { width } = rows;
  const [count, asked] = [rows.values.length / width, queries.values.length / width];
  const batch = Math.max(1, Math.min(256, Math.floor(MOST_DISTANCES / count)));
  const reference = input('reference', 'float32', [count, width]);
  const examples = input('examples', 'float32', [2, width], { anyLength: true });
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const nth = Math.min(count, k + (isSelf ? 1 : 0));
  const { outputs } = scan({ carried: [], scanned: [index] }, (_, [at]) => {
    const apart = squaredDistances(gather(examples, at), reference);
    return { carried: [], outputs: [sqrt(negate(kthLargest(negate(apart), nth)))] };
  });
  const program = await engine.compile({ distance: outputs[0] });
  const feeds = {
    reference: float32(centred(rows), [count, width]),
    examples: float32(centred(queries, rows), [asked, width]),
  };
  const runs = Math.ceil(asked / batch);
  const { distance } = await program.run({
    ...feeds,
    index: { data: Int32Array.from({ length: runs * batch }, (_, i) => i % asked), shape: [runs, batch] },
  });
  await program.dispose();
  return Float64Array.from(distance.data.subarray(0, asked));
}
