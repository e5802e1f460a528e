/** Search in the library: what is most like an example, by one code. */
import type { DistanceName } from './applications/exact-search.ts';
import {
  addTo,
  type Match,
  makeIndex,
  removeFrom,
  type SearchIndex,
  search,
  searchLike,
} from './applications/search-index.ts';
import { heldQueries, type SearchQuality, searchQuality } from './applications/search-quality.ts';
import { encodeUntold } from './applications/trained.ts';
import type { Autoencoder, Examples } from './autoencoder.ts';
import { createRandom } from './base/random.ts';

/** One of the index that was found. */
export type Found = Omit<Match, 'row'>;

/** Finds what is like an example, among those that it holds. */
export interface ExampleIndex {
  /** What the examples are called: pictures by their files, others by their numbers from 1. */
  readonly names: readonly string[];
  /** The most similar to each example, most similar first. */
  search(data: Examples, options?: { readonly top?: number }): Promise<readonly (readonly Found[])[]>;
  /** The most similar to one of the index, itself left out. @throws DataError for a name that is not there. */
  like(name: string, options?: { readonly top?: number }): Promise<readonly Found[]>;
  /** This index with more examples. @throws DataError for a name that is there already. */
  add(data: Examples): Promise<ExampleIndex>;
  /** This index without some. @throws DataError for a name that is not there, or where nothing would be left. */
  remove(names: readonly string[]): ExampleIndex;
}

/**
 * An index of the codes of `data`.
 *
 * @example
 * const album = await searchIndex(model, await loadData('photos'));
 * const [[nearest]] = await album.search(await loadData('beach.png'));
 * @throws DataError for data of another shape than the model's.
 */
export async function searchIndex(
  model: Autoencoder,
  data: Examples,
  { distance = 'cosine' }: { readonly distance?: DistanceName } = {},
): Promise<ExampleIndex> {
  return face(model, await makeIndex(await model.trained(), await model.read(data), distance));
}

/**
 * How often what is found in `data` has the label of what is asked, by label, beside PCA and the data itself: 1000 searches at most, for
 * examples of `queries`, or, when absent, for a tenth of `data` among the rest. Nothing where there are no labels.
 */
export async function searchPrecision(
  model: Autoencoder,
  data: Examples,
  {
    queries,
    distance = 'cosine',
    seed = 0,
  }: { readonly queries?: Examples; readonly distance?: DistanceName; readonly seed?: number } = {},
): Promise<SearchQuality | undefined> {
  const random = createRandom(seed).fork('index');
  const among = await model.read(data);
  const parts = queries === undefined ? heldQueries(among, random) : { among, queries: await model.read(queries) };
  return searchQuality({ ...(await model.trained()), ...parts, distance, random });
}

function face(model: Autoencoder, index: SearchIndex): ExampleIndex {
  const plain = (matches: readonly Match[]): Found[] => matches.map(({ row: _, ...match }) => match);
  return {
    names: index.names,
    async search(data, { top = 10 } = {}) {
      const trained = await model.trained();
      const codes = await encodeUntold(trained, await model.read(data));
      return (await search(trained.engine, index, codes, top)).map(plain);
    },
    async like(name, { top = 10 } = {}) {
      return plain(await searchLike((await model.trained()).engine, index, name, top));
    },
    add: async (data) => face(model, await addTo(index, await model.trained(), await model.read(data))),
    remove: (names) => face(model, removeFrom(index, names)),
  };
}
