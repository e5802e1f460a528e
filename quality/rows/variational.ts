import { mnistLikelihood } from '../likelihood.ts';
import { measureRow } from '../row.ts';

await measureRow({
  name: 'variational',
  what: 'MNIST, variational, 784-200-200-50, GELU, dynamic binarisation, 200 epochs',
  measure: 'NLL (nats/example, importance-sampled)',
  bar: { atMost: 88 },
  published: 'Burda et al. 2016: 86.76 (3280 epochs)',
  run: (seed, folder) => mnistLikelihood(seed, folder, {}, { epochs: 200, validation: 0.02 }),
});
