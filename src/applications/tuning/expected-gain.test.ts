import { describe, expect, test } from 'vitest';
import { expectedGains } from './expected-gain.ts';
import type { Options, Space } from './space.ts';

const space: Space = [
  { name: 'width', range: { type: 'choice', values: [8, 16, 32] } },
  { name: 'shape', range: { type: 'choice', values: ['round', 'square'] } },
  { name: 'rate', range: { type: 'range', from: 0, to: 1, scale: 'linear', isWhole: false } },
];
const initial = { width: 16, shape: 'round', rate: 0.5 };
const tried = (...of: readonly (readonly [Options, number])[]) => [
  { point: initial, effect: 0 },
  ...of.map(([changed, effect]) => ({ point: { ...initial, ...changed }, effect })),
];
const gains = (of: ReturnType<typeof tried>, ...candidates: readonly Options[]) =>
  expectedGains(
    space,
    of,
    candidates.map((changed) => ({ ...initial, ...changed })),
  );

describe('expected gains', () => {
  test('are equal where nothing is known, and never below 0', () => {
    expect(expectedGains(space, [{ point: initial }], [initial, { ...initial, width: 8 }])).toEqual([0, 0]);
    const [wide, square, same] = gains(tried(), { width: 32 }, { shape: 'square' }, {});
    expect(wide).toBeCloseTo(square, 12);
    expect(same).toBeGreaterThanOrEqual(0);
    expect(same).toBeLessThan(wide);
  });

  test('what helped one point is expected to help another', () => {
    const known = tried([{ shape: 'square' }, -0.3], [{ width: 8 }, -0.3]);
    const [both, other] = gains(known, { shape: 'square', width: 8 }, { shape: 'square', width: 32 });
    expect(both).toBeGreaterThan(other);
    const harmed = tried([{ shape: 'square' }, -0.3], [{ width: 8 }, 0.3]);
    const [bad, unknown] = gains(harmed, { shape: 'square', width: 8 }, { shape: 'square', width: 32 });
    expect(bad).toBeLessThan(0.5 * unknown);
  });

  test('what made no difference is worth less than what is not known', () => {
    const known = tried([{ width: 8 }, 0], [{ rate: 0.9 }, -0.2]);
    const [none, unknown] = gains(known, { rate: 0.9, width: 8 }, { rate: 0.9, width: 32 });
    expect(none).toBeLessThan(0.5 * unknown);
  });

  test('values of a range are alike where they are near', () => {
    const known = tried([{ rate: 0.9 }, 0.4], [{ width: 8 }, 0.1]);
    const [near, far] = gains(known, { rate: 0.85 }, { rate: 0.2 });
    expect(near).toBeLessThan(0.5 * far);
  });

  test('a point that diverged does not hide what is known of others', () => {
    const known = tried([{ width: 8 }, -0.1], [{ shape: 'square' }, Number.POSITIVE_INFINITY]);
    const [diverging, wide] = gains(known, { width: 8, shape: 'square' }, { width: 32 });
    expect(diverging).toBeLessThan(wide);
    for (const gain of [diverging, wide]) expect(Number.isFinite(gain)).toBe(true);
  });

  test('one observation gives what the formula gives: no spread but that of what was not told', () => {
    // Two points that agree in nothing, the first told to be 0: the second is as likely better as worse, E max(0, −u) = σ / √(2π).
    const one: Space = [space[0]];
    const [gain] = expectedGains(one, [{ point: { width: 8 }, effect: 0 }], [{ width: 32 }]);
    // With nothing to explain, the least spread is the likeliest.
    expect(gain).toBeCloseTo(0.02 / Math.sqrt(2 * Math.PI), 6);
  });
});
