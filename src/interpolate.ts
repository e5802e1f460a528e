/** What lies between examples, in the library. */
import type { PathName } from './applications/code-path.ts';
import { drawnSource } from './applications/draw.ts';
import { type Change, walk, waysBetween, waysOfChange } from './applications/interpolate.ts';
import { type ChangeQuality, changeQuality, type PathQuality, pathQuality } from './applications/path-quality.ts';
import type { Autoencoder, Examples } from './autoencoder.ts';
import { DataError } from './base/errors.ts';
import { createRandom } from './base/random.ts';
import type { Source } from './data/dataset.ts';

/** Ways between examples of some data, by their rows from 0. */
export interface WayOptions {
  readonly from: readonly number[];
  /** As many as `from`. */
  readonly to: readonly number[];
  /** Examples on a way, both ends included; 9 when absent. */
  readonly steps?: number;
  /** `spherical` for kinds with a normal prior, else `linear`, when absent. */
  readonly path?: PathName;
}

/**
 * Examples on the ways between others, decoded from codes in equal steps: all of the first way, then those of the next.
 *
 * @example const faces = await interpolate(model, data, { from: [0], to: [7] }); // 9 of them
 * @throws DataError for rows that there are not, or data of another shape than the model's.
 */
export async function interpolate(
  model: Autoencoder,
  data: Examples,
  { from, to, steps = 9, path }: WayOptions,
): Promise<Source> {
  const trained = await model.trained();
  const examples = await model.read(data);
  for (const row of [...from, ...to]) requireRow(row, examples.count);
  if (from.length !== to.length)
    throw new DataError({
      where: 'interpolate',
      expected: `as many ends as beginnings, ${from.length}`,
      got: `${to.length}`,
      fix: 'give a row to go to for each to go from',
    });
  const walked = await walk(trained, await waysBetween(trained, examples, from, to), { steps, path });
  return drawnSource(trained.card, walked);
}

/**
 * Examples `from` (rows from 0) on the way to what they would be with the class `plus` in place of `minus`, by the difference of the mean
 * codes of both, `strength` times (1 when absent).
 *
 * @example const smiling = await changeClass(model, data, { from: [3], minus: 'neutral', plus: 'smile' });
 * @throws DataError without labels, or for rows that there are not; OptionError for classes that there are not, or a model that is told them.
 */
export async function changeClass(
  model: Autoencoder,
  data: Examples,
  {
    from,
    steps = 9,
    strength = 1,
    ...classes
  }: Pick<Change, 'minus' | 'plus'> & {
    readonly from: readonly number[];
    readonly steps?: number;
    readonly strength?: number;
  },
): Promise<Source> {
  const trained = await model.trained();
  const examples = await model.read(data);
  for (const row of from) requireRow(row, examples.count);
  const ways = await waysOfChange(trained, examples, from, { ...classes, strength });
  return drawnSource(trained.card, await walk(trained, ways, { steps, path: 'linear' }));
}

/**
 * How near to real examples what lies half-way between two of `data` is, beside the two laid over one another. Nothing
 * for fewer than four examples.
 */
export async function interpolationQuality(
  model: Autoencoder,
  data: Examples,
  { path, seed = 0 }: { readonly path?: PathName; readonly seed?: number } = {},
): Promise<PathQuality | undefined> {
  const random = createRandom(seed).fork('interpolate');
  return pathQuality(await model.trained(), await model.read(data), { path, random });
}

/** How often examples of `minus` are nearest to one of `plus` when they have been changed. @throws as `changeClass`. */
export async function classChangeQuality(
  model: Autoencoder,
  data: Examples,
  {
    strength = 1,
    seed = 0,
    ...classes
  }: Pick<Change, 'minus' | 'plus'> & { readonly strength?: number; readonly seed?: number },
): Promise<ChangeQuality> {
  const random = createRandom(seed).fork('interpolate');
  return changeQuality(await model.trained(), await model.read(data), { ...classes, strength }, random);
}

function requireRow(row: number, count: number): void {
  if (Number.isInteger(row) && row >= 0 && row < count) return;
  throw new DataError({
    where: 'interpolate',
    expected: `rows from 0 to ${count - 1}`,
    got: `${row}`,
    fix: 'count from 0',
  });
}
