import { mnistLikelihood } from '../likelihood.ts';
import { measureRow } from '../row.ts';

await measureRow({
  name: 'importance-weighted',
  what: 'MNIST, importance-weighted bound of 50 samples, 784-200-200-50, GELU, dynamic binarisation, 75 epochs of batches of 20',
  measure: 'NLL (nats/example, importance-sampled)',
  bar: { atMost: 85.7 },
  published: 'Burda et al. 2016: 84.78 (3280 epochs); asked for: 1.2 nats below the variational model',
  run: (seed, folder) =>
    mnistLikelihood(seed, folder, { importanceSamples: 50 }, { epochs: 75, batchSize: 20, validation: 0.02 }),
});
