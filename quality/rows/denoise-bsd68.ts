import { denoise, restorer } from 'autoencoder';
import { denoiserTraining, natural, psnrAt } from '../restoring.ts';
import { engine, measureRow } from '../row.ts';

const SIGMA = 25;

await measureRow({
  name: 'denoise-bsd68',
  what: 'BSD68 with gaussian noise of sigma 25, trained on Train400 only: 48 channels at half the size, 8 residual blocks, 16 000 pieces of 48×48, 10 epochs',
  measure: 'PSNR (dB), the mean over the 68 pictures',
  bar: { atLeast: 28 },
  published: 'BM3D 28.57, DnCNN 29.23 (Zhang et al. 2017)',
  async run(seed, folder) {
    const level = SIGMA / 255;
    const model = await restorer(
      denoise,
      await natural(folder, 'Train400'),
      { noise: 'gaussian', from: level, to: level },
      { ...denoiserTraining, seed, engine: engine() },
    );
    const { psnr, ssim, baselines } = await psnrAt(model, await natural(folder, 'BSD68'), SIGMA, {
      seed,
      beside: 'simple ways',
    });
    return { value: psnr, others: { ssim, ...baselines, trainingSeconds: model.seconds } };
  },
});
