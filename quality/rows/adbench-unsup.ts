import { adbench } from '../adbench.ts';
import { measureRow } from '../row.ts';

await measureRow({
  name: 'adbench-unsup',
  what: 'ADBench, 22 tables, learned from all rows, anomalies among them: anomalyDetector with robust and its defaults',
  measure: 'mean AUROC (%)',
  bar: { atLeast: 75.89 },
  published:
    'Livernoche et al. 2024, mean over the same 22 sets: best of 26 methods MCD 77.87, isolation forest 77.63, VAE 75.89, PCA 75.62, kNN 71.63',
  run: (seed, folder) => adbench('unsup', seed, folder),
});
