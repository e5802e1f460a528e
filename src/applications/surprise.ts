/**
 * How much each column of an example surprises a model: what its reconstruction misses, beside what it usually misses there.
 *
 *   numbers      log(1 + (x − x̂)²/s²), s the median miss of that column on rows that were not trained on: −log of a Cauchy density, which
 *                one wild column does not drown in (Lange, Little & Taylor 1989, "Robust statistical modeling using the t distribution")
 *   grids        ½ (x − x̂)²/s² of every pixel or moment, s the root of the mean squared miss of its channel: a normal density
 *   categories   −log of the chance that the reconstruction gives the one that is there
 *   code         for kinds that draw their code: the same of each of its numbers about its median, as the bound counts them, too
 */
import type { Dataset } from '../data/dataset.ts';
import { sizeOf } from '../graph/tensor.ts';
import { columnSpans } from './cells.ts';
import type { TrainedModel } from './trained.ts';

/** What a model usually misses. */
export interface Calibration {
  /** Of each feature, in scaled units; for the members of a category's group it is not used. */
  readonly spread: readonly number[];
  /** Of each number of the code, where surprise counts it. */
  readonly code?: { readonly centre: readonly number[]; readonly spread: readonly number[] };
}

export interface Surprises {
  /** Nats of each column, 0 where it is missing: `[count, columns]`; pixels and the like are columns each. */
  readonly columns: Float32Array;
  /** Nats of the code, 0 for kinds that do not count it. */
  readonly code: Float64Array;
  /** Columns that are not missing. */
  readonly observed: Int32Array;
  /** In scaled units, `[count, features]`. */
  readonly reconstruction: Float32Array;
}

/** The median of |N(0, 1)| is 1 / this. */
const NORMAL = 1.4826;
/** A column that is always told exactly would be infinitely surprised by the least miss: none counts as better than this share of the average. */
const LEAST_SHARE = 0.1;
const LEAST = 1e-3;
/** No category is held for less likely than this, whatever a network says. */
export const LEAST_CHANCE = 1e-6;

/** Learns what is usual from `data`, at best rows that the model was not trained on. */
export async function calibrate(trained: TrainedModel, data: Dataset): Promise<Calibration> {
  const { runner, parameters, model } = trained;
  const { reconstruction } = await runner.reconstruct(parameters, filled(trained, data));
  const width = sizeOf(data.shape);
  const { inputScale } = model.blueprint;
  const missAt = (i: number): number => Math.abs(data.values[i] * inputScale - reconstruction[i]);
  const spread = data.shape.length > 1 ? channelSpreads(data, missAt) : columnSpreads(width, data.count, missAt);
  if (!model.kind.isStochastic) return { spread };
  const { latent } = model.blueprint;
  const { code } = await runner.encode(parameters, filled(trained, data));
  const centre = Array.from(
    { length: latent },
    (_, at) => median(columnOf(latent, at, (i) => code[i], data.count)) ?? 0,
  );
  const off = centre.map((middle, at) => median(columnOf(latent, at, (i) => Math.abs(code[i] - middle), data.count)));
  return { spread, code: { centre, spread: off.map((miss) => Math.max(LEAST, NORMAL * (miss ?? 0))) } };
}

function columnSpreads(width: number, count: number, missAt: (i: number) => number): number[] {
  const misses = Array.from({ length: width }, (_, at) => NORMAL * (median(columnOf(width, at, missAt, count)) ?? 0));
  const floor = Math.max(LEAST, (LEAST_SHARE * misses.reduce((total, miss) => total + miss, 0)) / width);
  return misses.map((miss) => Math.max(miss, floor));
}

function channelSpreads({ shape, count }: Dataset, missAt: (i: number) => number): number[] {
  const width = sizeOf(shape);
  const channels = Array.from({ length: width }, (_, at) => channelOf(shape, at));
  const [total, seen] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < width * count; i++) {
    const miss = missAt(i);
    if (Number.isNaN(miss)) continue;
    const channel = channels[i % width];
    total.set(channel, (total.get(channel) ?? 0) + miss * miss);
    seen.set(channel, (seen.get(channel) ?? 0) + 1);
  }
  return channels.map((channel) =>
    Math.max(LEAST, Math.sqrt((total.get(channel) ?? 0) / Math.max(1, seen.get(channel) ?? 0))),
  );
}

/** Pictures have their channels first, series last. */
function channelOf(shape: readonly number[], at: number): number {
  return shape.length === 2 ? at % shape[1] : Math.floor((at * shape[0]) / sizeOf(shape));
}

/** Surprise of every example; `unseen` are features of groups whose category was not there in training: `row · features + first of the group`. */
export async function surprisesOf(
  trained: TrainedModel,
  { spread, code: usual }: Calibration,
  data: Dataset,
  unseen: ReadonlySet<number> = new Set(),
): Promise<Surprises> {
  const { runner, parameters, model, card } = trained;
  const given = filled(trained, data);
  const { reconstruction } = await runner.reconstruct(parameters, given);
  const { inputScale } = model.blueprint;
  const width = sizeOf(data.shape);
  const spans = columnSpans(data.scaling);
  const density = data.shape.length > 1 ? (square: number) => square / 2 : Math.log1p;
  const columns = new Float32Array(data.count * spans.length);
  const observed = new Int32Array(data.count);
  for (let row = 0; row < data.count; row++)
    for (const [column, { from, to, isCategory }] of spans.entries()) {
      const at = row * width + from;
      const isUnseen = unseen.has(at);
      if (Number.isNaN(data.values[at]) && !isUnseen) continue;
      observed[row]++;
      columns[row * spans.length + column] = isUnseen
        ? Math.log(card.data.examples + 1)
        : isCategory
          ? rarity(data.values, reconstruction, at, row * width + to)
          : density(((data.values[at] * inputScale - reconstruction[at]) / spread[from]) ** 2);
    }
  const ofCode = new Float64Array(data.count);
  if (usual) {
    const { latent } = model.blueprint;
    const { code } = await runner.encode(parameters, given);
    for (let i = 0; i < code.length; i++)
      ofCode[Math.floor(i / latent)] += Math.log1p(
        ((code[i] - usual.centre[i % latent]) / usual.spread[i % latent]) ** 2,
      );
  }
  return { columns, code: ofCode, observed, reconstruction };
}

/** −log of the share that the category that is there has among the chances of its group. */
function rarity(values: Dataset['values'], chances: Float32Array, from: number, to: number): number {
  let [total, own] = [0, 0];
  for (let at = from; at < to; at++) {
    const chance = Math.max(0, chances[at]);
    total += chance;
    if (values[at] > 0.5) own = chance;
  }
  return -Math.log(Math.max(LEAST_CHANCE, own / Math.max(total, LEAST_CHANCE)));
}

/** What is missing at the mean (of a group: no category), where the model has not learned to do without. */
function filled({ model }: TrainedModel, data: Dataset): Dataset {
  if (model.blueprint.hasMissing || !data.hasMissing || data.values instanceof Uint8Array) return data;
  return { ...data, hasMissing: false, values: data.values.map((value) => (Number.isNaN(value) ? 0 : value)) };
}

/** What is not missing of a column. */
function columnOf(width: number, column: number, valueAt: (i: number) => number, count: number): Float64Array {
  const values = new Float64Array(count);
  let kept = 0;
  for (let row = 0; row < count; row++) {
    const value = valueAt(row * width + column);
    if (!Number.isNaN(value)) values[kept++] = value;
  }
  return values.subarray(0, kept);
}

function median(values: Float64Array): number | undefined {
  return values.sort().at(values.length >> 1);
}
