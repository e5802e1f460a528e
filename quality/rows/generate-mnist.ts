import { autoencoder, type Source } from 'autoencoder';
import { drawPrincipal } from '../../src/applications/baselines/principal-draws.ts';
import { type Coverage, coverage } from '../../src/applications/manifold.ts';
import type { Points } from '../../src/applications/neighbours.ts';
import { createRandom } from '../../src/base/random.ts';
import { undoScaling } from '../../src/data/columns/scaling.ts';
import { engine, measureRow, mnist } from '../row.ts';

/** Pictures of each sort that are compared. */
const COUNT = 1000;
const JUDGED = 32;

await measureRow({
  name: 'generate-mnist',
  what: 'MNIST, variational, 784-512-256-16, 20 epochs: 1000 draws beside 1000 test digits, by the codes of a plain autoencoder of 32 numbers that was trained apart',
  measure:
    'harmonic mean of precision and recall of draws, less that of a normal distribution of 16 principal components (percentage points)',
  bar: { atLeast: 0 },
  published: 'none in this space; asked for: above principal components',
  async run(seed, folder) {
    const data = await mnist(folder);
    const machine = engine();
    const judge = autoencoder({ latent: JUDGED, hidden: [512, 256], engine: machine });
    await judge.fit(data, { epochs: 10, seed });
    const model = autoencoder({ kind: 'variational', latent: 16, hidden: [512, 256], engine: machine });
    const { seconds } = await model.fit(data, { epochs: 20, seed });
    const codes = async (source: Source): Promise<Points> => {
      const { values } = await judge.encode(firstOf(source));
      return { values: Float32Array.from(values), width: JUDGED };
    };
    if (!data.test) throw new Error('MNIST has no test part');
    const real = await codes(data.test);
    const judged = async (source: Source): Promise<Coverage> => coverage(machine, await codes(source), real);
    const { card } = await model.trained();
    const known = await model.read(data.train);
    const drawn = await drawPrincipal(await model.trained(), known, COUNT, createRandom(seed).fork('gaussian'));
    const [own, narrow, gaussian, learned] = [
      await judged(await model.generate(COUNT, { seed })),
      await judged(await model.generate(COUNT, { seed, truncation: 0.7 })),
      await judged(undoScaling(card.scaling, drawn.values, COUNT)),
      await judged(data.train),
    ];
    return {
      value: 100 * (harmonic(own) - harmonic(gaussian)),
      others: {
        ...shares('', own),
        ...shares('truncated ', narrow),
        ...shares('gaussian ', gaussian),
        ...shares('training digits ', learned),
        trainingSeconds: seconds,
      },
    };
  },
});

function firstOf(source: Source): Source {
  if (source.form !== 'array') throw new Error('pictures were expected');
  const { values, shape } = source;
  const count = Math.min(COUNT, shape[0]);
  return {
    form: 'array',
    name: source.name,
    values: values.subarray(0, count * (values.length / shape[0])),
    shape: [count, ...shape.slice(1)],
  };
}

function harmonic({ precision, recall }: Coverage): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function shares(of: string, { precision, recall }: Coverage): Record<string, number> {
  return { [`${of}precision`]: 100 * precision, [`${of}recall`]: 100 * recall };
}
