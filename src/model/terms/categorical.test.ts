import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { cast, less, oneHot } from '../../graph/ops/comparison.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { categorical } from './categorical.ts';

/** Two sequences of three tokens out of three, of which the last one is missing. */
const TOKENS = [0, 2, 1, 1, 0, -1];
const LOGITS = [
  [0, 0, 0],
  [1e4, 0, -1e4],
  [-1, 2, 0.5],
  [0, 1e4, 0],
  [-1e4, 1e4, 1e4],
  [7, -7, 0],
].flat();

function graphOf() {
  const [tokens, logits] = [input('tokens', 'float32', [2, 3]), input('logits', 'float32', [2, 3, 3])];
  const x = oneHot(cast(tokens, 'int32'), 3);
  const missing = broadcastTo(reshape(less(tokens, 0), [2, 3, 1]), [2, 3, 3]);
  const likelihood = categorical(3);
  const losses = likelihood.negativeLogLikelihood(x, logits, missing);
  const errors = likelihood.squaredError(x, logits, missing);
  return [losses, ...gradient(sum(losses), [logits]), likelihood.mean(logits), errors];
}

test('a token costs −log of its chance, a missing one nothing, at logits 0 and ±1e4', async () => {
  const total = Math.exp(-1) + Math.exp(2) + Math.exp(0.5);
  const third = 1 / 3;
  const expected = [
    [Math.log(3) + 2e4 + Math.log(total) - 2, 0 + 2e4 + Math.LN2],
    [
      [third - 1, third, third, 1, 0, -1, Math.exp(-1) / total, Math.exp(2) / total - 1, Math.exp(0.5) / total],
      [0, 0, 0, -1, 0.5, 0.5, 0, 0, 0],
    ].flat(),
    [0, 0, 1, 1, 1, 0],
    // Wrong is the second token of the first sequence and that of the second one.
    [1, 1],
  ];
  const outputs = graphOf();
  const engine = await runOnce(nodeEngine({ threads: 1 }), outputs, {
    tokens: float32(TOKENS, [2, 3]),
    logits: float32(LOGITS, [2, 3, 3]),
  });
  for (const [results, tolerance] of [
    [evaluate(outputs, { tokens: TOKENS, logits: LOGITS }), 1e-12],
    [engine, 1e-6],
  ] as const)
    for (const [which, values] of expected.entries())
      for (const [i, value] of values.entries())
        expect(Math.abs(results[which][i] - value), `output ${which} at ${i}`).toBeLessThanOrEqual(
          tolerance * Math.max(1, Math.abs(value)),
        );
});

test('its gradients are those of central differences', () => {
  const outputs = graphOf();
  const logits = LOGITS.map((value, i) => (Math.abs(value) > 100 ? 2 * Math.sin(i) : value));
  const slopes = evaluate(outputs, { tokens: TOKENS, logits })[1];
  const at = (which: number, by: number): number => {
    const moved = logits.map((value, j) => (j === which ? value + by : value));
    return evaluate([outputs[0]], { tokens: TOKENS, logits: moved })[0].reduce((sofar, value) => sofar + value, 0);
  };
  for (const [i, slope] of slopes.entries()) expect(slope).toBeCloseTo((at(i, 1e-6) - at(i, -1e-6)) / 2e-6, 7);
});

test('the decoder has a logit for every token at every place', () => {
  expect(categorical(7).outputShape([4])).toEqual([4, 7]);
});
