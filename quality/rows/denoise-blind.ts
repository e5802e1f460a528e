import { denoise, restorer } from 'autoencoder';
import { denoiserTraining, natural, psnrAt } from '../restoring.ts';
import { earlierValue, engine, measureRow } from '../row.ts';

await measureRow({
  name: 'denoise-blind',
  what: 'BSD68 with gaussian noise of sigma 25, by one model for sigma 0 to 55 that is not told the level; otherwise as denoise-bsd68',
  measure: 'PSNR (dB) less that of the model for sigma 25 alone',
  bar: { atLeast: -0.3 },
  published: 'DnCNN: 29.16 blind, 29.23 for sigma 25 alone (Zhang et al. 2017)',
  async run(seed, folder) {
    const model = await restorer(
      denoise,
      await natural(folder, 'Train400'),
      { noise: 'gaussian', from: 0, to: 55 / 255 },
      { ...denoiserTraining, seed, engine: engine() },
    );
    const pictures = await natural(folder, 'BSD68');
    const others: Record<string, number> = { trainingSeconds: model.seconds };
    for (const sigma of [15, 25, 50]) others[`sigma ${sigma}`] = (await psnrAt(model, pictures, sigma, { seed })).psnr;
    return { value: others['sigma 25'] - earlierValue('denoise-bsd68', seed), others };
  },
});
