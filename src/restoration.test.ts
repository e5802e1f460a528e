import { expect, test } from 'vitest';
import { denoise } from './applications/denoise.ts';
import { inpaint } from './applications/inpaint.ts';
import { createRandom } from './base/random.ts';
import type { Picture } from './data/picture.ts';
import { nodeEngine } from './engine/node.ts';
import { openPictureRestorer, restorer } from './restoration.ts';

const random = createRandom(4).fork('pictures');
const pictures = Array.from({ length: 12 }, (_, at): Picture => {
  const [slope, start] = [random.uniform() / 24, random.uniform() / 3];
  const values = Float32Array.from({ length: 24 * 24 }, (_, pixel) => start + slope * (pixel % 24));
  return { name: `ramp ${at}`, channels: 1, height: 24, width: 24, values };
});

test('a model that repairs goes through its files', async () => {
  const engine = nodeEngine({ threads: 1 });
  const how = { noise: 'gaussian', from: 0.1, to: 0.1 } as const;
  const cleaner = await restorer(denoise, pictures, how, {
    engine,
    patches: 60,
    patch: 16,
    epochs: 3,
    channels: [4],
    residual: 1,
  });
  const noisy = denoise.spoil(pictures[0], how, random);
  const files = await cleaner.files();
  const again = await openPictureRestorer(denoise, files, { engine });
  expect(await again.repair(noisy)).toEqual(await cleaner.repair(noisy));
  expect(await again.measure(pictures.slice(0, 2))).toEqual(await cleaner.measure(pictures.slice(0, 2)));
  await expect(openPictureRestorer(inpaint, files, { engine })).rejects.toThrow(
    'restoration.json: expected a model of autoencoder inpaint, got one of autoencoder denoise',
  );
  const cut = { ...files, 'model.safetensors': files['model.safetensors'].subarray(0, 400) };
  await expect(openPictureRestorer(denoise, cut, { engine })).rejects.toThrow('model.safetensors');
  const other = { ...files, 'restoration.json': new TextEncoder().encode('{}') };
  await expect(openPictureRestorer(denoise, other, { engine })).rejects.toThrow('restoration.json');
  for (const each of [cleaner, again]) await each.dispose();
});
