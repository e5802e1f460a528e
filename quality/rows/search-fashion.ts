import { autoencoder, searchPrecision } from 'autoencoder';
import { engine, fashionMnist, measureRow } from '../row.ts';

await measureRow({
  name: 'search-fashion',
  what: 'Fashion-MNIST, nothing but defaults, an index of the 60 000 training pictures; 1000 test pictures asked for, ten found for each',
  measure:
    'share of what is found that has the label of what was asked, less that of the better of pixels and 32 principal components (percentage points)',
  bar: { atLeast: 0 },
  published: 'asked for: above raw pixels and PCA',
  async run(seed, folder) {
    const data = await fashionMnist(folder);
    const model = autoencoder({ engine: engine() });
    const { seconds } = await model.fit(data, { seed });
    const found = await searchPrecision(model, data, { queries: data.test, seed });
    if (!found?.data) throw new Error('the data has no labels');
    const [codes, pca, pixels] = [found.model, found.pca, found.data].map(({ all }) => 100 * all);
    const byLabel = Object.entries(found.model.byLabel).map(([label, share]) => [label, 100 * share] as const);
    return {
      value: codes - Math.max(pca, pixels),
      others: { codes, pca, pixels, ...Object.fromEntries(byLabel), trainingSeconds: seconds },
    };
  },
});
