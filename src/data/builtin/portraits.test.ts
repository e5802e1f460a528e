import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { drawPortrait, type Manner } from './portrait-drawing.ts';
import { identities, makePortraits, randomManner } from './portraits.ts';

const COUNT = 600;
const SIZE = 3 * 48 * 48;
const portraits = makePortraits(COUNT, createRandom(3));
const labels = portraits.labels?.values ?? new Int32Array(0);
const picture = (at: number): Uint8Array => (portraits.values as Uint8Array).subarray(at * SIZE, (at + 1) * SIZE);

const straight: Manner = {
  shiftX: 0,
  shiftY: 0,
  size: 1,
  turn: 0,
  tilt: 0,
  smile: 0,
  brows: 0,
  mouthOpen: 0,
  eyesOpen: 1,
  gaze: 0,
  light: 0,
  brightness: 1,
  background: [0.5, 0.6, 0.4],
};
const [ada, bruno] = identities;

function apart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < SIZE; i++) sum += (one[i] - other[i]) ** 2;
  return sum;
}

/** Columns at which two pictures differ. */
function columnsApart(one: Uint8Array, other: Uint8Array): number[] {
  const found = new Set<number>();
  for (let i = 0; i < SIZE; i++) if (one[i] !== other[i]) found.add(i % 48);
  return [...found];
}

test('a seed fixes the portraits, and fewer are the first of more; both people, about as often', () => {
  expect(makePortraits(20, createRandom(3)).values).toEqual(portraits.values.subarray(0, 20 * SIZE));
  expect(makePortraits(20, createRandom(4)).values).not.toEqual(portraits.values.subarray(0, 20 * SIZE));
  expect(portraits.labels?.names).toEqual(['Ada', 'Bruno']);
  const second = labels.filter((label) => label === 1).length;
  expect(second).toBeGreaterThan(250);
  expect(second).toBeLessThan(350);
});

test('who it is can be told: nearest neighbours agree', () => {
  let right = 0;
  for (let at = 0; at < 100; at++) {
    let [best, nearest] = [Infinity, -1];
    for (let other = 100; other < COUNT; other++) {
      const distance = apart(picture(at), picture(other));
      if (distance < best) [best, nearest] = [distance, other];
    }
    if (labels[at] === labels[nearest]) right++;
  }
  expect(right).toBeGreaterThan(95);
});

test('the same manner can be drawn for both: what is around them stays, they do not', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const manner = randomManner(createRandom(seed));
    const [one, other] = [drawPortrait(ada, manner), drawPortrait(bruno, manner)];
    expect(drawPortrait(ada, manner)).toEqual(one);
    for (const corner of [0, 47])
      for (const plane of [0, 1, 2]) expect(one[plane * 2304 + corner]).toBe(other[plane * 2304 + corner]);
    expect(apart(one, other) / SIZE).toBeGreaterThan(500);
  }
});

test('a face straight to the front is its own mirror image but for the parting of the hair', () => {
  const pixels = drawPortrait(bruno, straight);
  let below = 0;
  for (let plane = 0; plane < 3; plane++)
    for (let y = 20; y < 48; y++)
      for (let x = 0; x < 24; x++) {
        const [left, right] = [pixels[plane * 2304 + y * 48 + x], pixels[plane * 2304 + y * 48 + 47 - x]];
        // The nose is lit from one side.
        if (Math.abs(left - right) > 12) below++;
      }
  expect(below).toBeLessThan(60);
});

test('moved by whole pixels, the picture moves', () => {
  const there = drawPortrait(ada, straight);
  const moved = drawPortrait(ada, { ...straight, shiftX: 3, shiftY: -2 });
  for (let plane = 0; plane < 3; plane++)
    for (let y = 0; y < 46; y++)
      for (let x = 3; x < 48; x++)
        expect(Math.abs(moved[plane * 2304 + y * 48 + x] - there[plane * 2304 + (y + 2) * 48 + x - 3])).toBeLessThan(2);
});

test('a mood changes the face, not what is around it, and light its two sides', () => {
  const calm = drawPortrait(ada, straight);
  for (const change of [{ smile: 1 }, { mouthOpen: 1 }, { eyesOpen: 0 }, { brows: 1 }, { gaze: 1 }]) {
    const columns = columnsApart(calm, drawPortrait(ada, { ...straight, ...change }));
    expect(columns.length).toBeGreaterThan(2);
    for (const column of columns) expect(Math.abs(column - 23.5)).toBeLessThan(12);
  }
  const lit = drawPortrait(ada, { ...straight, light: 1 });
  const cheek = (pixels: Uint8Array, x: number): number => pixels[28 * 48 + x];
  expect(cheek(lit, 31)).toBeGreaterThan(cheek(calm, 31));
  expect(cheek(lit, 16)).toBeLessThan(cheek(calm, 16));
});
