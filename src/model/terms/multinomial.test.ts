import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { isNan, where } from '../../graph/ops/comparison.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { multinomial } from './multinomial.ts';

const X = [2, 1, 0, 0, 1, NaN, 0, 0, 0];
const LOGITS = [0, Math.log(2), 0, 1e4, -1e4, 0, 1, 2, 3];

test('counts at logits 0 and ±1e4, with a missing entry, and of nothing taken', async () => {
  const raw = input('x', 'float32', [3, 3]);
  const logits = input('logits', 'float32', [3, 3]);
  const missing = isNan(raw);
  const { negativeLogLikelihood, mean } = multinomial();
  const losses = negativeLogLikelihood(where(missing, 0, raw), logits, missing);
  const outputs = [losses, ...gradient(sum(losses), [logits]), mean(logits)];
  const exact = evaluate(outputs, { x: X, logits: LOGITS });
  const found = await runOnce(nodeEngine({ threads: 1 }), outputs, {
    x: float32(X, [3, 3]),
    logits: float32(LOGITS, [3, 3]),
  });
  // Chances ¼, ½, ¼ of the first row; the second is certain of the wrong one.
  const expected = [2 * Math.log(4) + Math.log(2), 2e4, 0];
  // Σ x times the chances, less x.
  const slopes = [3 / 4 - 2, 3 / 2 - 1, 3 / 4, 1, -1, 0, 0, 0, 0];
  for (const [i, value] of expected.entries()) {
    expect(exact[0][i]).toBeCloseTo(value, 8);
    expect(found[0][i] / Math.max(1, value)).toBeCloseTo(value / Math.max(1, value), 5);
  }
  for (const [i, value] of slopes.entries()) {
    expect(exact[1][i]).toBeCloseTo(value, 10);
    expect(found[1][i]).toBeCloseTo(value, 5);
  }
  for (const row of [0, 1, 2])
    expect(found[2].slice(3 * row, 3 * row + 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
});

test('the squared error is that of the expected counts', () => {
  const x = input('x', 'float32', [1, 2]);
  const logits = input('logits', 'float32', [1, 2]);
  const [[error]] = evaluate([multinomial().squaredError(x, logits)], { x: [3, 1], logits: [0, 0] });
  expect(error).toBeCloseTo(2, 12);
});
