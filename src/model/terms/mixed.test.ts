import { expect, test } from 'vitest';
import { runOnce } from '../../../test/conformance/run.ts';
import { float32 } from '../../engine/engine.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { sum } from '../../graph/ops/broadcast.ts';
import { isNan, where } from '../../graph/ops/comparison.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { gaussian } from './likelihood.ts';
import { mixed, numbersIn } from './mixed.ts';

/** A number, a group of two, two numbers, a group of three, which is missing in the last row. */
const CATEGORIES = [
  [1, 3],
  [5, 8],
] as const;
const WIDTH = 8;
const X = [
  [0.5, 0, 1, 2, NaN, 1, 0, 0],
  [NaN, 1, 0, -1, 0, 0, 1, 0],
  [1, 1, 0, 0, 0, NaN, NaN, NaN],
].flat();
const LOGITS = [
  [0, 0, 0, 1, 5, 0, 0, 0],
  [3, 1e4, -1e4, -1, 0, 1e4, -1e4, 0],
  [1, 0, 1e4, 0, 2, 1e4, 0, -1e4],
].flat();
const LOG_VARIANCE = [-1, 0.5, 1];

/** log σ² of each of the three columns of numbers, kept above 10⁻⁴. */
const kept = LOG_VARIANCE.map((v) => Math.log(Math.exp(v) + 1e-4));
const nats = (error: number, column: number): number => 0.5 * (error ** 2 / Math.exp(kept[column]) + kept[column]);

function graphOf() {
  const [x, logits, logVariance] = [
    input('x', 'float32', [3, WIDTH]),
    input('logits', 'float32', [3, WIDTH]),
    input('logVariance', 'float32', [3]),
  ];
  const missing = isNan(x);
  const likelihood = mixed({ categories: CATEGORIES, output: 'linear', logVariance });
  const losses = likelihood.negativeLogLikelihood(where(missing, 0, x), logits, missing);
  return [losses, ...gradient(sum(losses), [logits, logVariance]), likelihood.mean(logits)];
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i] - value), `${actual[i]} for ${value} at ${i}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
}

test('numbers cost as the normal distribution, categories −log of their chance, what is missing nothing, at logits 0 and ±1e4', async () => {
  const expected = [
    nats(-0.5, 0) + Math.LN2 + nats(-1, 1) + Math.log(3),
    // Right and certain costs nothing, wrong and certain the distance of the logits.
    0 + nats(0, 1) + nats(0, 2) + 2e4,
    nats(0, 0) + 1e4 + nats(0, 1) + nats(2, 2),
  ];
  const slope = (error: number, column: number): number => error / Math.exp(kept[column]);
  const third = 1 / 3;
  const expectedSlopes = [
    [slope(-0.5, 0), 0.5, -0.5, slope(-1, 1), 0, third - 1, third, third],
    [0, 0, 0, 0, 0, 1, -1, 0],
    [0, -1, 1, 0, slope(2, 2), 0, 0, 0],
  ].flat();
  const expectedMean = [
    [0, 0.5, 0.5, 1, 5, third, third, third],
    [3, 1, 0, -1, 0, 1, 0, 0],
    [1, 0, 1, 0, 2, 1, 0, 0],
  ].flat();
  const outputs = graphOf();
  const feeds = { x: X, logits: LOGITS, logVariance: LOG_VARIANCE };
  const engine = await runOnce(nodeEngine({ threads: 1 }), outputs, {
    x: float32(X, [3, WIDTH]),
    logits: float32(LOGITS, [3, WIDTH]),
    logVariance: float32(LOG_VARIANCE, [3]),
  });
  for (const [results, tolerance] of [
    [evaluate(outputs, feeds), 1e-12],
    [engine, 1e-6],
  ] as const) {
    expectNear(results[0], expected, tolerance);
    expectNear(results[1], expectedSlopes, tolerance);
    expectNear(results[3], expectedMean, tolerance);
  }
});

test('its gradients are those of central differences', () => {
  const outputs = graphOf();
  const logits = LOGITS.map((value, i) => (Math.abs(value) > 100 ? Math.sin(i) : value));
  const feeds: Record<string, number[]> = { x: X, logits, logVariance: LOG_VARIANCE };
  const [, ofLogits, ofVariance] = evaluate(outputs, feeds);
  const step = 1e-6;
  for (const [name, slopes] of [
    ['logits', ofLogits],
    ['logVariance', ofVariance],
  ] as const)
    for (const [i, slope] of slopes.entries()) {
      const at = (by: number): number => {
        const moved = feeds[name].map((value, j) => (j === i ? value + by : value));
        return evaluate([outputs[0]], { ...feeds, [name]: moved })[0].reduce((total, value) => total + value, 0);
      };
      expect(slope, `${name} ${i}`).toBeCloseTo((at(step) - at(-step)) / (2 * step), 7);
    }
});

test('without categories and with one variance it is the normal distribution', () => {
  const [x, logits] = ['x', 'logits'].map((name) => input(name, 'float32', [1, 3]));
  const outputs = (['linear', 'sigmoid'] as const).flatMap((output) =>
    [mixed({ categories: [], output }), gaussian(output)].flatMap((likelihood) => [
      likelihood.negativeLogLikelihood(x, logits),
      likelihood.mean(logits),
    ]),
  );
  const [loss, mean, asLoss, asMean, ...squashed] = evaluate(outputs, { x: [0.1, 0.5, 1], logits: [-1, 0, 2] });
  expect([loss, mean]).toEqual([asLoss, asMean]);
  expect(squashed.slice(0, 2)).toEqual(squashed.slice(2));
});

test('a column that can be told exactly does not drive the loss to minus infinity', () => {
  const logVariance = input('logVariance', 'float32', [1]);
  const x = input('x', 'float32', [1, 1]);
  const loss = mixed({ categories: [], output: 'linear', logVariance }).negativeLogLikelihood(x, x);
  const at = (v: number): number => evaluate([loss], { x: [0], logVariance: [v] })[0][0];
  expect(at(-1e4)).toBeCloseTo(0.5 * Math.log(1e-4), 12);
  expect(at(1e4)).toBeCloseTo(5000, 9);
});

test('a table of categories alone has no numbers to learn a variance of', () => {
  expect(numbersIn(8, CATEGORIES)).toBe(3);
  expect(
    numbersIn(5, [
      [0, 2],
      [2, 5],
    ]),
  ).toBe(0);
  const [x, logits] = ['x', 'logits'].map((name) => input(name, 'float32', [1, 5]));
  const loss = mixed({
    categories: [
      [0, 2],
      [2, 5],
    ],
    output: 'linear',
  }).negativeLogLikelihood(x, logits);
  expect(evaluate([loss], { x: [1, 0, 0, 0, 1], logits: [0, 0, 0, 0, 0] })[0][0]).toBeCloseTo(Math.log(6), 12);
});
