/** What the rows of denoising and super-resolution share. */
import { type Noise, type Picture, type PictureRestorer, readPictures } from 'autoencoder';

/** The pictures of a folder of `natural-images`, grey or in colour as they are. */
export async function natural(folder: string, name: string): Promise<readonly Picture[]> {
  return (await readPictures(`${folder}/natural-images/${name}`)).pictures;
}

/** How denoisers are trained here: within an hour on two cores, and half of one on each alone. */
export const denoiserTraining = {
  channels: [48],
  residual: 4,
  codeChannels: 64,
  patches: 16_000,
  epochs: 10,
  learningRate: 0.001,
};

/** Mean PSNR in dB and SSIM over the pictures, with gaussian noise of that deviation (of 255), and the PSNR of simple ways where asked for. */
export async function psnrAt(
  model: PictureRestorer<Noise>,
  pictures: readonly Picture[],
  sigma: number,
  { seed, beside = 'nothing' }: { readonly seed: number; readonly beside?: 'simple ways' | 'nothing' },
): Promise<{ readonly psnr: number; readonly ssim: number; readonly baselines: Readonly<Record<string, number>> }> {
  const how = { noise: 'gaussian', from: sigma / 255, to: sigma / 255 } as const;
  const [{ model: own, baselines }] = await model.measure(pictures, { how, seed, beside });
  return {
    ...own,
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, { psnr }]) => [`${name}, PSNR`, psnr])),
  };
}
