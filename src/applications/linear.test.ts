import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { applyLinear, fitClassifier, fitRegression, type Labelled, largestOf } from './linear.ts';

/** Three clouds in the plane, far from 0 and of different widths. */
function clouds(count: number, seed: number): Labelled {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, () => random.integer(3));
  const values = new Float32Array(2 * count);
  for (const [row, label] of labels.entries()) {
    values[2 * row] = 100 + 4 * label + random.normal();
    values[2 * row + 1] = (label === 1 ? 0.05 : 0) + 0.01 * random.normal();
  }
  return { values, labels };
}

const wrong = (said: Int32Array, { labels }: Labelled): number =>
  said.filter((label, row) => label !== labels[row]).length / labels.length;

test.each([20, 2000])('a classifier of %i rows tells clouds that lines part', (count) => {
  const held = clouds(1000, 2);
  const model = fitClassifier(clouds(count, 1), 3, createRandom(0));
  expect(model.weight).toHaveLength(6);
  expect(wrong(largestOf(applyLinear(model, held.values), 3), held)).toBeLessThan(0.06);
});

test('columns that are always the same, or 0, do no harm', () => {
  const { values, labels } = clouds(300, 1);
  const wide = Float32Array.from({ length: 4 * 300 }, (_, i) => {
    const column = i % 4;
    return column < 2 ? values[2 * Math.floor(i / 4) + column] : column === 2 ? 7 : 0;
  });
  const said = largestOf(applyLinear(fitClassifier({ values: wide, labels }, 3, createRandom(0)), wide), 3);
  expect(wrong(said, { values, labels })).toBeLessThan(0.06);
});

test.each([
  ['fewer rows than columns', 8, 20],
  ['more rows than columns', 200, 4],
])('regression finds a line: %s', (_, count, width) => {
  const random = createRandom(1);
  const values = Float32Array.from({ length: count * width }, () => 5 + random.normal());
  const truth = Array.from({ length: width }, (_, j) => j + 1);
  const target = Array.from({ length: count }, (_, row) =>
    truth.reduce((total, weight, j) => total + weight * values[row * width + j], 3),
  );
  const model = fitRegression(values, target, 1e-9);
  const said = applyLinear(model, values);
  for (const [row, value] of target.entries()) expect(said[row]).toBeCloseTo(value, 3);
  if (count > width) expect(Array.from(model.weight, Math.round)).toEqual(truth);
});
