/** A server in this process, on a port of its own, with small models of three forms of data. */
import { makeIndex } from '../../src/applications/search-index.ts';
import { type Autoencoder, autoencoder } from '../../src/autoencoder.ts';
import type { ArraySource, TableSource } from '../../src/data/dataset.ts';
import { readBytes } from '../../src/data/files.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { decodeModelFile } from '../../src/model/file/model-file.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { makeDataShelf } from '../../src/server/data-shelf.ts';
import { jobRoutes } from '../../src/server/job-routes.ts';
import { forkedWork } from '../../src/server/job-work.ts';
import { openJobs } from '../../src/server/jobs.ts';
import { type Limits, usualLimits } from '../../src/server/limits.ts';
import { type Listening, listen } from '../../src/server/listen.ts';
import { makeMetrics } from '../../src/server/metrics.ts';
import { makeRegistry } from '../../src/server/registry.ts';
import { makeServeApp } from '../../src/server/serve-app.ts';
import { makeServedModel } from '../../src/server/served-model.ts';

export interface Models {
  /** Pictures of 6×5 bytes, with an index of them. */
  readonly pictures: Autoencoder;
  /** Rows of 4 numbers, variational. */
  readonly numbers: Autoencoder;
  /** A table with a number and a category, both with gaps. */
  readonly table: Autoencoder;
}

export interface Serving extends Listening {
  readonly log: readonly string[];
}

export interface ServingOptions {
  readonly keys?: readonly string[];
  readonly origins?: readonly string[];
  readonly limits?: Partial<Limits>;
  /** Folders of jobs and of their data. */
  readonly jobs?: string;
  readonly data?: string;
}

/** As the built command trains. */
const program = new URL('../../dist/cli/job-process.js', import.meta.url);

const [HEIGHT, WIDTH] = [6, 5];

/** Discs of bytes at places that follow from their numbers, `[count, 1, 6, 5]`. */
export function pictures(count: number): ArraySource {
  const area = HEIGHT * WIDTH;
  const values = Uint8Array.from({ length: count * area }, (_, i) => {
    const [example, row, column] = [Math.floor(i / area), Math.floor((i % area) / WIDTH), i % WIDTH];
    const distance = (row - (example % 5)) ** 2 + (column - (example % 4)) ** 2;
    return Math.round(255 * Math.exp(-distance / 3));
  });
  return { form: 'array', name: 'discs', values, shape: [count, 1, HEIGHT, WIDTH] };
}

/** Rows on a curve, `[count][4]`. */
export function numbers(count: number): number[][] {
  return Array.from({ length: count }, (_, i) => [
    Math.sin(i),
    Math.cos(i),
    Math.fround(i % 7),
    Math.fround(Math.sin(2 * i) + 3),
  ]);
}

export function table(count: number): TableSource {
  const values = Float64Array.from({ length: count }, (_, i) => (i % 11 === 3 ? Number.NaN : (i % 5) * 1.5));
  const cities = Array.from({ length: count }, (_, i) => (i % 13 === 2 ? null : ['Bern', 'Thun', 'Chur'][i % 3]));
  return {
    form: 'table',
    name: 'people',
    rows: count,
    columns: [
      { type: 'numeric', name: 'age', values },
      { type: 'category', name: 'city', values: cities },
    ],
  };
}

/** Trained a little: what they know does not matter, that they are told apart does. */
export async function trainModels(): Promise<Models> {
  const engine = nodeEngine({ threads: 1 });
  const options = { engine, hidden: [8], latent: 2 };
  const fit = { epochs: 3, batchSize: 32, seed: 1 };
  const models = {
    pictures: autoencoder(options),
    numbers: autoencoder({ ...options, kind: 'variational' }),
    table: autoencoder(options),
  };
  await models.pictures.fit(pictures(200), fit);
  await models.numbers.fit(numbers(200), fit);
  await models.table.fit(table(200), fit);
  return models;
}

/** Serves them as `pictures`, `numbers` and `table`. */
export async function startServing(models: Partial<Models>, options: ServingOptions = {}): Promise<Serving> {
  const { keys = [], origins = [] } = options;
  const limits: Limits = { ...usualLimits, seconds: 10, ...options.limits };
  const log: string[] = [];
  const metrics = makeMetrics({ gauges: {} });
  const registry = makeRegistry();
  const engine = nodeEngine({ threads: 1 });
  const onModel = async (id: string, file: string): Promise<void> => {
    const saved = await decodeModelFile(await readBytes(file), file);
    const trained = { ...saved, engine, runner: makeRunner(engine, saved.model) };
    registry.add(makeServedModel({ id, trained, mostWaiting: limits.rows }));
  };
  const start = forkedWork(program);
  const jobs =
    options.jobs === undefined
      ? undefined
      : await openJobs({ folder: options.jobs, start, threads: 1, mostWaiting: 2, onModel });
  const streams = new AbortController();
  for (const [id, model] of Object.entries(models)) {
    const trained = await model.trained();
    const index =
      id === 'pictures'
        ? await makeIndex(trained, await model.read(pictures(20)), { distance: 'euclidean', parts: 1 })
        : undefined;
    const onRun = (task: string, rows: number): void => metrics.run(id, task, rows);
    registry.add(makeServedModel({ id, trained, index, mostWaiting: limits.rows, onRun }));
  }
  const data = makeDataShelf(options.data);
  const app = makeServeApp({
    models: registry,
    metrics,
    limits,
    keys,
    origins,
    version: 'test',
    more: (bodies) => (jobs ? jobRoutes({ jobs, data, bodies, signal: streams.signal }) : []),
    log: (line) => log.push(line),
  });
  const listening = await listen(app, { port: 0, requestSeconds: limits.seconds });
  return {
    ...listening,
    log,
    async close(seconds) {
      streams.abort();
      await Promise.all([listening.close(seconds), jobs?.close()]);
    },
  };
}
