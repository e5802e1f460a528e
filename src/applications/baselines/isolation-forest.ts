/**
 * Isolation forest: an anomaly is soon alone when rows are divided at random. Liu, Ting & Zhou 2008; the score is eq. 2 with 100 trees
 * of 256 rows, as in the paper.
 */
import type { Random } from '../../base/random.ts';
import type { Points } from '../neighbours.ts';

export interface IsolationForest {
  readonly trees: readonly Node[];
  /** Rows that each tree was grown on. */
  readonly rows: number;
}

type Node =
  | { readonly size: number }
  | { readonly feature: number; readonly at: number; readonly below: Node; readonly above: Node };

const TREES = 100;
const ROWS = 256;

export function growIsolationForest({ values, width }: Points, random: Random): IsolationForest {
  const count = values.length / width;
  const rows = Math.min(ROWS, count);
  const most = Math.ceil(Math.log2(Math.max(2, rows)));
  const grow = (members: readonly number[], depth: number): Node => {
    if (depth >= most || members.length <= 1) return { size: members.length };
    const divided = divide(members);
    if (!divided) return { size: members.length };
    const { feature, at } = divided;
    const isBelow = (row: number): boolean => values[row * width + feature] < at;
    return {
      feature,
      at,
      below: grow(members.filter(isBelow), depth + 1),
      above: grow(
        members.filter((row) => !isBelow(row)),
        depth + 1,
      ),
    };
  };
  /** A column drawn among those that vary, and a place between its ends. */
  const divide = (members: readonly number[]): { readonly feature: number; readonly at: number } | undefined => {
    for (const feature of random.permutation(width)) {
      let [least, largest] = [Infinity, -Infinity];
      for (const row of members) {
        const value = values[row * width + feature];
        least = Math.min(least, value);
        largest = Math.max(largest, value);
      }
      // Rounding must not leave one side empty.
      const at = least + (largest - least) * (1 - random.uniform());
      if (largest > least) return { feature, at: at > least ? at : largest };
    }
    return undefined;
  };
  const trees = Array.from({ length: TREES }, () => grow([...random.permutation(count).subarray(0, rows)], 0));
  return { trees, rows };
}

/** 2^(−mean depth / expected depth) of each row, 0 … 1: near 1 for what is soon alone, about ½ for what is like the rest. */
export function isolationScores({ trees, rows }: IsolationForest, { values, width }: Points): Float64Array {
  const expected = meanDepth(rows);
  return Float64Array.from({ length: values.length / width }, (_, row) => {
    let total = 0;
    for (const tree of trees) {
      let [node, depth] = [tree, 0];
      while (!('size' in node)) {
        node = values[row * width + node.feature] < node.at ? node.below : node.above;
        depth++;
      }
      total += depth + meanDepth(node.size);
    }
    return 2 ** (-total / trees.length / expected);
  });
}

/** Average depth of an unsuccessful search in a binary tree of n rows, eq. 1. */
function meanDepth(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + 0.5772156649015329) - (2 * (n - 1)) / n;
}
