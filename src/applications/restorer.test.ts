import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../../test/conformance/train-tiny.ts';
import { createRandom } from '../base/random.ts';
import { makePicture, type Picture } from '../data/picture.ts';
import { finish } from '../training/events.ts';
import { denoise } from './denoise.ts';
import { inpaint } from './inpaint.ts';
import { measureRestoration } from './restoration.ts';
import { type FittedRestoration, fitRestoration } from './restoration-training.ts';
import { openRestorer } from './restorer.ts';
import { upscale } from './upscale.ts';

/** Stripes and discs of random place, width and brightness. */
function drawn(count: number, size: number, channels: 1 | 3 = 1, seed = 1): Picture[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const [angle, period, dark, light] = [random.uniform() * Math.PI, 6 + 6 * random.uniform(), 0.35, 0.65];
    const [y, x, radius] = [random.uniform() * size, random.uniform() * size, size * (0.15 + 0.2 * random.uniform())];
    return makePicture({ name: `drawn-${at}`, channels, height: size, width: size }, (channel, row, column) => {
      if (Math.hypot(row - y, column - x) < radius) return 0.45 + 0.1 * channel;
      const phase = (Math.sin(angle) * row + Math.cos(angle) * column) / period;
      return Math.floor(phase) % 2 === 0 ? dark : light;
    });
  });
}

const tiny = { channels: [8], residual: 1, codeChannels: 24, epochs: 10, learningRate: 0.005 };
const sigma = { noise: 'gaussian', from: 30 / 255, to: 30 / 255 } as const;

async function fit<How>(
  use: Parameters<typeof fitRestoration<How>>[0]['use'],
  how: How,
  options: object,
  channels: 1 | 3 = 1,
) {
  return finish(
    fitRestoration({
      use,
      how,
      name: 'drawn',
      engine: node,
      pictures: drawn(40, 40, channels),
      patches: 400,
      patch: 16,
      options: { ...tiny, ...options },
      clock: () => 0,
    }),
  );
}

async function measured<How>(
  use: Parameters<typeof fitRestoration<How>>[0]['use'],
  how: How,
  fitted: FittedRestoration,
) {
  const restorer = openRestorer(fitted.trained);
  const [trial] = await measureRestoration({ use, restorer, how, pictures: fitted.measured, random: createRandom(1) });
  await restorer.dispose();
  return trial;
}

describe('denoising', () => {
  let fitted: FittedRestoration;
  beforeAll(async () => {
    fitted = await fit(denoise, sigma, {});
  }, 60_000);

  test('comes nearer to the good pictures than the median, and measures on pictures it did not learn from', async () => {
    const { model, baselines, pictures } = await measured(denoise, sigma, fitted);
    expect(pictures).toHaveLength(4);
    expect(baselines['as it is'].psnr).toBeCloseTo(-20 * Math.log10(30 / 255), 0);
    expect(model.psnr).toBeGreaterThan(baselines.median.psnr);
    expect(model.ssim).toBeGreaterThan(baselines['as it is'].ssim);
  });

  test('takes pictures of any size, and colours one by one', async () => {
    const restorer = openRestorer(fitted.trained);
    for (const [height, width] of [
      [1, 1],
      [17, 33],
      [2, 500],
    ]) {
      const picture = makePicture({ name: 'p', channels: 1, height, width }, (_, row, column) => (row + column) % 2);
      expect((await restorer.restore(picture)).values).toHaveLength(height * width);
    }
    const [grey] = drawn(1, 30, 1, 9);
    const colour: Picture = {
      ...grey,
      channels: 3,
      values: Float32Array.from([0, 1, 2].flatMap(() => [...grey.values])),
    };
    const [one, three] = [await restorer.restore(grey), await restorer.restore(colour)];
    expect(three.channels).toBe(3);
    for (let at = 0; at < one.values.length; at++)
      expect(three.values[2 * one.values.length + at]).toBeCloseTo(one.values[at], 4);
    await restorer.dispose();
  });

  test('gives a picture in pieces as it would whole', async () => {
    const [large] = drawn(1, 420, 1, 5);
    const restorer = openRestorer(fitted.trained);
    const whole = await restorer.restore(large);
    // A piece that is restored by itself, without an edge near what is compared.
    const piece = makePicture(
      { ...large, height: 200, width: 200 },
      (_, row, column) => large.values[(150 + row) * 420 + 150 + column],
    );
    const alone = await restorer.restore(piece);
    for (let at = 60; at < 140; at++)
      expect(whole.values[(150 + at) * 420 + 150 + at]).toBeCloseTo(alone.values[at * 200 + at], 4);
    await restorer.dispose();
  });

  test('a model of one size is refused', async () => {
    const error = await fit(denoise, sigma, { codeChannels: 0, skip: 'none', latent: 8 }).catch(
      (cause: unknown) => cause,
    );
    expect(String(error)).toContain('expected one for any size of picture');
  });
});

test('upscaling comes nearer than bicubic interpolation', async () => {
  const how = { factor: 2 } as const;
  const { model, baselines } = await measured(upscale, how, await fit(upscale, how, { epochs: 8 }));
  expect(baselines.bicubic.psnr).toBeGreaterThan(baselines['nearest pixel'].psnr);
  expect(model.psnr).toBeGreaterThan(baselines.bicubic.psnr + 1);
}, 60_000);

test('holes in coloured pictures are filled better than smoothly', async () => {
  const how = { holes: 'strokes', share: 0.15 } as const;
  const options = { channels: [12], residual: 1, codeChannels: 24, epochs: 12 };
  const { model, baselines } = await measured(inpaint, how, await fit(inpaint, how, options, 3));
  expect(baselines.smooth.psnr).toBeGreaterThan(baselines.mean.psnr);
  expect(model.psnr).toBeGreaterThan(baselines.smooth.psnr);
}, 60_000);
