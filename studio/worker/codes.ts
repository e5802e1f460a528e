/** The codes of examples as a plane to walk about in, and the way back from any point of it. */
import {
  type Autoencoder,
  applyPca,
  createRandom,
  type Engine,
  fitPca,
  type Source,
  sourceCount,
  takeRows,
} from 'autoencoder/browser';
import { rowErrors, scaled } from './row-errors.ts';
import { type Shown, show, spread } from './shown.ts';

export type Plane = 'components' | 'umap' | 'code';

export interface Coloring {
  readonly name: string;
  /** Of each point: a number, or the place of a class in `names`; NaN and −1 where there is none. */
  readonly values: Float32Array;
  readonly names?: readonly string[];
}

export interface CodeMap {
  readonly plane: Plane;
  /** `[count, 2]`. */
  readonly points: Float32Array;
  /** Rows of the data that the points are. */
  readonly rows: Int32Array;
  /** Rows of the data in all. */
  readonly of: number;
  readonly words: readonly [string, string];
  /** By what is known of the examples; by their error see `Walk.errors`. */
  readonly colorings: readonly Coloring[];
}

export interface Decoded {
  readonly code: Float32Array;
  readonly made: Shown;
  /** The nearest points of the map, nearest first. */
  readonly nearest: readonly { readonly row: number; readonly distance: number }[];
  readonly originals: Shown;
  /** Mean squared error of what is made beside the nearest original, in scaled units; absent for tokens. */
  readonly error?: number;
}

export interface Walk {
  readonly map: CodeMap;
  /** `[count, latent]`. */
  readonly codes: Float32Array;
  readonly latent: number;
  /** How far each point is from what it is rebuilt as, mean squared, in scaled units. */
  errors(): Promise<Coloring>;
  decodeAt(x: number, y: number): Promise<Decoded>;
  decodeCode(code: Float32Array): Promise<Decoded>;
}

const MOST_UMAP = 5000;
/** Numbers that are encoded and rebuilt for a map: of large examples there are fewer points, but so many in any case. */
const MOST_NUMBERS = 4e7;
const LEAST_SHOWN = 20_000;
/** Rows that are rebuilt at a time. */
const REBUILT = 2048;
const NEAREST = 6;

export async function walkIn(
  engine: Engine,
  model: Autoencoder,
  source: Source,
  {
    plane,
    most,
    progress,
  }: { readonly plane: Plane; readonly most: number; readonly progress: (share: number) => void },
): Promise<Walk> {
  const of = sourceCount(source);
  const width = source.form === 'array' ? source.values.length / Math.max(1, of) : source.columns.length;
  const bearable = Math.min(most, Math.max(LEAST_SHOWN, Math.floor(MOST_NUMBERS / Math.max(1, width))));
  const rows = spread(of, plane === 'umap' ? Math.min(bearable, MOST_UMAP) : bearable);
  const some = takeRows(source, rows);
  const { values, shape } = await model.encode(some);
  const [count, latent] = shape;
  const codes = Float32Array.from(values);
  const { points, words, codeAt } = await planeOf(engine, codes, latent, plane, progress);
  const map: CodeMap = { plane, points, rows, of, words, colorings: coloringsOf(some) };
  const decodeCode = async (code: Float32Array): Promise<Decoded> => {
    const made = await model.decode({ values: code, shape: [1, latent] });
    const nearest = nearestOf(codes, latent, count, code).map(({ at, distance }) => ({ row: at, distance }));
    const originals = takeRows(
      some,
      nearest.map(({ row }) => row),
    );
    return {
      code,
      made: show(made),
      nearest: nearest.map(({ row, distance }) => ({ row: rows[row], distance })),
      originals: show(originals),
      ...(await errorBetween(model, made, takeRows(originals, [0]))),
    };
  };
  return {
    map,
    codes,
    latent,
    errors: async () => ({ name: 'error', values: await errorsOf(model, some) }),
    decodeCode,
    decodeAt: (x, y) => decodeCode(codeAt(x, y)),
  };
}

interface Flat {
  readonly points: Float32Array;
  readonly words: readonly [string, string];
  readonly codeAt: (x: number, y: number) => Float32Array;
}

