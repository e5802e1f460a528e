/** New examples in the library: more of given ones, and how good those are that a model makes up. `Autoencoder.generate` draws them. */
import { drawNear } from './applications/augment.ts';
import { drawnSource } from './applications/draw.ts';
import { type SampleQuality, sampleQuality } from './applications/sample-quality.ts';
import { heldQueries } from './applications/search-quality.ts';
import { type Autoencoder, type Examples, testPart } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { Source } from './data/dataset.ts';

/**
 * New examples near those of `data`, which take turns, each with the label of its own: from codes drawn around theirs, `spread` times as far
 * as the encoder is unsure (a quarter of the deviation of all their codes, where codes are no distributions).
 *
 * @example const more = await augment(model, await loadData('penguins.csv', { label: 'species' }), { count: 1000 });
 * @throws OptionError for a kind whose codes are entries of a codebook; DataError for data of another shape than the model's.
 */
export async function augment(
  model: Autoencoder,
  data: Examples,
  { count, spread, seed = 0 }: { readonly count?: number; readonly spread?: number; readonly seed?: number } = {},
): Promise<Source> {
  const trained = await model.trained();
  const examples = await model.read(data);
  const random = createRandom(seed).fork('generate');
  return drawnSource(
    trained.card,
    await drawNear(trained, examples, { count: count ?? examples.count, spread, random }),
  );
}

/**
 * How good the examples are that `model` makes up: precision and recall in the space of its codes, beside a normal distribution of principal
 * components; how near they are to `data`, which it learned from; and how likely it finds examples that it did not learn from: `heldOut`, the
 * test part of `data`, or, when there is none, a tenth of it. Nothing for fewer than four of those.
 *
 * @example const { model: own, gaussian } = (await generationQuality(model, await loadData('mnist'))) ?? {};
 * @throws OptionError as `Autoencoder.generate`; DataError for data of another shape than the model's.
 */
export async function generationQuality(
  model: Autoencoder,
  data: Examples,
  options: {
    readonly heldOut?: Examples;
    readonly label?: string;
    readonly truncation?: number;
    readonly seed?: number;
  } = {},
): Promise<SampleQuality | undefined> {
  const { heldOut = testPart(data), label, truncation, seed = 0 } = options;
  const random = createRandom(seed).fork('generate');
  const all = await model.read(data);
  const { among, queries } = heldOut ? { among: all, queries: await model.read(heldOut) } : heldQueries(all, random);
  return sampleQuality({
    ...(await model.trained()),
    known: among,
    held: queries,
    label,
    truncation,
    random: random.fork('quality'),
  });
}
