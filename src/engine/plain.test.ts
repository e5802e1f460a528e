import { expect, test } from 'vitest';
import { autoencoder, fromBytes } from '../autoencoder.ts';
import { nodeEngine } from './node.ts';
import { plainEngine } from './plain.ts';

const values = Uint8Array.from({ length: 40 * 64 }, (_, at) => (at * 37 + (at % 64) * 11) % 256);
const pictures = { form: 'array', name: 'pictures', values, shape: [40, 1, 8, 8] } as const;

test.each([
  { name: 'dense', options: { network: 'dense', hidden: [16], latent: 4 } },
  { name: 'convolutional', options: { network: 'convolutional', channels: [4], latent: 4 } },
  { name: 'recurrent', options: { network: 'recurrent', units: 8, latent: 4 } },
])('$name models give the same numbers without a runtime', async ({ options }) => {
  const model = autoencoder({ ...options, engine: nodeEngine({ threads: 1 }) });
  await model.fit(pictures, { epochs: 2 });
  const plain = await fromBytes(await model.toBytes(), { engine: plainEngine() });
  for (const count of [1, 3, 40]) {
    const some = { ...pictures, values: values.subarray(0, count * 64), shape: [count, 1, 8, 8] };
    const [here, there] = [await plain.encode(some), await model.encode(some)];
    expect(here.shape).toEqual([count, 4]);
    for (const [at, value] of here.values.entries()) expect(value).toBeCloseTo(there.values[at], 4);
    const [rebuilt, known] = [await plain.decode(here), await model.decode(there)];
    if (rebuilt.form !== 'array' || known.form !== 'array') throw new Error('no pictures');
    expect(rebuilt.values.length).toBe(count * 64);
    for (const [at, value] of rebuilt.values.entries()) expect(Math.abs(value - known.values[at])).toBeLessThan(1.01);
  }
});