async function planeOf(
  engine: Engine,
  codes: Float32Array,
  latent: number,
  plane: Plane,
  progress: (share: number) => void,
): Promise<Flat> {
  if (plane === 'umap') return umapOf(codes, latent, progress);
  if (plane === 'code' || latent < 2) {
    const second = Math.min(1, latent - 1);
    const count = codes.length / latent;
    const points = Float32Array.from({ length: 2 * count }, (_, at) =>
      at % 2 === 0 ? codes[(at / 2) * latent] : latent > 1 ? codes[((at - 1) / 2) * latent + second] : 0,
    );
    return {
      points,
      words: ['first number of the code', latent > 1 ? 'second number of the code' : ''],
      codeAt: (x, y) => Float32Array.from({ length: latent }, (_, at) => (at === 0 ? x : at === 1 ? y : 0)),
    };
  }
  const data = { values: codes, count: codes.length / latent, scale: 1, features: latent, vocabulary: 0 };
  const pca = await fitPca(engine, data, 2, createRandom(0).fork('map'));
  const { codes: points } = await applyPca(engine, pca, data);
  const share = (at: number): string =>
    `${((100 * pca.variances[at]) / pca.totalVariance).toFixed(0)} % of the variance`;
  return {
    points,
    words: [`first component (${share(0)})`, `second component (${share(1)})`],
    codeAt: (x, y) =>
      pca.mean.map(
        (mean, at) =>
          mean + x * pca.directions[at * pca.components] + y * (pca.directions[at * pca.components + 1] ?? 0),
      ),
  };
}

/** Neighbours stay neighbours (McInnes et al. 2018); there is no formula back, so a point is the mean of the codes around it. */
async function umapOf(codes: Float32Array, latent: number, progress: (share: number) => void): Promise<Flat> {
  const { UMAP } = await import('umap-js');
  const count = codes.length / latent;
  const random = createRandom(0).fork('umap');
  const umap = new UMAP({ nNeighbors: Math.min(15, count - 1), random: () => random.uniform() });
  const rows = Array.from({ length: count }, (_, at) => Array.from(codes.subarray(at * latent, (at + 1) * latent)));
  const epochs = umap.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 20 === 0) {
      progress(epoch / epochs);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const points = Float32Array.from(umap.getEmbedding().flat());
  return {
    points,
    words: ['UMAP 1', 'UMAP 2'],
    codeAt: (x, y) => {
      const near = nearestOf(points, 2, count, Float32Array.of(x, y));
      const weights = near.map(({ distance }) => 1 / (distance + 1e-3));
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      return Float32Array.from({ length: latent }, (_, at) =>
        near.reduce((sum, { at: row }, place) => sum + (weights[place] / all) * codes[row * latent + at], 0),
      );
    },
  };
}

/** Least and most of every number of codes `[count, latent]`. */
export function rangesOf(codes: ArrayLike<number>, latent: number): [number, number][] {
  const ranges = Array.from({ length: latent }, (): [number, number] => [Infinity, -Infinity]);
  for (let at = 0; at < codes.length; at++) {
    const range = ranges[at % latent];
    range[0] = Math.min(range[0], codes[at]);
    range[1] = Math.max(range[1], codes[at]);
  }
  return ranges;
}

function coloringsOf(source: Source): Coloring[] {
  const colorings: Coloring[] = [];
  const { labels } = source;
  if (labels) colorings.push({ name: 'label', values: Float32Array.from(labels.values), names: labels.names });
  if (source.form === 'array') return colorings;
  for (const column of source.columns) {
    if (column.type === 'numeric') {
      colorings.push({ name: column.name, values: Float32Array.from(column.values) });
      continue;
    }
    const names = [...new Set(column.values.filter((value) => value !== null))];
    const places = new Map(names.map((name, at) => [name, at]));
    const values = Float32Array.from(column.values, (value) => (value === null ? -1 : (places.get(value) ?? -1)));
    colorings.push({ name: column.name, values, names });
  }
  return colorings;
}

async function errorsOf(model: Autoencoder, source: Source): Promise<Float32Array> {
  const { runner, parameters } = await model.trained();
  const errors = new Float32Array(sourceCount(source));
  for (let from = 0; from < errors.length; from += REBUILT) {
    const rows = Array.from({ length: Math.min(REBUILT, errors.length - from) }, (_, at) => from + at);
    const data = await model.read(takeRows(source, rows));
    const { reconstruction } = await runner.reconstruct(parameters, data);
    errors.set(rowErrors(data, reconstruction).errors, from);
    // What else is asked meanwhile comes in between.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return errors;
}

/** Of one example beside another; nothing for tokens, which have no distance. */
async function errorBetween(model: Autoencoder, made: Source, original: Source): Promise<{ readonly error?: number }> {
  const [own, other] = [await model.read(made), await model.read(original)];
  if (own.scaling.form === 'tokens') return {};
  return { error: rowErrors(other, scaled(own.values)).errors[0] };
}

function nearestOf(
  codes: Float32Array,
  latent: number,
  count: number,
  code: Float32Array,
): { readonly at: number; readonly distance: number }[] {
  const best: { at: number; distance: number }[] = [];
  for (let at = 0; at < count; at++) {
    let distance = 0;
    for (let place = 0; place < latent; place++) distance += (codes[at * latent + place] - code[place]) ** 2;
    if (best.length === NEAREST && distance >= best[NEAREST - 1].distance) continue;
    const place = best.findIndex((known) => known.distance > distance);
    best.splice(place < 0 ? best.length : place, 0, { at, distance });
    best.length = Math.min(best.length, NEAREST);
  }
  return best.map(({ at, distance }) => ({ at, distance: Math.sqrt(distance) }));
}
