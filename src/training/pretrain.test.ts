import { expect, test } from 'vitest';
import { ranksTogether } from '../../test/conformance/ranks-together.ts';
import { examplesOf, tinyModel, tinyTraining } from '../../test/conformance/tiny-models.ts';
import { node } from '../../test/conformance/train-tiny.ts';
import { OptionError } from '../base/errors.ts';
import type { Parameters } from '../model/file/model-file.ts';
import type { Model } from '../model/model.ts';
import { makeRunner } from '../model/runner.ts';
import type { TrainingEvent } from './events.ts';
import { pretrain } from './pretrain.ts';
import type { TrainRequest } from './request.ts';
import { train } from './train.ts';

function requestFor(model: Model, options: Readonly<Record<string, unknown>>): TrainRequest {
  return {
    engine: node,
    model,
    runner: makeRunner(node, model),
    train: examplesOf(200),
    validation: examplesOf(50, { seed: 1 }),
    options: tinyTraining(options),
    clock: () => 0,
  };
}

async function finished<Result>(generator: AsyncGenerator<TrainingEvent, Result>) {
  const events: TrainingEvent[] = [];
  for (;;) {
    const { value, done } = await generator.next();
    if (done) return { result: value, events };
    events.push(value);
  }
}

const deep = tinyModel({ networkOptions: { hidden: [24, 16, 8], activation: 'sigmoid' } });

test('every hidden layer is handed on, under the name it has in the whole', async () => {
  const { result, events } = await finished(pretrain(requestFor(deep, { pretraining: 2 })));
  const sizes = new Map(deep.parameters.map(({ name, shape }) => [name, shape.reduce((size, n) => size * n, 1)]));
  for (const [name, values] of result) expect(values.length, name).toBe(sizes.get(name));
  const layers = [0, 1, 2].flatMap((layer) => [`encoder.${layer}.weight`, `decoder.${layer + 1}.weight`]);
  expect([...result.keys()].filter((name) => name.endsWith('weight')).toSorted()).toEqual(layers.toSorted());
  expect(events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []))).toEqual([1, 2, 3, 4]);
  expect(events.some(({ type }) => type === 'epoch')).toBe(false);
});

test('decoders of classes are grown as one decoder is', async () => {
  const model = tinyModel({ networkOptions: { hidden: [16, 8] }, architecture: { decoders: 'each' } });
  const { result } = await finished(pretrain(requestFor(model, { pretraining: 1 })));
  const sizes = new Map(model.parameters.map(({ name, shape }) => [name, shape.reduce((size, n) => size * n, 1)]));
  for (const [name, values] of result) expect(values.length, name).toBe(sizes.get(name));
  expect([...result.keys()]).toContain('class1.decoder.2.weight');
});

test('ranks grow the layers of one process', async () => {
  const request = requestFor(deep, { pretraining: 1, optimizer: 'sgd' });
  const { result: alone } = await finished(pretrain(request));
  const together = await Promise.all(ranksTogether(2).map((ranks) => finished(pretrain({ ...request, ranks }))));
  for (const { result } of together) {
    expect([...result.keys()]).toEqual([...alone.keys()]);
    for (const [name, values] of result)
      for (const [at, value] of (alone.get(name) ?? []).entries()) expect(values[at], name).toBeCloseTo(value, 4);
  }
});

test('a deep net of sigmoids, which hardly starts by itself, does after pretraining', async () => {
  const options = { epochs: 10, pretraining: 40, learningRate: 0.01, schedule: 'constant' };
  const errorAfter = async (given: Parameters | undefined): Promise<number> => {
    const { result } = await finished(train({ ...requestFor(deep, options), given }));
    return Math.min(...result.history.map(({ validation }) => validation.mse));
  };
  const { result: given } = await finished(pretrain(requestFor(deep, options)));
  expect(await errorAfter(given)).toBeLessThan(0.7 * (await errorAfter(undefined)));
});

test('networks that do not grow layer by layer refuse it', async () => {
  const model = tinyModel({ network: 'recurrent' });
  await expect(finished(pretrain(requestFor(model, { pretraining: 1 })))).rejects.toThrow(OptionError);
});
