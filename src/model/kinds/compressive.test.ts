import { expect, test } from 'vitest';
import { examplesOf, tinyModel } from '../../../test/conformance/tiny-models.ts';
import { node, trained } from '../../../test/conformance/train-tiny.ts';
import { createRandom } from '../../base/random.ts';
import { input } from '../../graph/ops/input.ts';
import { makeRunner, parameterFeeds, parameterInputs } from '../runner.ts';
import { traceWith } from '../trace.ts';

const FIDELITY = [20, 200, 2000];
const model = tinyModel({ kind: 'compressive', kindOptions: { fidelity: FIDELITY } });
const examples = examplesOf(2000, { seed: 2 });
const { parameters, history } = await trained({ model, train: examples, options: { epochs: 30, learningRate: 0.01 } });
const runner = makeRunner(node, model);

/** `[qualities, channels]` */
async function steps(): Promise<readonly (readonly number[])[]> {
  const trace = traceWith(parameterInputs(model), { purpose: 'inference', key: input('key', 'uint32', [2]) });
  const found = model.steps?.(trace);
  if (!found) throw new Error('no steps');
  const program = await node.compile({ found });
  const { data, shape } = (await program.run(parameterFeeds(model, parameters))).found;
  await program.dispose();
  const [qualities, channels] = shape;
  return Array.from({ length: qualities }, (_, at) =>
    Array.from(data.slice(at * channels, (at + 1) * channels), Number),
  );
}

test('the better the quality, the finer the steps', async () => {
  const [low, middle, high] = await steps();
  for (const [channel, step] of high.entries()) {
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(middle[channel]);
    expect(middle[channel]).toBeLessThan(low[channel]);
  }
});

test('codes are the nearest multiples of the finest steps', async () => {
  const finest = (await steps())[FIDELITY.length - 1];
  const { code, unrounded } = await runner.encode(parameters, examples);
  for (const [at, value] of code.entries()) {
    const step = finest[at % finest.length];
    const inSteps = value / step;
    expect(Math.abs(inSteps - Math.round(inSteps))).toBeLessThan(1e-3);
    expect(Math.abs(value - unrounded[at])).toBeLessThan(0.501 * step);
  }
});

test('the rate is what the rounded codes take, as counted: no less than their entropy, and not much more', async () => {
  const one = tinyModel({ kind: 'compressive', kindOptions: { fidelity: [2000] } });
  const learned = await trained({ model: one, train: examples, options: { epochs: 30, learningRate: 0.01 } });
  const own = makeRunner(node, one);
  const { code } = await own.encode(learned.parameters, examples);
  const { rate } = await own.losses(learned.parameters, examples, createRandom(1));
  await own.dispose();
  const said = rate.reduce((sum, value) => sum + value, 0) / examples.count;
  let entropy = 0;
  for (let channel = 0; channel < 3; channel++) {
    const counts = new Map<string, number>();
    for (let row = 0; row < examples.count; row++) {
      const value = code[3 * row + channel].toPrecision(5);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (const count of counts.values()) entropy -= (count / examples.count) * Math.log(count / examples.count);
  }
  expect(said).toBeGreaterThan(0.98 * entropy);
  expect(said).toBeLessThan(1.25 * entropy + 0.2);
});

test('its terms fall together', () => {
  const last = history[history.length - 1].validation;
  expect(last.rate).toBeGreaterThan(0);
  expect(last.loss).toBeCloseTo(last.reconstruction + last.rate, 4);
});
