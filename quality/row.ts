/**
 * One row of docs/results.md: a published figure, repeated on real data with three seeds.
 *
 *   npx tsx quality/rows/seed-net.ts ../shared/data [threads [seeds]]      one row; writes quality/results/seed-net.json
 *
 * Seeds are written as they end; with seeds given (`2,3`) the others are kept from the file, so a long row may be measured in parts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import {
  type Autoencoder,
  type AutoencoderOptions,
  autoencoder,
  type Engine,
  type FitOptions,
  loadData,
  nodeEngine,
  type Source,
  type SourceWithTest,
} from 'autoencoder';
import type { Labelled } from './measures.ts';

export interface Row {
  /** File name of the result, e.g. `seed-net`. */
  readonly name: string;
  /** What was trained on what, in a line. */
  readonly what: string;
  /** What is measured, with its unit. */
  readonly measure: string;
  /** The bar to reach: at most, or at least. */
  readonly bar: { readonly atMost: number } | { readonly atLeast: number };
  /** What others report, with where. */
  readonly published: string;
  /** One training and its figure; `others` are figures worth knowing beside it. */
  readonly run: (
    seed: number,
    data: string,
  ) => Promise<{ readonly value: number; readonly others?: Readonly<Record<string, number>> }>;
}

const SEEDS = [1, 2, 3];

/** As many threads as the command line says, else all cores; the figures are the same, the seconds are not. */
export function engine(): Engine {
  return nodeEngine({ threads: Number(process.argv[3] ?? 0) });
}

/** One training of a row. */
interface Run {
  readonly seed: number;
  readonly value: number;
  readonly others: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Runs a row over its seeds, prints and keeps what came out. */
export async function measureRow(row: Row): Promise<void> {
  const [folder, , chosen] = process.argv.slice(2);
  if (!folder) throw new Error('give the folder of the data sets, e.g. ../shared/data');
  const seeds = chosen ? chosen.split(',').map(Number) : SEEDS;
  let runs = chosen ? earlierRuns(row) : [];
  for (const seed of seeds) {
    const began = performance.now();
    const { value, others = {} } = await row.run(seed, folder);
    const seconds = (performance.now() - began) / 1000;
    runs = [...runs.filter((run) => run.seed !== seed), { seed, value, others, seconds }];
    console.error(
      `${row.name}, seed ${seed}: ${value.toPrecision(4)} (${seconds.toFixed(0)} s) ${JSON.stringify(others)}`,
    );
    keep(row, runs);
  }
}

function resultFile(name: string): URL {
  return new URL(`./results/${name}.json`, import.meta.url);
}

/** What another row found with the same seed. */
export function earlierValue(name: string, seed: number): number {
  const file = resultFile(name);
  const run = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')).runs as Run[]).find((earlier) => earlier.seed === seed)
    : undefined;
  if (!run) throw new Error(`measure ${name} with seed ${seed} first`);
  return run.value;
}

/** What was measured of the same thing before. */
function earlierRuns(row: Row): Run[] {
  const file = resultFile(row.name);
  if (!existsSync(file)) return [];
  const earlier = JSON.parse(readFileSync(file, 'utf8'));
  return earlier.what === row.what ? earlier.runs : [];
}

/** Writes what is measured so far; the bar is reached when all of it is within. */
function keep({ run, ...row }: Row, given: readonly Run[]): void {
  const runs = given.toSorted((a, b) => a.seed - b.seed);
  const values = runs.map(({ value }) => value).sort((a, b) => a - b);
  const [least, most] = [values[0], values[values.length - 1]];
  const isReached = 'atMost' in row.bar ? most <= row.bar.atMost : least >= row.bar.atLeast;
  const result = {
    ...row,
    median: values[Math.floor(values.length / 2)],
    least,
    most,
    isReached,
    runs,
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    threads: engine().threads,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
  writeFileSync(resultFile(row.name), `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(
    `${row.name}: ${values.map((v) => v.toPrecision(4)).join(' … ')} ${isReached ? 'reached' : 'not reached'} ${JSON.stringify(row.bar)}`,
  );
}

/** MNIST from the data folder. */
export function mnist(folder: string): Promise<SourceWithTest> {
  return loadData('mnist', { environment: { dataFolder: folder, cacheFolder: folder } });
}

/** Trains and gives the model with its figures. */
export async function fitted(
  data: SourceWithTest,
  options: AutoencoderOptions,
  fit: FitOptions,
): Promise<{ model: Autoencoder; test: Readonly<Record<string, number>>; pca: number; seconds: number }> {
  const model = autoencoder({ ...options, engine: engine() });
  const { test, baselines, seconds } = await model.fit(data, fit);
  if (!test) throw new Error('the data has no test part');
  return { model, test, pca: baselines.pca?.testMse ?? Number.NaN, seconds };
}

/** Fashion-MNIST from the data folder. */
export function fashionMnist(folder: string): Promise<SourceWithTest> {
  return loadData('fashion-mnist', { environment: { dataFolder: folder, cacheFolder: folder } });
}

/** Codes of both parts with the labels. */
export async function codesOf(
  model: Autoencoder,
  { train, test }: SourceWithTest,
): Promise<{ readonly train: Labelled; readonly test: Labelled }> {
  const labelled = async (part: Source | undefined): Promise<Labelled> => {
    if (!part?.labels) throw new Error('the data has no labels, or no test part');
    return { values: Float32Array.from((await model.encode(part)).values), labels: part.labels.values };
  };
  return { train: await labelled(train), test: await labelled(test) };
}

/** The first `count` pictures of a part as numbers in 0 … 1. */
export function testPixels(part: Source, count: number): Float32Array {
  if (part.form !== 'array') throw new Error('pictures were expected');
  const width = part.values.length / part.shape[0];
  return Float32Array.from(part.values.subarray(0, count * width), (value) => value / 255);
}
