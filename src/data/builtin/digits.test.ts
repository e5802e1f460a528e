import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { makeDigits } from './digits.ts';

const digits = makeDigits(4000, createRandom(3));
const labels = digits.labels?.values ?? new Int32Array(0);
const image = (source: { values: ArrayLike<number> }, i: number): number[] =>
  Array.from({ length: 784 }, (_, pixel) => source.values[i * 784 + pixel]);

test('a seed fixes the digits, and fewer are the first of more', () => {
  expect(makeDigits(50, createRandom(3)).values).toEqual(digits.values.subarray(0, 50 * 784));
  expect(makeDigits(50, createRandom(4)).values).not.toEqual(digits.values.subarray(0, 50 * 784));
});

test('all ten classes are about equally frequent, and no two pictures are alike', () => {
  for (let digit = 0; digit < 10; digit++) {
    const count = labels.filter((label) => label === digit).length;
    expect(count).toBeGreaterThan(320);
    expect(count).toBeLessThan(480);
  }
  expect(new Set(Array.from({ length: 4000 }, (_, i) => image(digits, i).join())).size).toBe(4000);
});

test('as much ink as in MNIST, black margins, grey edges and solid strokes', () => {
  let mean = 0;
  for (const value of digits.values) mean += value / 255 / digits.values.length;
  expect(mean).toBeGreaterThan(0.1);
  expect(mean).toBeLessThan(0.17);
  const grey = digits.values.filter((value) => value > 0 && value < 255).length;
  const solid = digits.values.filter((value) => value === 255).length;
  expect(grey / solid).toBeGreaterThan(0.3);
  for (let i = 0; i < 4000; i++) expect(Math.max(...image(digits, i))).toBeGreaterThan(180);
});

test('the classes can be told apart: nearest neighbours agree on the digit', () => {
  let right = 0;
  for (let i = 0; i < 100; i++) {
    let [best, nearest] = [Infinity, -1];
    for (let j = 1000; j < 4000; j++) {
      let distance = 0;
      for (let pixel = 0; pixel < 784; pixel++) {
        distance += (digits.values[i * 784 + pixel] - digits.values[j * 784 + pixel]) ** 2;
      }
      if (distance < best) [best, nearest] = [distance, j];
    }
    if (labels[i] === labels[nearest]) right += 1;
  }
  expect(right).toBeGreaterThan(85);
});
