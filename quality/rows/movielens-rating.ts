import { recommender } from 'autoencoder';
import { ratingsOf, tableOf } from '../movielens.ts';
import { engine, measureRow } from '../row.ts';

await measureRow({
  name: 'movielens-rating',
  what: 'MovieLens-100K, official split u1 (80 000 ratings, 20 000 of 459 users held out); `recommend --fit` with nothing but defaults',
  measure: 'RMSE of the held-out ratings',
  bar: { atMost: 0.905 },
  published: 'GC-MC 0.905 (van den Berg et al. 2017, with features; 0.910 without), GLocal-K 0.889 (Han et al. 2021)',
  run: async (seed, folder) => {
    const test = ratingsOf(folder, 'u1.test');
    const films = await recommender(tableOf(ratingsOf(folder, 'u1.base')), { seed, engine: engine() });
    const told = await films.expected(test.map(([user, item]) => [user, item]));
    const error = test.reduce((sum, [, , rating], at) => sum + (Number(rating) - told[at]) ** 2, 0);
    const { model, popularity, neighbours } = films.errors;
    return {
      value: Math.sqrt(error / test.length),
      others: {
        heldOut: model.rmse ?? Number.NaN,
        heldOutMeans: popularity.rmse ?? Number.NaN,
        heldOutNeighbours: neighbours?.rmse ?? Number.NaN,
        trainingSeconds: films.seconds,
      },
    };
  },
});
