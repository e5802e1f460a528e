/** How good a search by codes is: how often what is found has the label of what was asked, beside the data itself and principal components. */
import type { Random } from '../base/random.ts';
import type { Dataset, Labels } from '../data/dataset.ts';
import { takeExamples, takeLabels } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import { applyPca, fitPca, pcaDataOf } from './baselines/pca.ts';
import { type DistanceName, nearestIn, type Rows } from './exact-search.ts';
import { encodeUntold, type TrainedModel } from './trained.ts';

/** Share of what is found first that has the label of what was asked. */
export interface Precision {
  /** Over all that were asked. */
  readonly all: number;
  readonly byLabel: Readonly<Record<string, number>>;
}

export interface SearchQuality {
  /** Searches, among how many, and how many found by each are looked at. */
  readonly queries: number;
  readonly among: number;
  readonly top: number;
  readonly model: Precision;
  readonly pca: Precision;
  readonly pcaWidth: number;
  /** Without any code; of numbers, not of tokens. */
  readonly data?: Precision;
}

export interface QualityRequest extends TrainedModel {
  /** What is searched in, and what is asked: other examples. */
  readonly among: Dataset;
  readonly queries: Dataset;
  readonly distance: DistanceName;
  readonly random: Random;
}

const TOP = 10;
const MOST_QUERIES = 1000;

/** Precision among the first 10, of at most 1000 labelled examples; nothing where there are no labels. */
export async function searchQuality(request: QualityRequest): Promise<SearchQuality | undefined> {
  const { engine, model, among, queries, distance, random } = request;
  const { blueprint } = model;
  const asked = labelledRows(queries, random);
  if (!among.labels || asked.count === 0) return undefined;
  const top = Math.min(TOP, among.count);
  const judge = async (all: Rows, some: Rows): Promise<Precision> => {
    const found = await nearestIn({ engine, asked: some, all, distance, top });
    return precisionOf(found.rows, top, asked.labels, among.labels ?? asked.labels);
  };
  const width = blueprint.latent;
  const codes = async (part: Dataset): Promise<Rows> => ({ values: await encodeUntold(request, part), width });
  const pca = await fitPca(engine, pcaDataOf(among, blueprint), width, random.fork('pca'));
  const components = async (part: Dataset): Promise<Rows> => ({
    values: (await applyPca(engine, pca, pcaDataOf(part, blueprint))).codes,
    width: pca.components,
  });
  const raw = ({ values, shape }: Dataset): Rows => ({ values, width: sizeOf(shape) });
  return {
    queries: asked.count,
    among: among.count,
    top,
    model: await judge(await codes(among), await codes(asked)),
    pca: await judge(await components(among), await components(asked)),
    pcaWidth: pca.components,
    ...(blueprint.vocabulary > 0 ? {} : { data: await judge(raw(among), raw(asked)) }),
  };
}

/** Parts of data of which nothing is known but that all of it is to be searched in: a tenth, at most 1000, is asked for among the rest. */
export function heldQueries(data: Dataset, random: Random): Pick<QualityRequest, 'among' | 'queries'> {
  const held = Math.min(MOST_QUERIES, Math.ceil(data.count / 10));
  const order = random.fork('held').permutation(data.count);
  return {
    among: takeExamples(data, order.subarray(held).sort()),
    queries: takeExamples(data, order.subarray(0, held).sort()),
  };
}

/** Some of the examples that have a label, in order. */
function labelledRows(data: Dataset, random: Random): Dataset & { readonly labels: Labels } {
  const { labels = { values: new Int32Array(data.count).fill(-1), names: [] } } = data;
  const order = random.fork('queries').permutation(data.count);
  const rows = order.filter((row) => labels.values[row] >= 0).subarray(0, MOST_QUERIES);
  return { ...takeExamples({ ...data, labels }, rows.sort()), labels: takeLabels(labels, rows) };
}

/** Labels are compared by their names: two parts of the data may number them differently. */
function precisionOf(found: Int32Array, top: number, asked: Labels, all: Labels): Precision {
  const counts = asked.names.map(() => ({ queries: 0, hits: 0 }));
  for (const [query, label] of asked.values.entries()) {
    counts[label].queries++;
    for (const row of found.subarray(query * top, (query + 1) * top))
      if (all.names[all.values[row]] === asked.names[label]) counts[label].hits++;
  }
  const hits = counts.reduce((sum, count) => sum + count.hits, 0);
  return {
    all: hits / top / asked.values.length,
    byLabel: Object.fromEntries(
      counts.flatMap((count, label) =>
        count.queries > 0 ? [[asked.names[label], count.hits / top / count.queries]] : [],
      ),
    ),
  };
}
