/** Real files, where `AUTOENCODER_DATA` names a folder of them; skipped with a line otherwise. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyScaling, fitScaling } from '../../src/data/columns/scaling.ts';
import type { SourceWithTest } from '../../src/data/dataset.ts';
import { dataEnvironment, type LoadOptions, loadData } from '../../src/data/load.ts';

const folder = process.env.AUTOENCODER_DATA;
if (folder === undefined) console.warn('skipped: real data files (AUTOENCODER_DATA is not set)');

describe.skipIf(folder === undefined)('real data', () => {
  const load = (name: string, options: Partial<LoadOptions> = {}): Promise<SourceWithTest> =>
    loadData(name, { environment: dataEnvironment(process.env), ...options });
  const at = (path: string): string => join(folder ?? '', path);

  test('MNIST and Fashion-MNIST', async () => {
    for (const name of ['mnist', 'fashion-mnist']) {
      const { train, test: held } = await load(name);
      expect(train).toMatchObject({ name, shape: [60_000, 1, 28, 28] });
      expect(held).toMatchObject({ shape: [10_000, 1, 28, 28] });
      expect(train.labels?.names).toHaveLength(10);
      expect(held?.labels?.names).toEqual(train.labels?.names);
    }
  });

  test('tables with missing values and categories', async () => {
    const { train } = await load(at('uci/adult-train.csv'), { label: 'column15' });
    expect(train).toMatchObject({ rows: 32_561, labels: { names: ['<=50K', '>50K'] } });
    const dataset = applyScaling(fitScaling(train, 'standard'), train);
    expect(dataset).toMatchObject({ hasMissing: true, shape: [105] });
    const { train: penguins } = await load(at('seaborn-data/penguins.csv'));
    expect(applyScaling(fitScaling(penguins, 'minmax'), penguins)).toMatchObject({ count: 344, hasMissing: true });
  });

  test('arrays of NumPy', async () => {
    expect(await load(at('adbench/Classical/43_WDBC.npz'))).toMatchObject({
      train: { shape: [367, 30], labels: { names: ['0', '1'] } },
    });
    expect(await load(at('ecg5000/ecg_signals.npy'))).toMatchObject({ train: { shape: [5000, 140] } });
  });

  test('pictures, equal and unequal', async () => {
    expect(await load(at('natural-images/Train400'), { limit: 5 })).toMatchObject({
      train: { shape: [5, 1, 180, 180] },
    });
    await expect(load(at('kodak'))).rejects.toThrow(/768×512 as .*kodim02.png, got 512×768 in .*kodim04.png/);
    expect(await load(at('olivetti/olivetti-images-idx3-ubyte.gz'))).toMatchObject({
      train: { shape: [400, 1, 64, 64], labels: { values: { length: 400 } } },
    });
  });
});
