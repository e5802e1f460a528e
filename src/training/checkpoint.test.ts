import { describe, expect, test } from 'vitest';
import { tinyModel, tinyTraining } from '../../test/conformance/tiny-models.ts';
import { ModelFileError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { decodeSafetensors, encodeSafetensors } from '../model/file/safetensors.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { initialState, parametersOf, type TrainingState } from './state.ts';
import { planTraining } from './train.ts';

const model = tinyModel();
const { groups, optimiser } = planTraining(model, tinyTraining({ weightDecay: 0.1 }));
const fresh = initialState(groups, optimiser.slotCount, createRandom(3));
const state: TrainingState = {
  ...fresh,
  best: parametersOf(fresh),
  position: {
    epoch: 2,
    step: 17,
    sums: { loss: 0.1 + 0.2, reconstruction: 1e-300 },
    seconds: 1.5,
    epochSeconds: 0.25,
    bestLoss: 1 / 3,
    bestEpoch: 1,
    history: [{ epoch: 1, train: { loss: 1 / 7 }, validation: { loss: Math.PI }, learningRate: 1e-3, seconds: 2 }],
  },
};
const setup = { data: 'digits', options: { epochs: 3 } };
const bytes = await encodeCheckpoint(state, setup);

test('a state comes back bit for bit', async () => {
  const checkpoint = await decodeCheckpoint(bytes, 'x');
  expect(checkpoint.setup).toEqual(setup);
  const back = checkpoint.stateFor(model, groups, optimiser.slotCount);
  expect(back.position).toEqual(state.position);
  expect(back.vectors).toEqual(state.vectors);
  expect(back.best).toEqual(new Map([...state.best].map(([name, values]) => [name, values.slice()])));
});

test('before the first epoch there are no best parameters', async () => {
  const checkpoint = await decodeCheckpoint(await encodeCheckpoint(fresh, {}), 'x');
  expect(checkpoint.stateFor(model, groups, optimiser.slotCount)).toEqual(fresh);
});

describe('refused with a ModelFileError', () => {
  const refuse = async (file: Uint8Array): Promise<void> =>
    expect(decodeCheckpoint(file, 'x')).rejects.toThrow(ModelFileError);
  const altered = async (change: Readonly<Record<string, string>>): Promise<Uint8Array> => {
    const { tensors, metadata } = await decodeSafetensors(bytes, 'x');
    return encodeSafetensors({ tensors, metadata: { ...metadata, ...change } });
  };

  test('cut or altered files', async () => {
    for (let length = 0; length < bytes.length; length += 101) await refuse(bytes.subarray(0, length));
    for (let at = 0; at < bytes.length; at += 97) await refuse(bytes.map((byte, i) => (i === at ? byte ^ 4 : byte)));
  });

  test.each<Readonly<Record<string, string>>>([
    { format: 'autoencoder' },
    { version: '2' },
    { version: '' },
    { position: '' },
    { position: '{}' },
    { position: 'null' },
    { setup: '{' },
  ])('%j', async (change) => refuse(await altered(change)));

  test('the state of another training', async () => {
    const checkpoint = await decodeCheckpoint(bytes, 'x');
    const other = tinyModel({ networkOptions: { hidden: [17] } });
    const plan = planTraining(other, tinyTraining());
    expect(() => checkpoint.stateFor(other, plan.groups, plan.optimiser.slotCount)).toThrow(ModelFileError);
    expect(() => checkpoint.stateFor(model, groups, 3)).toThrow(ModelFileError);
  });
});
