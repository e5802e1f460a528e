/** MovieLens-100K (Harper & Konstan 2015) as its files have it: user, item, rating, time. */
import { readFileSync } from 'node:fs';
import { createRandom, type TableSource } from 'autoencoder';

export type Pair = readonly [user: string, item: string, rating: string];

/** The ratings of a file of the folder, e.g. `u1.base`. */
export function ratingsOf(folder: string, file: string): Pair[] {
  const lines = readFileSync(`${folder}/movielens-100k/${file}`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [user, item, rating] = line.split('\t');
    return [user, item, rating];
  });
}

/** As `recommender` takes them. */
export function tableOf(pairs: readonly Pair[]): TableSource {
  return {
    form: 'table',
    name: 'MovieLens-100K',
    rows: pairs.length,
    columns: (['user', 'item', 'rating'] as const).map((name, at) => ({
      type: 'category',
      name,
      values: pairs.map((pair) => pair[at]),
    })),
  };
}

/** A random quarter set aside, and the rest. */
export function quartered(pairs: readonly Pair[], seed: number): { readonly train: Pair[]; readonly test: Pair[] } {
  const order = createRandom(seed).fork('quarter').permutation(pairs.length);
  const quarter = Math.round(pairs.length / 4);
  const part = (places: Int32Array): Pair[] => Array.from(places, (at) => pairs[at]);
  return { train: part(order.subarray(quarter)), test: part(order.subarray(0, quarter)) };
}
