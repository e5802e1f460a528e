import { type ArraySource, autoencoder, type Source } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

/** Labels that training sees, as many of each digit. */
const LABELS = 100;
/** How often a labelled digit is among the training digits. */
const TIMES = 50;

await measureRow({
  name: 'semi-supervised',
  what: 'MNIST, adversarial with 100 labels, 784-1000-1000, a code of 10 + 10 classes',
  measure: 'test error of the class that the code says (%)',
  bar: { atMost: 5 },
  published: 'Makhzani et al. 2015: 1.9',
  async run(seed, folder) {
    const { train, test } = await mnist(folder);
    if (!train.labels || !test?.labels) throw new Error('MNIST comes with labels');
    const left = new Int32Array(10).fill(LABELS / 10);
    const known = train.labels.values.map((label) => (left[label]-- > 0 ? label : -1));
    const net = { kind: 'adversarial', labels: 'some', hidden: [1000, 1000], latent: 20, activation: 'relu' };
    const model = autoencoder({ ...net, engine: engine() });
    const data = oversampled(train, known);
    const { seconds } = await model.fit(data, { epochs: 40, patience: 0, seed });
    const codes = await model.encode(test);
    let wrong = 0;
    for (const [row, label] of test.labels.values.entries()) {
      const chances = codes.values.subarray(20 * row + 10, 20 * row + 20);
      if (chances.indexOf(Math.max(...chances)) !== label) wrong++;
    }
    return { value: (100 * wrong) / test.labels.values.length, others: { trainingSeconds: seconds } };
  },
});

/** The examples, those with a label `TIMES` over, so that every batch has some. */
function oversampled(train: Source, known: Int32Array): ArraySource {
  if (train.form !== 'array') throw new Error('pictures were expected');
  const width = train.values.length / known.length;
  const rows = Array.from(known, (label, row) => (label < 0 ? [row] : new Array<number>(TIMES).fill(row))).flat();
  const values = new Uint8Array(rows.length * width);
  for (const [at, row] of rows.entries()) values.set(train.values.subarray(row * width, (row + 1) * width), at * width);
  const labels = { values: Int32Array.from(rows, (row) => known[row]), names: train.labels?.names ?? [] };
  return { ...train, values, shape: [rows.length, ...train.shape.slice(1)], labels };
}
