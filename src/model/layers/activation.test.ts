import { describe, expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { erf } from '../../graph/ops/elementwise.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { type ActivationName, activationNames, activations } from './activation.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Φ(x), from the erf that has its own test. */
function normalDistribution(x: number): number {
  const [value] = evaluate([erf(input('x', 'float32', [1]))], { x: [x / Math.SQRT2] });
  return (1 + value[0]) / 2;
}

/** As their papers define them. */
const formulas: Readonly<Record<ActivationName, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  'leaky-relu': (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  gelu: (x) => x * normalDistribution(x),
  silu: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  sigmoid,
};

const ORDINARY = [-3, -1.5, -0.5, -0.01, 0.01, 0.5, 1.5, 3];
const EXTREME = [0, 1e4, -1e4, 40, -40];

describe.each(activationNames)('%s', (name) => {
  const points = [...ORDINARY, ...EXTREME];
  const x = input('x', 'float32', [points.length]);
  const y = activations[name].apply(x);
  const outputs = [y, ...gradient(sum(y), [x])];
  const [values, slopes] = evaluate(outputs, { x: points });

  test('is its formula, also at 0 and ±1e4', () => {
    for (const [i, point] of points.entries()) expect(values[i]).toBeCloseTo(formulas[name](point), 10);
  });

  test('has the slope of its formula', () => {
    for (const [i, point] of points.entries()) {
      const step = 1e-6 * Math.max(1, Math.abs(point));
      const slope = (formulas[name](point + step) - formulas[name](point - step)) / (2 * step);
      if (point !== 0) expect(slopes[i]).toBeCloseTo(slope, 5);
      expect(Number.isFinite(slopes[i])).toBe(true);
    }
  });

  test('runs as it is defined', async () => {
    const [engineValues, engineSlopes] = await runOnce(nodeEngine({ threads: 1 }), outputs, { x: float32(points) });
    for (const [i] of points.entries()) {
      // The runtime's sigmoid stops at 1.5e-8 below −18, so x σ(x) is −1.5e-4 at −1e4 where 0 is exact.
      expect(Math.abs(engineValues[i] - values[i])).toBeLessThanOrEqual(2e-4 + 1e-6 * Math.abs(values[i]));
      expect(Math.abs(engineSlopes[i] - slopes[i])).toBeLessThanOrEqual(2e-4);
    }
  });
});
