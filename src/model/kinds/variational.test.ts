import { expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel, WIDTH } from '../../../test/conformance/tiny-models.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { gradient } from '../../graph/gradient.ts';
import { add, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { exp, square } from '../../graph/ops/elementwise.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { logSumExp, mean } from '../../graph/ops/reduce.ts';
import { transpose } from '../../graph/ops/shape.ts';
import { evaluate } from '../../graph/reference.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { makeRunner } from '../runner.ts';
import { type Trace, traceWith } from '../trace.ts';

const ROWS = 4;
const { values } = examplesOf(ROWS);
const key = constant([3, 4], [2], 'uint32');

/** The model's terms in float64 under one key, and everything that the bound is made of, computed by hand. */
function byHand(kindOptions: Readonly<Record<string, unknown>>, draws: number) {
  const model = tinyModel({ kind: 'variational', kindOptions, architecture: { variance: 'fixed' } });
  const feeds = Object.fromEntries(parametersFor(model, 2));
  const inputs = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const x = constant(values, [ROWS, WIDTH]);
  const terms = model.terms(traceWith(inputs, { purpose: 'training', key }), { x });
  const clean = traceWith(inputs, { purpose: 'inference', key });
  const { code, logVariance = code } = model.posterior(clean, { x });
  const [mu, rho] = evaluate([code, logVariance], feeds);
  // The first request is for the code that is decoded; the importance-weighted bound makes one of its own after it.
  const { noise } = traceWith(inputs, { purpose: 'training', key });
  const first = noise.normal([ROWS, 3]);
  const epsilon = evaluate([draws === 1 ? first : noise.normal([draws, ROWS, 3])], {})[0];
  const z = epsilon.map((e, i) => mu[i % (ROWS * 3)] + Math.exp(rho[i % (ROWS * 3)] / 2) * e);
  const [rebuilt] = evaluate([model.decode(clean, constant(z, [draws * ROWS, 3]))], feeds);
  const misfit = Array.from({ length: draws * ROWS }, (_, row) => {
    let total = 0;
    for (let i = 0; i < WIDTH; i++) total += (values[(row % ROWS) * WIDTH + i] - rebuilt[row * WIDTH + i]) ** 2 / 2;
    return total;
  });
  return { model, terms, feeds, mu, rho, z, epsilon, misfit };
}

test('with beta 1 the loss is the negative bound of the paper', () => {
  const { terms, feeds, mu, rho, misfit } = byHand({}, 1);
  const [loss] = evaluate([add(terms.reconstruction, multiply(1, terms.kl))], feeds);
  for (let row = 0; row < ROWS; row++) {
    let kl = 0;
    for (let j = 3 * row; j < 3 * row + 3; j++) kl -= (1 + rho[j] - mu[j] ** 2 - Math.exp(rho[j])) / 2;
    expect(loss[row]).toBeCloseTo(misfit[row] + kl, 10);
  }
});

test('the importance-weighted bound is −log of the mean weight', () => {
  const k = 5;
  const { terms, feeds, rho, z, epsilon, misfit } = byHand({ importanceSamples: k }, k);
  const [bound] = evaluate([terms.bound], feeds);
  for (let row = 0; row < ROWS; row++) {
    let total = 0;
    for (let draw = 0; draw < k; draw++) {
      let logWeight = -misfit[draw * ROWS + row];
      for (let j = 0; j < 3; j++) {
        const at = (draw * ROWS + row) * 3 + j;
        logWeight += (epsilon[at] ** 2 + rho[row * 3 + j] - z[at] ** 2) / 2;
      }
      total += Math.exp(logWeight) / k;
    }
    expect(bound[row]).toBeCloseTo(-Math.log(total), 10);
  }
});

test('the slope of the importance-weighted bound by the encoder is that of its mean, and spreads less than that of one drawing', () => {
  const [k, rows, times] = [3, 400, 10];
  const model = tinyModel({
    kind: 'variational',
    kindOptions: { importanceSamples: k },
    architecture: { variance: 'fixed' },
  });
  const inputs = new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const wrt = [...inputs].filter(([name]) => name.startsWith('encoder.')).map(([, tensor]) => tensor);
  const x = constant(
    Float64Array.from({ length: rows * WIDTH }, (_, i) => values[i % WIDTH]),
    [rows, WIDTH],
  );
  const feeds = Object.fromEntries(parametersFor(model, 2));
  const byDrawing = (bound: (trace: Trace) => Tensor): Float64Array[] =>
    Array.from({ length: times }, (_, at) => {
      const trace = traceWith(inputs, { purpose: 'training', key: constant([3, at], [2], 'uint32') });
      return Float64Array.from(evaluate(gradient(mean(bound(trace)), wrt), feeds).flatMap((part) => [...part]));
    });
  const ours = byDrawing((trace) => model.terms(trace, { x }).bound);
  // −log of the mean weight, differentiated as it is written.
  const plain = byDrawing((trace) => {
    const { code, logVariance = code } = model.posterior(trace, { x });
    const noise = trace.noise.normal([k, rows, 3]);
    const draws = add(code, multiply(exp(multiply(0.5, logVariance)), noise));
    const rebuilt = reshape(model.decode(trace, reshape(draws, [k * rows, 3])), [k, rows, WIDTH]);
    const misfit = multiply(0.5, sum(square(subtract(rebuilt, x)), [2]));
    const ratio = multiply(0.5, sum(subtract(add(square(noise), logVariance), square(draws)), [2]));
    return negate(logSumExp(transpose(subtract(ratio, misfit), [1, 0])));
  });
  const [one, other] = [ours, plain].map(meanAndSpread);
  const apart = Math.hypot(...one.mean.map((slope, i) => slope - other.mean[i]));
  expect(Math.hypot(...other.mean)).toBeGreaterThan((10 * other.spread) / Math.sqrt(times));
  expect(apart).toBeLessThan((2 * other.spread) / Math.sqrt(times));
  expect(one.spread).toBeLessThan(0.5 * other.spread);
});

test('more samples give a higher bound on the same model', async () => {
  const model = tinyModel({ kind: 'variational' });
  const parameters = parametersFor(model, 2);
  const runner = makeRunner(nodeEngine({ threads: 1 }), model);
  const average = async (samples: number): Promise<number> => {
    const all = await runner.logLikelihood(parameters, examplesOf(50), samples, createRandom(1));
    return all.reduce((total, value) => total + value / 50, 0);
  };
  expect(await average(50)).toBeGreaterThan(await average(1));
  await runner.dispose();
});

test('a bound without a divergence does not take options for one', () => {
  expect(() => tinyModel({ kind: 'variational', kindOptions: { importanceSamples: 5, beta: 4 } })).toThrow(OptionError);
});

test('told the class, encoder and decoder both use it', async () => {
  const model = tinyModel({ kind: 'variational', kindOptions: { labels: 'given' } });
  const random = createRandom(1);
  const parameters = new Map([...parametersFor(model)].map(([name, v]) => [name, v.map(() => 0.3 * random.normal())]));
  const runner = makeRunner(nodeEngine({ threads: 1 }), model);
  const of = async (label: number) => {
    const examples = { ...examplesOf(1), labels: { values: Int32Array.of(label) } };
    const { code } = await runner.encode(parameters, examples);
    return { code, decoded: await runner.decode(parameters, new Float32Array(3), Int32Array.of(label)) };
  };
  const [zero, one] = [await of(0), await of(1)];
  expect(zero.code).not.toEqual(one.code);
  expect(zero.decoded).not.toEqual(one.decoded);
  await expect(runner.encode(parameters, { values: examplesOf(1).values, count: 1 })).rejects.toThrow(
    'labels of 2 classes',
  );
  await runner.dispose();
});

/** Of drawings of a vector: their mean, and how far they lie from it, root mean square. */
function meanAndSpread(drawings: readonly Float64Array[]): { readonly mean: number[]; readonly spread: number } {
  const mean = Array.from(drawings[0], (_, i) => drawings.reduce((total, one) => total + one[i], 0) / drawings.length);
  const squares = drawings.flatMap((one) => Array.from(one, (value, i) => (value - mean[i]) ** 2));
  return { mean, spread: Math.sqrt(squares.reduce((total, square) => total + square, 0) / drawings.length) };
}
