import { type ArraySource, autoencoder, createRandom, type Random, type Source } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';
import { warped } from '../warped.ts';

const CLASSES = 10;
/** Labels that training sees, as many of each digit. */
const LABELS = 100;
/** How often a labelled digit is among the training digits, each time a little different. */
const TIMES = 100;
/** Numbers of the code that say how the digit is written. */
const STYLE = 10;

await measureRow({
  name: 'semi-supervised',
  what: 'MNIST, adversarial with 100 labels (ten of each digit, drawn by the seed), convolutional 16-32-128, a code of 10 + 10 classes, 15 epochs of batches of 100; each labelled digit 100 times over, shifted, turned and stretched at random',
  measure: 'test error of the class that the code says (%)',
  bar: { atMost: 5 },
  published: 'Makhzani et al. 2015: 1.9 (dense, noise in place of shifts)',
  async run(seed, folder) {
    const { train, test } = await mnist(folder);
    if (!train.labels || test?.form !== 'array' || train.form !== 'array') throw new Error('pictures were expected');
    const random = createRandom(seed);
    const known = someLabels(train, random.fork('labels'));
    const labelled = copies(train, known, random.fork('copies'));
    const both = joined(train, labelled);
    const { error, seconds } = await classified(both, test, seed);
    const alone = await classified(labelled, test, seed);
    return { value: error, others: { errorWithoutTheUnlabelled: alone.error, trainingSeconds: seconds } };
  },
});

async function classified(
  train: ArraySource,
  test: Source,
  seed: number,
): Promise<{ readonly error: number; readonly seconds: number }> {
  const model = autoencoder({
    kind: 'adversarial',
    labels: 'some',
    network: 'convolutional',
    channels: [16, 32],
    hidden: [128],
    latent: STYLE + CLASSES,
    activation: 'relu',
    engine: engine(),
  });
  const { seconds } = await model.fit(train, { epochs: 15, batchSize: 100, patience: 0, seed });
  const { values } = await model.encode({ ...test, labels: undefined });
  const truth = test.labels?.values ?? [];
  let wrong = 0;
  for (const [row, label] of truth.entries()) {
    const chances = values.subarray((STYLE + CLASSES) * row + STYLE, (STYLE + CLASSES) * (row + 1));
    if (chances.indexOf(Math.max(...chances)) !== label) wrong++;
  }
  return { error: (100 * wrong) / truth.length, seconds };
}

/** The labels of a hundred examples, as many of each class, and −1 for the others. */
function someLabels({ labels }: Source, random: Random): Int32Array {
  const all = labels?.values ?? new Int32Array();
  const known = new Int32Array(all.length).fill(-1);
  const left = new Int32Array(CLASSES).fill(LABELS / CLASSES);
  for (const row of random.permutation(all.length)) if (left[all[row]]-- > 0) known[row] = all[row];
  return known;
}

/** The labelled examples, each `TIMES` over. */
function copies(train: ArraySource, known: Int32Array, random: Random): ArraySource {
  const rows = Array.from(known.keys())
    .filter((row) => known[row] >= 0)
    .flatMap((row) => new Array<number>(TIMES).fill(row));
  const size = train.values.length / known.length;
  const values = new Uint8Array(rows.length * size);
  for (const [at, row] of rows.entries())
    values.set(warped(train.values.subarray(row * size, (row + 1) * size), random), at * size);
  return withRows(
    train,
    values,
    Int32Array.from(rows, (row) => known[row]),
  );
}

/** All examples of `train` without their labels, then the labelled ones. */
function joined(train: ArraySource, labelled: ArraySource): ArraySource {
  const values = new Uint8Array(train.values.length + labelled.values.length);
  values.set(train.values);
  values.set(labelled.values, train.values.length);
  const unknown = new Int32Array(train.shape[0]).fill(-1);
  return withRows(train, values, Int32Array.from([...unknown, ...(labelled.labels?.values ?? [])]));
}

function withRows(source: ArraySource, values: Uint8Array, labels: Int32Array): ArraySource {
  const shape = [labels.length, ...source.shape.slice(1)];
  return { ...source, values, shape, labels: { values: labels, names: source.labels?.names ?? [] } };
}
