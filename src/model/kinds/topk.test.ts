import { expect, test } from 'vitest';
import { examplesOf, parametersFor, tinyModel } from '../../../test/conformance/tiny-models.ts';
import { node, trained } from '../../../test/conformance/train-tiny.ts';
import { OptionError } from '../../base/errors.ts';
import { makeRunner } from '../runner.ts';

const overcomplete = { kind: 'topk', architecture: { latent: 24 }, networkOptions: { hidden: [] } };

test('at most k units of a code speak, and they are the largest of the head', async () => {
  const model = tinyModel({ ...overcomplete, kindOptions: { active: 5 } });
  const runner = makeRunner(node, model);
  const { code } = await runner.encode(parametersFor(model), examplesOf(50));
  for (let row = 0; row < 50; row++) {
    const units = code.subarray(24 * row, 24 * (row + 1));
    expect(units.filter((value) => value > 0).length).toBeLessThanOrEqual(5);
  }
  await runner.dispose();
});

test('the rows that the code enters the decoder by stay at length 1', async () => {
  const model = tinyModel({ ...overcomplete, kindOptions: { active: 5 } });
  const { parameters } = await trained({ model, options: { epochs: 3 } });
  const weight = parameters.get('decoder.0.weight') ?? new Float32Array(0);
  for (let row = 0; row < 24; row++) {
    const length = Math.hypot(...weight.subarray(12 * row, 12 * (row + 1)));
    expect(length).toBeCloseTo(1, 5);
  }
});

test('dead units come back to life with the auxiliary loss, and more of them than without', async () => {
  const silentUnits = async (auxiliaryWeight: number): Promise<number> => {
    const model = tinyModel({ ...overcomplete, kindOptions: { active: 2, auxiliaryWeight, deadAfter: 5 } });
    const { parameters } = await trained({ model, options: { epochs: 60, learningRate: 0.01 } });
    const runner = makeRunner(node, model);
    const { code } = await runner.encode(parameters, examplesOf(100));
    await runner.dispose();
    return Array.from(
      { length: 24 },
      (_, unit) => code.filter((value, i) => i % 24 === unit && value > 0).length,
    ).filter((times) => times === 0).length;
  };
  expect(await silentUnits(1)).toBeLessThan(await silentUnits(0));
});

test('in use more units may speak than in training', async () => {
  const model = tinyModel({ ...overcomplete, kindOptions: { active: 2, activeInUse: 20 } });
  const parameters = parametersFor(model);
  const runner = makeRunner(node, model);
  const { code } = await runner.encode(parameters, examplesOf(50));
  await runner.dispose();
  const speaking = Array.from({ length: 50 }, (_, row) => code.subarray(24 * row, 24 * (row + 1)).filter((x) => x > 0));
  expect(Math.max(...speaking.map((units) => units.length))).toBeGreaterThan(2);
});

test('the encoder sees the data less its mean: what is the same in all examples says nothing', async () => {
  const model = tinyModel({ ...overcomplete, kindOptions: { active: 5 } });
  const { parameters } = await trained({ model, options: { epochs: 3 } });
  const runner = makeRunner(node, model);
  const mean = parameters.get('kind.mean') ?? new Float32Array(0);
  const { code } = await runner.encode(parameters, { values: mean, count: 1 });
  await runner.dispose();
  const bias = parameters.get('encoder.0.bias') ?? new Float32Array(0);
  const [fifth] = bias.toSorted((a, b) => b - a).slice(4);
  const expected = bias.map((value) => (value >= fifth ? Math.max(value, 0) : 0));
  for (const [unit, value] of expected.entries()) expect(code[unit]).toBeCloseTo(value, 5);
  expect(mean.some((value) => Math.abs(value) > 0.01)).toBe(true);
});

test('more units than the code has are refused, in training and in use', () => {
  expect(() => tinyModel({ kind: 'topk', kindOptions: { active: 4 } })).toThrow(OptionError);
  expect(() => tinyModel({ kind: 'topk', kindOptions: { active: 1, activeInUse: 4 } })).toThrow(/--active-in-use/);
});
