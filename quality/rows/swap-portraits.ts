import { createRandom, swapper, type TwoSets } from 'autoencoder';
import { drawPortrait } from '../../src/data/builtin/portrait-drawing.ts';
import { identities, randomManner } from '../../src/data/builtin/portraits.ts';
import { engine, measureRow } from '../row.ts';

const SIDE = 48;
const SIZE = 3 * SIDE * SIDE;

/** Portraits, and what the other one would look like in their place. */
function portraits(count: number, seed: number, part: string): TwoSets & { readonly truth: Uint8Array } {
  const random = createRandom(seed).fork(part);
  const [values, truth] = [new Uint8Array(count * SIZE), new Uint8Array(count * SIZE)];
  const labels = Int32Array.from({ length: count }, (_, at) => at % 2);
  for (let at = 0; at < count; at++) {
    const manner = randomManner(random);
    values.set(drawPortrait(identities[labels[at]], manner), at * SIZE);
    truth.set(drawPortrait(identities[1 - labels[at]], manner), at * SIZE);
  }
  return { name: part, shape: [3, SIDE, SIDE], values, labels, names: [identities[0].name, identities[1].name], truth };
}

function errorOf(told: Float32Array, truth: Uint8Array): number {
  return told.reduce((sum, value, at) => sum + (value - truth[at] / 255) ** 2, 0) / told.length;
}

/** For each picture the one of the other that is nearest to it, pixel by pixel. */
function nearest({ values, labels }: TwoSets, among: TwoSets): Float32Array {
  const found = new Float32Array(values.length);
  for (const [row, label] of labels.entries()) {
    const own = values.subarray(row * SIZE, (row + 1) * SIZE);
    let [best, least] = [own, Infinity];
    for (const [other, otherLabel] of among.labels.entries()) {
      if (otherLabel === label) continue;
      const candidate = among.values.subarray(other * SIZE, (other + 1) * SIZE);
      let distance = 0;
      for (let at = 0; at < SIZE && distance < least; at++) distance += (own[at] - candidate[at]) ** 2;
      if (distance < least) [best, least] = [candidate, distance];
    }
    for (const [at, value] of best.entries()) found[row * SIZE + at] = value / 255;
  }
  return found;
}

await measureRow({
  name: 'swap-portraits',
  what: 'the built-in portraits: 2000 of two drawn people, 200 others swapped, compared with what the other one looks like in the same pose, mood and light; defaults',
  measure: 'squared error, as a share of that of the nearest picture of the other',
  bar: { atMost: 1 },
  published: 'none: the pictures are drawn by this program, which knows the truth',
  async run(seed) {
    const [train, test] = [portraits(2000, seed, 'train'), portraits(200, seed, 'test')];
    const model = await swapper(train, { test, seed, engine: engine() });
    const [own, near] = [errorOf(await model.swap(test), test.truth), errorOf(nearest(test, train), test.truth)];
    const { takenForOther, thereAndBack, rebuilt } = model.quality;
    return {
      value: own / near,
      others: {
        'squared error': own,
        'nearest of the other': near,
        takenForOther,
        rebuilt,
        thereAndBack,
        'detector, whole': model.detection.whole,
        'detector, laid in': model.detection.laidIn,
        trainingSeconds: model.seconds,
      },
    };
  },
});
