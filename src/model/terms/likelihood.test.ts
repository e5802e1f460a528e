import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { isNan, where } from '../../graph/ops/comparison.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { bernoulli, gaussian, type Likelihood } from './likelihood.ts';

const X = [0, 1, 0.25, NaN, 1, 0];
const LOGITS = [0, 1e4, -2, 5, -1e4, 1e4];

/** Losses `[2]` and gradients `[6]` over two rows with one missing entry, in float64 and on the engine. */
async function measured({ negativeLogLikelihood }: Likelihood) {
  const raw = input('x', 'float32', [2, 3]);
  const logits = input('logits', 'float32', [2, 3]);
  const missing = isNan(raw);
  const losses = negativeLogLikelihood(where(missing, 0, raw), logits, missing);
  const outputs = [losses, ...gradient(sum(losses), [logits])];
  const exact = evaluate(outputs, { x: X, logits: LOGITS }).map((values) => [...values]);
  const engine = await runOnce(nodeEngine({ threads: 1 }), outputs, {
    x: float32(X, [2, 3]),
    logits: float32(LOGITS, [2, 3]),
  });
  return { losses: exact[0], slopes: exact[1], engineLosses: engine[0], engineSlopes: engine[1] };
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i] - value), `${actual[i]} for ${value}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test('cross-entropy at logits 0 and ±1e4, with a missing entry', async () => {
  const { losses, slopes, engineLosses, engineSlopes } = await measured(bernoulli());
  // Right and certain costs nothing, wrong and certain costs the logit; the missing entry costs nothing.
  const third = Math.log1p(Math.exp(-2)) + 0.25 * 2;
  const expected = [Math.LN2 + 0 + third, 0 + 1e4 + 1e4];
  const expectedSlopes = [0.5, 0, sigmoid(-2) - 0.25, 0, -1, 1];
  expectNear(losses, expected, 1e-12);
  expectNear(engineLosses, expected, 1e-6);
  expectNear(slopes, expectedSlopes, 1e-12);
  expectNear(engineSlopes, expectedSlopes, 1e-6);
});

test('squared error through a sigmoid at logits 0 and ±1e4', async () => {
  const { losses, slopes, engineLosses, engineSlopes } = await measured(gaussian('sigmoid'));
  const p = sigmoid(-2);
  const expected = [0.5 * 0.25 + 0 + 0.5 * (p - 0.25) ** 2, 0.5 + 0.5];
  const expectedSlopes = [0.5 * 0.25, 0, (p - 0.25) * p * (1 - p), 0, 0, 0];
  expectNear(losses, expected, 1e-12);
  expectNear(engineLosses, expected, 1e-6);
  expectNear(slopes, expectedSlopes, 1e-12);
  expectNear(engineSlopes, expectedSlopes, 1e-6);
});

test('squared error of a linear output', async () => {
  const { losses, slopes, engineLosses, engineSlopes } = await measured(gaussian('linear'));
  const expected = [0 + 0.5 * 9999 ** 2 + 0.5 * 2.25 ** 2, 0.5 * 10_001 ** 2 + 0.5 * 1e8];
  const expectedSlopes = [0, 9999, -2.25, 0, -10_001, 1e4];
  expectNear(losses, expected, 1e-12);
  expectNear(engineLosses, expected, 1e-6);
  expectNear(slopes, expectedSlopes, 1e-12);
  expectNear(engineSlopes, expectedSlopes, 1e-6);
});

test('with a learned variance the loss is that of the normal distribution, least where the variance is the squared error', () => {
  const [x, logits, logVariance] = ['x', 'logits', 's'].map((name) =>
    input(name, 'float32', name === 's' ? [1] : [1, 3]),
  );
  const loss = gaussian('linear', logVariance).negativeLogLikelihood(x, logits);
  const slope = gradient(sum(loss), [logVariance])[0];
  const at = (s: number) => evaluate([loss, slope], { x: [1, 2, 3], logits: [1.5, 2, 1], s: [s] }).map(([v]) => v);
  const squared = 0.25 + 0 + 4;
  expect(at(-1)[0]).toBeCloseTo((squared * Math.exp(1) - 3) / 2, 12);
  expect(at(Math.log(squared / 3))[1]).toBeCloseTo(0, 12);
});

test('the mean of the distribution minimises its loss', () => {
  for (const likelihood of [bernoulli(), gaussian('sigmoid'), gaussian('linear')]) {
    const logits = input('logits', 'float32', [1, 3]);
    const [mean] = evaluate([likelihood.mean(logits)], { logits: [-1, 0.5, 2] });
    const x = input('x', 'float32', [1, 3]);
    const [slope] = gradient(sum(likelihood.negativeLogLikelihood(x, logits)), [logits]);
    for (const value of evaluate([slope], { logits: [-1, 0.5, 2], x: mean })[0]) expect(value).toBeCloseTo(0, 14);
  }
});
