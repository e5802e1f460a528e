import { adbench } from '../adbench.ts';
import { measureRow } from '../row.ts';

await measureRow({
  name: 'adbench-semi',
  what: 'ADBench, 22 tables, learned from half of the normal rows: anomalyDetector with its defaults',
  measure: 'mean AUROC (%)',
  bar: { atLeast: 81.03 },
  published:
    'Livernoche et al. 2024, mean over the same 22 sets: best of 26 methods kNN 84.39, isolation forest 80.15, VAE 78.03, PCA 77.64 (their letter is 30 – 45 % for all methods; on our rows of it all are far higher)',
  run: (seed, folder) => adbench('semi', seed, folder),
});
