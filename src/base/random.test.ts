import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from './random.ts';

const COUNT = 50_000;
const draw = (random: Random, count = COUNT): number[] => Array.from({ length: count }, () => random.uniform());

function correlation(a: readonly number[], b: readonly number[]): number {
  // Both uniform: mean ½, variance 1/12.
  return (12 * a.reduce((total, x, i) => total + (x - 0.5) * (b[i] - 0.5), 0)) / a.length;
}

test('a seed and a path of names give one sequence, whatever was drawn before', () => {
  const once = draw(createRandom(7).fork('a').fork('b'), 10);
  const root = createRandom(7);
  draw(root, 100);
  const a = root.fork('a');
  draw(a, 3);
  expect(draw(a.fork('b'), 10)).toEqual(once);
  // Forking draws nothing.
  const plain = createRandom(7);
  plain.fork('x');
  expect(draw(plain, 10)).toEqual(draw(createRandom(7), 10));
});

test('the first numbers stay what they are: files and results were made with them', () => {
  const random = createRandom(0);
  expect([random.bits(), random.bits(), random.bits()]).toMatchInlineSnapshot(`
    [
      1979292478,
      1410357383,
      2486569374,
    ]
  `);
  expect([...createRandom(0).permutation(8)]).toMatchInlineSnapshot(`
    [
      5,
      0,
      1,
      6,
      4,
      7,
      2,
      3,
    ]
  `);
});

describe('streams that must not resemble one another', () => {
  test.each([
    ['neighbouring seeds', createRandom(0), createRandom(1)],
    ['a fork and its parent', createRandom(0), createRandom(0).fork('a')],
    ['neighbouring names', createRandom(0).fork('epoch 1'), createRandom(0).fork('epoch 2')],
    ['names in another order', createRandom(0).fork('a').fork('b'), createRandom(0).fork('b').fork('a')],
  ])('%s', (_, left, right) => {
    expect(Math.abs(correlation(draw(left), draw(right)))).toBeLessThan(5 / Math.sqrt(COUNT));
  });

  test('first numbers of ten thousand names are all different and uniform', () => {
    const root = createRandom(3);
    const firsts = Array.from({ length: 10_000 }, (_, i) => root.fork(`noise ${i}`).uniform());
    expect(new Set(firsts).size).toBeGreaterThan(9990);
    const cells = new Float64Array(100);
    for (const x of firsts) cells[Math.floor(100 * x)] += 1;
    const chiSquare = cells.reduce((total, count) => total + (count - 100) ** 2 / 100, 0);
    expect(Math.abs(chiSquare - 99)).toBeLessThan(5 * Math.sqrt(2 * 99));
  });
});

test('moments of uniform and normal numbers', () => {
  const random = createRandom(11);
  const uniform = draw(random);
  expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
  expect(Math.abs(uniform.reduce((total, x) => total + x / COUNT, 0) - 0.5)).toBeLessThan(
    5 * Math.sqrt(1 / 12 / COUNT),
  );
  const normal = Array.from({ length: COUNT }, () => random.normal());
  const moment = (power: number): number => normal.reduce((total, x) => total + x ** power / COUNT, 0);
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(COUNT));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / COUNT));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / COUNT));
});

test('integers are even and permutations fair', () => {
  const random = createRandom(12);
  const counts = new Float64Array(7);
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)] += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
  expect([...random.permutation(1000)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([...random.permutation(0)]).toEqual([]);
  // Where each of four goes, over many permutations: 1/4 for every place.
  const places = new Float64Array(16);
  for (let i = 0; i < 20_000; i++)
    for (const [place, item] of random.permutation(4).entries()) places[4 * item + place] += 1;
  for (const count of places) expect(Math.abs(count - 5000)).toBeLessThan(5 * Math.sqrt(5000 * 0.75));
});
