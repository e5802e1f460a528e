import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { makePicture, unit } from '../data/picture.ts';
import { holeShapes, inpaint, missingPixels } from './inpaint.ts';
import { cutPatches } from './patches.ts';
import type { Restorer } from './restorer.ts';

const picture = makePicture({ name: 'p', channels: 3, height: 40, width: 56 }, (channel, row, column) =>
  Math.abs(Math.sin(channel + row / 5 + column / 9)),
);

describe.each(holeShapes.slice(1))('holes that are %s', (holes) => {
  test.each([0.05, 0.3, 0.6])('take about the share %d that is asked for', (share) => {
    const random = createRandom(1);
    const counts = Array.from({ length: 20 }, () => {
      const isMissing = missingPixels(40, 56, { holes, share }, random);
      return isMissing.reduce((sum, own) => sum + own, 0) / isMissing.length;
    });
    const mean = counts.reduce((sum, own) => sum + own, 0) / counts.length;
    expect(mean).toBeGreaterThan(0.85 * share);
    expect(mean).toBeLessThan(share + 0.09);
  });

  test('are in no picture but small ones too', () => {
    for (const [height, width] of [
      [1, 1],
      [1, 30],
      [3, 2],
    ])
      expect(missingPixels(height, width, { holes, share: 0.5 }, createRandom(1))).toHaveLength(height * width);
  });
});

test('a hole is missing in every colour', () => {
  const { values } = inpaint.spoil(picture, { holes: 'rectangles', share: 0.2 }, createRandom(2));
  const area = 40 * 56;
  for (let at = 0; at < area; at++) {
    const missing = [0, 1, 2].map((channel) => Number.isNaN(values[channel * area + at]));
    expect(new Set(missing).size).toBe(1);
  }
});

test('of a piece the holes are shown filled smoothly, and only they are to be told', () => {
  const cuts = [
    { picture: 0, top: 3, left: 4, way: 0 },
    { picture: 0, top: 9, left: 30, way: 6 },
  ];
  const lesson = inpaint.lesson?.({ holes: 'mixed', share: 0.3 }, cuts, [picture], 16, createRandom(3));
  const [shown, told] = [lesson?.values ?? [], lesson?.told?.values ?? []];
  const whole = unit(cutPatches([picture], cuts, 16));
  expect(shown).toHaveLength(2 * 3 * 256);
  let [holes, wrong] = [0, 0];
  for (let at = 0; at < shown.length; at++) {
    if (Number.isNaN(told[at])) expect(shown[at]).toBe(whole[at]);
    else {
      expect(told[at]).toBe(whole[at]);
      holes++;
      wrong += Math.abs(shown[at] - told[at]);
    }
  }
  expect(holes).toBeGreaterThan(100);
  expect(holes).toBeLessThan(1000);
  // Near, as the picture is smooth, and not what is to be told.
  expect(wrong / holes).toBeGreaterThan(0.001);
  expect(wrong / holes).toBeLessThan(0.2);
});

test('what is not in a hole stays as it is', async () => {
  const spoiled = inpaint.spoil(picture, { holes: 'strokes', share: 0.2 }, createRandom(4));
  const white: Restorer = {
    restore: async (given) => ({ ...given, values: given.values.map(() => 1) }),
    dispose: async () => {},
  };
  const { values } = await inpaint.repair(white, spoiled, { holes: 'strokes', share: 0.2 });
  for (const [at, value] of values.entries())
    expect(value).toBe(Number.isNaN(spoiled.values[at]) ? 1 : picture.values[at]);
});
