import { expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel, WIDTH } from '../../../test/conformance/tiny-models.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { nodeEngine } from '../../engine/node.ts';
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { makeRunner } from '../runner.ts';
import { traceWith } from '../trace.ts';

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
