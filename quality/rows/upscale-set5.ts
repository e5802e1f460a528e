import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { grey, type Picture, restorer, upscale } from 'autoencoder';
import { readBmp } from '../bmp.ts';
import { denoiserTraining, natural } from '../restoring.ts';
import { engine, measureRow } from '../row.ts';

const HOW = { factor: 2 } as const;

await measureRow({
  name: 'upscale-set5',
  what: 'Set5 shrunk to half and enlarged again, trained on Train400 (grey) only: 48 channels, 8 residual blocks, 8000 pieces of 48×48, 4 epochs',
  measure:
    'PSNR (dB) of the brightness as video has it (16 … 235), two pixels at the edge left out; the mean over the 5 pictures',
  bar: { atLeast: 35 },
  published: 'asked for: 35.0 [36.8]; bicubic 33.66, DnCNN-3 37.58 (Zhang et al. 2017)',
  async run(seed, folder) {
    const pictures = set5(join(folder, 'natural-images', 'Set5'));
    const model = await restorer(upscale, await natural(folder, 'Train400'), HOW, {
      ...denoiserTraining,
      patches: 8000,
      epochs: 4,
      seed,
      engine: engine(),
    });
    const [{ model: own, baselines }] = await model.measure(pictures);
    return {
      value: own.psnr,
      others: { ssim: own.ssim, bicubic: baselines.bicubic.psnr, trainingSeconds: model.seconds },
    };
  },
});

function set5(folder: string): Picture[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.bmp'));
  return names.sort().map((name) => brightness(readBmp(join(folder, name))));
}

/** ITU-R BT.601 as video carries it: 16 … 235 of 255. */
function brightness(picture: Picture): Picture {
  const { values, ...own } = grey(picture);
  return { ...own, values: values.map((value) => (16 + 219 * value) / 255) };
}
