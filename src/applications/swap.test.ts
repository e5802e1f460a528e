import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../../test/conformance/train-tiny.ts';
import { createRandom } from '../base/random.ts';
import { finish } from '../training/events.ts';
import { type FittedSwap, fitSwap, laidIn, rowsOf, swapped, type TwoSets } from './swap.ts';
import { fitSwapDetector, swapChances } from './swap-detector.ts';
import { swapQuality } from './swap-quality.ts';

const SIDE = 12;

/** Where the bar stands: what both have in common. */
type Pose = number;

/** A bar at a place, with grain that no decoder knows; under it, a foot that is bright in the first set and dark in the second. */
function bar(label: number, pose: Pose, grain: () => number): number[] {
  return Array.from({ length: SIDE * SIDE }, (_, at) => {
    const isFoot = at >= SIDE * (SIDE - 3);
    const isBright = isFoot ? label === 0 : Math.abs((at % SIDE) - pose) < 1.5;
    return (isBright ? 200 : 60) + Math.round(6 * grain());
  });
}

function sets(count: number, seed: number): TwoSets & { readonly poses: readonly Pose[] } {
  const random = createRandom(seed);
  const poses = Array.from({ length: count }, () => 2 + random.uniform() * (SIDE - 5));
  const labels = Int32Array.from(poses, (_, at) => at % 2);
  const values = Uint8Array.from(poses.flatMap((pose, at) => bar(labels[at], pose, () => random.normal())));
  return { name: 'bars', shape: [1, SIDE, SIDE], values, labels, names: ['bright', 'dark'], poses };
}

const options = { network: 'dense', hidden: [48], latent: 6, epochs: 20, batchSize: 16, learningRate: 0.005 };

describe('a model of two sets', () => {
  const test50 = sets(50, 2);
  let fitted: FittedSwap;
  beforeAll(async () => {
    const request = { sets: sets(600, 1), test: test50, warp: 0, engine: node, options, clock: () => 0 };
    fitted = await finish(fitSwap(request));
  }, 60_000);

  test('shows each picture as the other, at the same place', async () => {
    const told = await swapped(fitted.trained, test50);
    let [error, unlike] = [0, 0];
    for (const [at, pose] of test50.poses.entries()) {
      const truth = bar(1 - test50.labels[at], pose, () => 0);
      for (const [pixel, value] of truth.entries()) {
        error += (told[at * SIDE * SIDE + pixel] - value / 255) ** 2 / told.length;
        unlike += (test50.values[at * SIDE * SIDE + pixel] / 255 - value / 255) ** 2 / told.length;
      }
    }
    expect(error).toBeLessThan(0.1 * unlike);
  });

  test('says so in its figures', async () => {
    const quality = await swapQuality(fitted.trained, fitted.learned, test50);
    expect(quality.pictures).toBe(50);
    expect(quality.recognised).toBeGreaterThan(0.95);
    expect(quality.takenForOther).toBeGreaterThan(0.95);
    expect(quality.rebuilt).toBeLessThan(quality.mean / 3);
    expect(quality.thereAndBack).toBeLessThan(quality.mean);
    expect(quality.thereAndBack).toBeGreaterThanOrEqual(quality.rebuilt);
  });

  test('what it makes is told from what is real', async () => {
    const { detector, quality } = await fitSwapDetector(fitted.trained, fitted.chosen, test50, createRandom(1));
    expect(quality.whole).toBeGreaterThan(0.9);
    expect(quality.laidIn).toBeGreaterThan(0.8);
    const [real, made] = await Promise.all(
      [test50.values, Uint8Array.from(await swapped(fitted.trained, test50), (value) => 255 * value)].map((values) =>
        swapChances(fitted.trained, detector, values),
      ),
    );
    const mean = (chances: Float64Array): number => chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
    expect(mean(made)).toBeGreaterThan(mean(real) + 0.25);
    expect(Math.max(...real, ...made)).toBeLessThanOrEqual(1);
  });

  test('an untrained one does none of this', async () => {
    const { trained } = await finish(
      fitSwap({
        sets: sets(240, 1),
        warp: 0,
        engine: node,
        options: { ...options, epochs: 1, learningRate: 1e-9 },
        clock: () => 0,
      }),
    );
    const quality = await swapQuality(trained, fitted.learned, test50);
    expect(quality.rebuilt).toBeGreaterThan(quality.mean);
  });
});

test('of sets of unequal size the smaller one is shown more often', async () => {
  const all = sets(600, 1);
  const uneven = rowsOf(
    all,
    Array.from(all.labels.keys()).filter((row) => row % 2 === 0 || row % 12 === 1),
  );
  let steps = 0;
  const request = { sets: uneven, engine: node, options: { ...options, epochs: 1, batchSize: 1 }, clock: () => 0 };
  const { learned } = await finish(fitSwap(request), (event) => {
    if (event.type === 'progress') steps = event.steps;
  });
  const [first, second] = [0, 1].map((label) => learned.labels.filter((own) => own === label).length);
  expect(first).toBeGreaterThan(4 * second);
  // 2000 of each in an epoch, but ten times the same picture at most.
  expect(steps).toBe(first * Math.round(2000 / first) + second * 10);
});

test('laid in, the edge is the real picture, and the middle is the swapped one', () => {
  const real = new Uint8Array(2 * 16 * 20).fill(100);
  const made = new Float32Array(2 * 16 * 20).fill(0.8);
  const result = laidIn(made, real, [1, 16, 20]);
  expect(result[0]).toBeCloseTo(100 / 255, 6);
  expect(result[16 * 20 - 1]).toBeCloseTo(100 / 255, 6);
  // Half of the difference in brightness is taken away.
  expect(result[8 * 20 + 10]).toBeCloseTo((0.8 + 100 / 255) / 2, 5);
});

test('some rows are their pictures and their labels', () => {
  const all = sets(6, 3);
  const some = rowsOf(all, [4, 1]);
  expect(Array.from(some.labels)).toEqual([0, 1]);
  expect(some.values.subarray(0, 144)).toEqual(all.values.subarray(4 * 144, 5 * 144));
});

test('a few pictures of one of them are too few', async () => {
  const few = rowsOf(sets(30, 1), [0, 2, 4, 6, 8, 10, 12, 1, 3]);
  await expect(finish(fitSwap({ sets: few, engine: node, options, clock: () => 0 }))).rejects.toThrow(
    'expected at least 5 pictures of dark, got 2',
  );
});
