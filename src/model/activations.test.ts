import { expect, test } from 'vitest';
import { autoencoder } from '../autoencoder.ts';
import { nodeEngine } from '../engine/node.ts';
import { activationsOf } from './activations.ts';

const rows = Array.from({ length: 40 }, (_, row) => Array.from({ length: 5 }, (_, at) => Math.sin(row * (at + 1))));

test('a dense layer gives the larger of 0 and what its weights say', async () => {
  const engine = nodeEngine({ threads: 1 });
  const model = autoencoder({ network: 'dense', hidden: [4, 3], latent: 2, activation: 'relu', engine });
  await model.fit(rows, { epochs: 2 });
  const { model: made, parameters } = await model.trained();
  const data = await model.read(rows);
  const layers = await activationsOf(engine, made, parameters, data);
  expect(layers.map(({ before, shape }) => [before, ...shape])).toEqual([
    ['encoder.1', 40, 4],
    ['encoder.2', 40, 3],
    ['code', 40, 2],
  ]);
  const of = (name: string): Float32Array => {
    const values = parameters.get(name);
    if (!values) throw new Error(name);
    return values;
  };
  const [weight, bias] = [of('encoder.0.weight'), of('encoder.0.bias')];
  for (let unit = 0; unit < 4; unit++) {
    let sum = bias[unit];
    for (let at = 0; at < 5; at++) sum += data.values[at] * weight[at * 4 + unit];
    expect(layers[0].values[unit]).toBeCloseTo(Math.max(0, sum), 5);
  }
  expect([...layers[2].values]).toEqual(
    [...(await model.encode(rows)).values].map((value) => expect.closeTo(value, 5)),
  );
});

test('convolutions give maps', async () => {
  const engine = nodeEngine({ threads: 1 });
  const model = autoencoder({ network: 'convolutional', channels: [4, 6], latent: 2, engine });
  const values = Uint8Array.from({ length: 20 * 64 }, (_, at) => (at * 31) % 256);
  const pictures = { form: 'array', name: 'pictures', values, shape: [20, 1, 8, 8] } as const;
  await model.fit(pictures, { epochs: 1 });
  const { model: made, parameters } = await model.trained();
  const layers = await activationsOf(engine, made, parameters, await model.read(pictures));
  expect(layers[0]).toMatchObject({ before: 'encoder.1', shape: [20, 4, 4, 4] });
});
