/**
 * `index` and `search`: examples by their codes, and those most similar to others.
 *
 *   examples ── encode ── codes, names, labels ──┐
 *   others ──── encode ── codes ── nearest in ───┴── names with distances
 */
import { DataError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import type { Dataset, Labels } from '../data/dataset.ts';
import { type SmallPictures, smallPictures } from '../data/small-pictures.ts';
import { matrixRows, takeExamples } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { type DistanceName, makeSearcher } from './exact-search.ts';
import { type Place, partPlaces, withParts } from './picture-parts.ts';
import { encodeUntold, type TrainedModel } from './trained.ts';

export interface SearchIndex {
  /** `[count × (1 + parts), width]`, as the encoder gives them: of each example, then of each of its parts. */
  readonly codes: Float32Array;
  readonly width: number;
  /** What each is called, every name once. */
  readonly names: readonly string[];
  readonly labels?: Labels;
  readonly distance: DistanceName;
  /** Parts of every picture that have codes of their own. */
  readonly parts: readonly Place[];
  /** How they look, made small; where they are pictures. */
  readonly pictures?: SmallPictures;
}

/** One of the index. */
export interface Match {
  readonly name: string;
  readonly label?: string;
  readonly distance: number;
  readonly row: number;
  /** The part that is so near, where it is one and not the whole. */
  readonly part?: Place;
}

/** How an index is made. */
export interface IndexPlan {
  readonly distance: DistanceName;
  /** 1 for whole pictures alone; else parts of `1/parts` of the height and width have codes of their own, too. */
  readonly parts: number;
}

/** Examples without names are called by their numbers, from 1. @throws OptionError for parts of what is no picture. */
export async function makeIndex(
  trained: Pick<TrainedModel, 'runner' | 'parameters' | 'model'>,
  data: Dataset,
  { distance, parts }: IndexPlan,
): Promise<SearchIndex> {
  const { latent: width, shape } = trained.model.blueprint;
  const places = partPlaces(shape, parts);
  const empty: SearchIndex = { codes: new Float32Array(0), width, names: [], distance, parts: places };
  return addTo(empty, trained, data);
}

/** The index with more examples; those without names get the next numbers. @throws DataError for a name that is there already. */
export async function addTo(
  index: SearchIndex,
  trained: Pick<TrainedModel, 'runner' | 'parameters'>,
  data: Dataset,
): Promise<SearchIndex> {
  const added = namesFor(index, data);
  const codes = await codesOf(trained, data, index);
  const pictures = smallPicturesOf(data);
  const labels = joinedLabels(index, data);
  return {
    ...index,
    codes: joinedArrays(index.codes, codes, new Float32Array(index.codes.length + codes.length)),
    names: [...index.names, ...added],
    ...(labels ? { labels } : {}),
    ...(pictures ? { pictures: joinedPictures(index.pictures, pictures) } : {}),
  };
}

/** The index without these. @throws DataError for a name that is not there, or where nothing would be left. */
export function removeFrom(index: SearchIndex, names: readonly string[]): SearchIndex {
  const gone = new Set(names.map((name) => rowOf(index, name)));
  const rows = Int32Array.from(index.names.keys()).filter((row) => !gone.has(row));
  if (rows.length === 0)
    throw new DataError({
      where: 'what is to be removed',
      expected: 'names that leave at least one example in the index',
      got: `all ${index.names.length}`,
      fix: 'delete the folder of the index instead',
    });
  const { labels, pictures, width, parts } = index;
  return {
    ...index,
    codes: matrixRows(index.codes, width * (1 + parts.length), rows),
    names: Array.from(rows, (row) => index.names[row]),
    ...(labels ? { labels: { ...labels, values: Int32Array.from(rows, (row) => labels.values[row]) } } : {}),
    ...(pictures ? { pictures: picturesAt(pictures, rows) } : {}),
  };
}

/** An index that is asked again and again. */
export interface OpenSearch {
  /** The `top` (or all) most similar to each code `[count, width]`, most similar first; of each example its most similar part counts. */
  search(codes: Float32Array, top: number): Promise<readonly (readonly Match[])[]>;
  /** The `top` most similar to one of the index, itself left out. @throws DataError for a name that is not there. */
  like(name: string, top: number): Promise<readonly Match[]>;
}

export function openSearch(engine: Engine, index: SearchIndex): OpenSearch {
  const { codes: values, width, distance, names, parts } = index;
  const each = 1 + parts.length;
  const nearest = makeSearcher(engine, { values, width }, distance);
  const search: OpenSearch['search'] = async (codes, top) => {
    const most = Math.min(top, names.length);
    // The first of them may all be parts of the same few.
    const { rows, distances } = await nearest({ values: codes, width }, most * each);
    return Array.from({ length: codes.length / width }, (_, asked) => {
      const found = new Map<number, Match>();
      for (let at = asked * most * each; found.size < most; at++) {
        const [row, own] = [Math.floor(rows[at] / each), rows[at] % each];
        if (found.has(row)) continue;
        const part = own === 0 ? {} : { part: parts[own - 1] };
        found.set(row, { name: names[row], label: labelAt(index, row), distance: distances[at], row, ...part });
      }
      return [...found.values()];
    });
  };
  return {
    search,
    async like(name, top) {
      const own = rowOf(index, name);
      const code = values.slice(own * each * width, (own * each + 1) * width);
      const [found] = await search(code, top + 1);
      return found.filter(({ row }) => row !== own).slice(0, top);
    },
  };
}

/** Pictures whose parts are cut out at a time. */
const CUT = 512;

async function codesOf(
  trained: Pick<TrainedModel, 'runner' | 'parameters'>,
  data: Dataset,
  { width, parts }: Pick<SearchIndex, 'width' | 'parts'>,
): Promise<Float32Array> {
  if (parts.length === 0) return encodeUntold(trained, data);
  const codes = new Float32Array(data.count * (1 + parts.length) * width);
  for (let from = 0; from < data.count; from += CUT) {
    const rows = Int32Array.from({ length: Math.min(CUT, data.count - from) }, (_, at) => from + at);
    codes.set(
      await encodeUntold(trained, withParts(takeExamples(data, rows), parts)),
      from * (1 + parts.length) * width,
    );
  }
  return codes;
}

/** @throws DataError for a name that is not there, with the nearest one that is. */
export function rowOf({ names }: SearchIndex, name: string): number {
  const row = names.indexOf(name);
  if (row >= 0) return row;
  throw new DataError({
    where: JSON.stringify(name),
    expected: `a name of one of the ${names.length.toLocaleString('en')} examples in the index, such as ${JSON.stringify(names[0])}`,
    got: 'one that is not there',
    fix: suggestion(name, names, JSON.stringify, 'see the names in index.json'),
  });
}

export function labelAt({ labels }: Pick<SearchIndex, 'labels'>, row: number): string | undefined {
  return labels?.names[labels.values[row]];
}

export function picturesAt({ pixels, shape }: SmallPictures, rows: ArrayLike<number>): SmallPictures {
  const [, channels, height, width] = shape;
  return {
    pixels: matrixRows(pixels, channels * height * width, rows),
    shape: [rows.length, channels, height, width],
  };
}

/** Data as small pictures, at most `longest` pixels a side (32 when absent); nothing where they are none. */
export function smallPicturesOf(
  { values, shape, count }: Pick<Dataset, 'values' | 'shape' | 'count'>,
  longest?: number,
): SmallPictures | undefined {
  const [channels, height, width] = shape;
  const isPicture = values instanceof Uint8Array && shape.length === 3 && (channels === 1 || channels === 3);
  return isPicture ? smallPictures({ pixels: values, shape: [count, channels, height, width] }, longest) : undefined;
}

function namesFor({ names }: SearchIndex, data: Dataset): readonly string[] {
  const known = new Set(names);
  if (!data.names) {
    const last = names.reduce(
      (largest, name) => (/^\d{1,15}$/.test(name) ? Math.max(largest, Number(name)) : largest),
      0,
    );
    return Array.from({ length: data.count }, (_, at) => String(last + at + 1));
  }
  for (const name of data.names) {
    if (known.has(name))
      throw new DataError({
        where: data.name,
        expected: 'examples whose names are not in the index yet',
        got: `another ${JSON.stringify(name)}`,
        fix: 'remove that one first, or rename the file',
      });
    known.add(name);
  }
  return data.names;
}

function joinedLabels({ labels, names }: SearchIndex, data: Dataset): Labels | undefined {
  if (!labels && !data.labels) return undefined;
  const all = [...new Set([...(labels?.names ?? []), ...(data.labels?.names ?? [])])];
  const values = new Int32Array(names.length + data.count).fill(-1);
  if (labels) values.set(labels.values);
  for (let row = 0; row < data.count; row++) values[names.length + row] = all.indexOf(labelAt(data, row) ?? '');
  return { values, names: all };
}

function joinedPictures(there: SmallPictures | undefined, added: SmallPictures): SmallPictures {
  if (!there) return added;
  const [count, ...shape] = there.shape;
  const pixels = new Uint8Array(there.pixels.length + added.pixels.length);
  return { pixels: joinedArrays(there.pixels, added.pixels, pixels), shape: [count + added.shape[0], ...shape] };
}

function joinedArrays<Numbers extends Float32Array | Uint8Array>(
  first: Numbers,
  second: Numbers,
  into: Numbers,
): Numbers {
  into.set(first);
  into.set(second, first.length);
  return into;
}
