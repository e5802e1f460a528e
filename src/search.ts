/** Search in the library: what is most like an example, by one code. */
import type { DistanceName } from './applications/exact-search.ts';
import { indexFiles, readIndex } from './applications/index-file.ts';
import { type Place, partsAt } from './applications/picture-parts.ts';
import {
  addTo,
  type Match,
  makeIndex,
  type OpenSearch,
  openSearch,
  removeFrom,
  type SearchIndex,
} from './applications/search-index.ts';
import { heldQueries, type SearchQuality, searchQuality } from './applications/search-quality.ts';
import { encodeUntold } from './applications/trained.ts';
import { type Autoencoder, autoencoderOf, type Examples, trainPart } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { requirePictures } from './data/picture.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';

/** One of the index that was found. */
export type Found = Omit<Match, 'row'>;

/** Finds what is like an example, among those that it holds. */
export interface ExampleIndex {
  /** What the examples are called: pictures by their files, others by their numbers from 1. */
  readonly names: readonly string[];
  /**
   * The most similar to each example, most similar first; or to the same part of each picture, which may be of any size.
   *
   * @throws DataError for pictures that do not have this part; OptionError for a part of what is no picture.
   */
  search(
    data: Examples,
    options?: { readonly top?: number; readonly part?: Place },
  ): Promise<readonly (readonly Found[])[]>;
  /** The most similar to one of the index, itself left out. @throws DataError for a name that is not there. */
  like(name: string, options?: { readonly top?: number }): Promise<readonly Found[]>;
  /** This index with more examples. @throws DataError for a name that is there already. */
  add(data: Examples): Promise<ExampleIndex>;
  /** This index without some. @throws DataError for a name that is not there, or where nothing would be left. */
  remove(names: readonly string[]): ExampleIndex;
  /** What it is kept in, its model included, for `openSearchIndex`, the command and the server. */
  files(): Promise<FolderFiles>;
}

/**
 * An index of the codes of `data`; with `parts: 2` also of parts of half their height and width, nine in a picture, with 3 of a third …
 *
 * @example
 * const album = await searchIndex(model, await loadData('photos'));
 * const [[nearest]] = await album.search(await loadData('beach.png'));
 * const [boats] = await album.search(await loadData('beach.png'), { part: { x: 40, y: 8, width: 16, height: 12 } });
 * @throws DataError for data of another shape than the model's.
 */
export async function searchIndex(
  model: Autoencoder,
  data: Examples,
  { distance = 'cosine', parts = 1 }: { readonly distance?: DistanceName; readonly parts?: number } = {},
): Promise<ExampleIndex> {
  return face(model, await makeIndex(await model.trained(), await model.read(data), { distance, parts }));
}

/** An index, with its model, from its files, or from their folder. @throws ModelFileError for damaged files, or another model than its own. */
export async function openSearchIndex(
  files: FolderFiles | Folder,
  { engine: given }: { readonly engine?: Engine } = {},
): Promise<ExampleIndex> {
  const { index, trained } = await readIndex(folderOf(files), await engineOr(given));
  return face(autoencoderOf(trained), index);
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
  let open: OpenSearch | undefined;
  const opened = async (): Promise<OpenSearch> => {
    open ??= openSearch((await model.trained()).engine, index);
    return open;
  };
  return {
    names: index.names,
    async search(data, { top = 10, part } = {}) {
      const trained = await model.trained();
      const asked = part
        ? partsAt(requirePictures(trainPart(data)), part, trained.model.blueprint.shape)
        : await model.read(data);
      return (await (await opened()).search(await encodeUntold(trained, asked), top)).map(plain);
    },
    async like(name, { top = 10 } = {}) {
      return plain(await (await opened()).like(name, top));
    },
    add: async (data) => face(model, await addTo(index, await model.trained(), await model.read(data))),
    remove: (names) => face(model, removeFrom(index, names)),
    files: async () => indexFiles(await model.trained(), index),
  };
}
