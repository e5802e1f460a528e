import { expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel, WIDTH } from '../../../test/conformance/tiny-models.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import type { Model } from '../model.ts';
import { traceWith } from '../trace.ts';

const ROWS = 3;
const { values } = examplesOf(ROWS);

function contraction(model: Model, key: readonly number[]): Float64Array {
  const inputs = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const trace = traceWith(inputs, { purpose: 'training', key: constant(key, [2], 'uint32') });
  const terms = model.terms(trace, { x: constant(values, [ROWS, WIDTH]) });
  return evaluate([terms.contraction], Object.fromEntries(parametersFor(model)))[0];
}

/** The code of a net 12-16-3 and its slopes, by central differences. */
function slopesByHand(model: Model): number[] {
  const inputs = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const x = input('x', 'float32', [ROWS, WIDTH]);
  const trace = traceWith(inputs, { purpose: 'inference', key: constant([0, 0], [2], 'uint32') });
  const { code } = model.posterior(trace, { x });
  const feeds = Object.fromEntries(parametersFor(model));
  const squared = new Array<number>(ROWS).fill(0);
  for (let column = 0; column < WIDTH; column++) {
    const [up, down] = [1e-5, -1e-5].map((step) => {
      const moved = Float64Array.from(values, (value, i) => value + (i % WIDTH === column ? step : 0));
      return evaluate([code], { ...feeds, x: moved })[0];
    });
    for (const [i, value] of up.entries()) squared[Math.floor(i / 3)] += ((value - down[i]) / 2e-5) ** 2;
  }
  return squared;
}

test('the exact norm is that of the Jacobian by central differences', () => {
  const model = tinyModel({ kind: 'contractive', kindOptions: { jacobian: 'exact' } });
  const exact = contraction(model, [1, 2]);
  for (const [row, expected] of slopesByHand(model).entries()) expect(exact[row]).toBeCloseTo(expected, 6);
});

test('the estimate is right on average', () => {
  const exact = contraction(tinyModel({ kind: 'contractive', kindOptions: { jacobian: 'exact' } }), [1, 2]);
  const model = tinyModel({ kind: 'contractive', kindOptions: { jacobian: 'projected', projections: 50 } });
  const mean = new Float64Array(ROWS);
  for (let draw = 0; draw < 20; draw++)
    for (const [row, value] of contraction(model, [17 * draw + 3, 71 * draw + 5]).entries()) mean[row] += value / 20;
  for (const [row, value] of mean.entries()) expect(value / exact[row]).toBeCloseTo(1, 1);
});
