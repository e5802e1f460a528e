/** Heartbeats: learn the normal ones of the official training part, find the others in the test part by their error. */
import { type ArraySource, autoencoder, loadData } from 'autoencoder';
import { areaUnderRoc } from '../measures.ts';
import { engine, measureRow } from '../row.ts';

const STEPS = 140;
const TRAINING_ROWS = 500;

await measureRow({
  name: 'ecg5000',
  what: 'ECG5000, recurrent (LSTM, 64 units), a code of 16, trained on the 292 normal beats of the official training part',
  measure: 'AUROC of the reconstruction error on the test part',
  bar: { atLeast: 0.975 },
  published: 'Pereira & Silveira 2019 (variational recurrent): 0.984',
  async run(seed, folder) {
    const [signals, labels] = await Promise.all(['ecg_signals', 'ecg_labels'].map((name) => array(folder, name)));
    const isNormal = Array.from(labels.values, (label) => label === 0);
    const rows = isNormal.flatMap((normal, row) => (normal && row < TRAINING_ROWS ? [row] : []));
    const series = (chosen: readonly number[]): ArraySource => ({
      form: 'array',
      name: 'beats',
      values: Float32Array.from(chosen.flatMap((row) => [...signals.values.subarray(row * STEPS, (row + 1) * STEPS)])),
      shape: [chosen.length, STEPS, 1],
    });
    const model = autoencoder({ network: 'recurrent', latent: 16, engine: engine() });
    const { seconds } = await model.fit(series(rows), { epochs: 150, batchSize: 32, seed });
    const tested = Array.from({ length: isNormal.length - TRAINING_ROWS }, (_, i) => TRAINING_ROWS + i);
    const given = series(tested);
    const rebuilt = await model.reconstruct(given);
    if (rebuilt.form !== 'array') throw new Error('series were expected');
    const errors = new Float64Array(tested.length);
    for (let i = 0; i < given.values.length; i++)
      errors[Math.floor(i / STEPS)] += (given.values[i] - rebuilt.values[i]) ** 2;
    const value = areaUnderRoc(
      errors,
      tested.map((row) => !isNormal[row]),
    );
    return { value, others: { trainingSeconds: seconds } };
  },
});

async function array(folder: string, name: string): Promise<ArraySource> {
  const { train } = await loadData(`${folder}/ecg5000/${name}.npy`);
  if (train.form !== 'array') throw new Error(`${name}.npy should hold an array`);
  return train;
}
