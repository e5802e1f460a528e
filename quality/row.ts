/**
 * One row of docs/results.md: a published figure, repeated on real data with three seeds.
 *
 *   npx tsx quality/rows/seed-net.ts ../shared/data [threads]      one row; writes quality/results/seed-net.json
 */
import { mkdirSync, writeFileSync } from 'node:fs';
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

/** Runs a row over its seeds, prints and keeps what came out. */
export async function measureRow(row: Row): Promise<void> {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('give the folder of the data sets, e.g. ../shared/data');
  const runs = [];
  for (const seed of SEEDS) {
    const began = performance.now();
    const { value, others = {} } = await row.run(seed, folder);
    const seconds = (performance.now() - began) / 1000;
    runs.push({ seed, value, others, seconds });
    console.error(
      `${row.name}, seed ${seed}: ${value.toPrecision(4)} (${seconds.toFixed(0)} s) ${JSON.stringify(others)}`,
    );
  }
  const values = runs.map(({ value }) => value).sort((a, b) => a - b);
  const { name, what, measure, bar, published } = row;
  const median = values[1];
  const isReached = 'atMost' in bar ? values[2] <= bar.atMost : values[0] >= bar.atLeast;
  const result = {
    name,
    what,
    measure,
    bar,
    published,
    median,
    least: values[0],
    most: values[2],
    isReached,
    runs,
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    threads: engine().threads,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
  const out = new URL('./results/', import.meta.url);
  mkdirSync(out, { recursive: true });
  writeFileSync(new URL(`${name}.json`, out), `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(
    `${name}: ${values.map((v) => v.toPrecision(4)).join(' … ')} ${isReached ? 'reached' : 'NOT REACHED'} ${JSON.stringify(bar)}`,
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
  return { model, test, pca: baselines.pca.testMse ?? Number.NaN, seconds };
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
