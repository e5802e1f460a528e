import { mnistLikelihood } from '../likelihood.ts';
import { measureRow } from '../row.ts';

await measureRow({
  name: 'conditional',
  what: 'MNIST, variational, told the class, 784-200-200-50, GELU, dynamic binarisation, 200 epochs',
  measure: 'NLL given the class (nats/example, importance-sampled)',
  bar: { atMost: 83.9 },
  published: 'asked for: 3 nats below the unconditional model',
  run: (seed, folder) => mnistLikelihood(seed, folder, { labels: 'given' }, { epochs: 200, validation: 0.02 }),
});
