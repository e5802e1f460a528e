import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { CHANCES, chanceOf, LEAST_CHANCE, makeChances, pixelChances, WEIGHTS } from './neighbour-odds.ts';

const chances = makeChances();
const random = createRandom(5);
const width = 6;
const pixels = Uint8Array.from({ length: 5 * width }, () => random.integer(2));
const odds = Int32Array.from({ length: pixels.length }, () => random.integer(2000) - 1000);

test('chances are those of the logistic function, and never beyond the least', () => {
  for (const value of [-3, -0.5, 0, 0.2, 4])
    expect(Math.abs(chanceOf(chances, 256 * value) / 65536 - 1 / (1 + Math.exp(-value)))).toBeLessThan(0.005);
  expect(chanceOf(chances, -(2 ** 20))).toBe(LEAST_CHANCE);
  expect(chanceOf(chances, 2 ** 20)).toBe(65536 - LEAST_CHANCE);
  for (let at = 0; at < CHANCES; at++) expect(chances[at] + chances[CHANCES - 1 - at]).toBe(65536);
});

test('without weights the network has its say', () => {
  const chance = pixelChances(odds, pixels, width, { chances, weights: new Int32Array(WEIGHTS) });
  for (const [at, own] of odds.entries()) expect(chance(at)).toBe(chanceOf(chances, own));
});

describe('with weights', () => {
  const weights = Int32Array.of(6554, 300, 200, -50, 40);

  test('odds are moved by how far neighbours are from what was said of them', () => {
    const chance = pixelChances(odds, pixels, width, { chances, weights });
    const off = (place: number): number => pixels[place] - chanceOf(chances, odds[place]) / 65536;
    const at = 2 * width + 3;
    const moved =
      odds[at] * 1.1 + 300 * off(at - 1) + 200 * off(at - width) - 50 * off(at - width - 1) + 40 * off(at - width + 1);
    expect(Math.abs(chance(at) - chanceOf(chances, moved))).toBeLessThanOrEqual(65536 / 128);
    // The first of a row knows nothing of the end of the row before.
    const first = 3 * width;
    const edge = odds[first] * 1.1 + 200 * off(first - width) + 40 * off(first - width + 1);
    expect(Math.abs(chance(first) - chanceOf(chances, edge))).toBeLessThanOrEqual(65536 / 128);
  });

  test('a pixel that is not known yet has no say', () => {
    const chance = pixelChances(odds, pixels, width, { chances, weights });
    for (let at = 0; at < pixels.length; at++) {
      const before = pixels.map((pixel, place) => (place < at ? pixel : 1 - pixel));
      expect(pixelChances(odds, before, width, { chances, weights })(at)).toBe(chance(at));
    }
  });
});
