import { autoencoder, createRandom, labelErrors } from 'autoencoder';
import { applyPca, fitPca, pcaDataOf } from '../../src/applications/baselines/pca.ts';
import { judgeByNeighbours } from '../../src/applications/label-errors.ts';
import { averagePrecision, descending } from '../../src/applications/roc.ts';
import { takeRows } from '../../src/data/split.ts';
import { engine, measureRow, mnist, testPixels } from '../row.ts';

const EXAMPLES = 10_000;
const WRONG = 500;
const LATENT = 32;

await measureRow({
  name: 'label-errors',
  what: '10 000 MNIST training digits drawn by the seed, the labels of 500 changed at random; all defaults of `autoencoder label-errors`: denoising (masking 0.3), 784-512-256-32; the 30 nearest neighbours among the codes',
  measure:
    'average precision of the ranking / the better of the same among 32 principal components and among the pixels',
  bar: { atLeast: 1 },
  published:
    'the issue asks for candidates, ranked; Northcutt et al. 2021 find 15 errors in the 10 000 test digits of MNIST itself',
  async run(seed, folder) {
    const random = createRandom(seed).fork('label errors');
    const { train } = await mnist(folder);
    const order = random.fork('rows').permutation(train.labels?.values.length ?? 0);
    const data = takeRows(train, order.subarray(0, EXAMPLES).sort());
    const { labels } = data;
    if (!labels) throw new Error('labels were expected');
    const values = labels.values.slice();
    const wrong = random.fork('wrong');
    for (const row of wrong.permutation(EXAMPLES).subarray(0, WRONG))
      values[row] = (values[row] + 1 + wrong.integer(9)) % 10;
    const spoilt = { ...data, labels: { ...labels, values } };
    const isWrong = Array.from(values, (label, row) => label !== labels.values[row]);

    const model = autoencoder({ kind: 'denoising', noise: 'masking', noiseLevel: 0.3, engine: engine() });
    const { seconds } = await model.fit(spoilt, { seed });
    const trained = await model.trained();
    const digitsOf = await model.read(spoilt);
    const pca = await fitPca(trained.engine, pcaDataOf(digitsOf, trained.model.blueprint), LATENT, random.fork('pca'));
    const components = await applyPca(trained.engine, pca, pcaDataOf(digitsOf, trained.model.blueprint));
    const ways = {
      model: (await labelErrors(model, spoilt, { seed })).scores,
      pca: (await judgeByNeighbours(trained.engine, { values: components.codes, width: LATENT }, values, 10)).scores,
      pixels: (await judgeByNeighbours(trained.engine, { values: testPixels(data, EXAMPLES), width: 784 }, values, 10))
        .scores,
    };
    const figures = Object.entries(ways).map(([name, scores]) => {
      const first = descending(scores).subarray(0, WRONG);
      const hits = first.filter((row) => isWrong[row]).length;
      return [name, { averagePrecision: averagePrecision(scores, isWrong), precision: hits / WRONG }] as const;
    });
    const best = Math.max(...figures.slice(1).map(([, figure]) => figure.averagePrecision));
    return {
      value: figures[0][1].averagePrecision / best,
      others: {
        ...Object.fromEntries(
          figures.flatMap(([name, figure]) =>
            Object.entries(figure).map(([what, value]) => [`${name}.${what}`, value] as const),
          ),
        ),
        trainingSeconds: seconds,
      },
    };
  },
});
