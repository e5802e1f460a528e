import { recommender } from 'autoencoder';
import { quartered, ratingsOf, tableOf } from '../movielens.ts';
import { engine, measureRow } from '../row.ts';

const TOP = 10;

await measureRow({
  name: 'movielens-ranking',
  what: 'MovieLens-100K, a random quarter held out, every rating one film taken; `recommend --fit --implicit` with nothing but defaults',
  measure: `nDCG@${TOP}`,
  bar: { atLeast: 0.45 },
  published:
    'benchmarks of microsoft/recommenders, a quarter of each film held out: BiVAE 0.475, BPR 0.442, LightGCN 0.420, NCF 0.396, SAR 0.382',
  run: async (seed, folder) => {
    const { train, test } = quartered(ratingsOf(folder, 'u.data'), seed);
    const films = await recommender(tableOf(train), { implicit: true, top: TOP, seed, engine: engine() });
    const relevant = new Map<string, Set<string>>();
    for (const [user, item] of test) relevant.set(user, (relevant.get(user) ?? new Set()).add(item));
    let [ndcg, recall] = [0, 0];
    for await (const { user, items } of films.forUsers([...relevant.keys()])) {
      const wanted = relevant.get(user) ?? new Set();
      const fitting = Math.min(TOP, wanted.size);
      const gains = items.map(({ item }, at) => (wanted.has(item) ? 1 / Math.log2(at + 2) : 0));
      const best = Array.from({ length: fitting }, (_, at) => 1 / Math.log2(at + 2));
      ndcg += sum(gains) / sum(best) / relevant.size;
      recall += gains.filter((gain) => gain > 0).length / wanted.size / relevant.size;
    }
    const { model, popularity, neighbours } = films.errors;
    return {
      value: ndcg,
      others: {
        recall,
        heldOut: model.ndcg ?? Number.NaN,
        heldOutPopularity: popularity.ndcg ?? Number.NaN,
        heldOutNeighbours: neighbours?.ndcg ?? Number.NaN,
        trainingSeconds: films.seconds,
      },
    };
  },
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
