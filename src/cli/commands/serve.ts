/** `autoencoder serve MODEL…`: trained models over HTTP, for programs. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { requireSingleRows } from '../../applications/detector-file.ts';
import { isDetectorFolder, readDetectorFolder } from '../../applications/detector-folder.ts';
import { INDEX_FILE } from '../../applications/index-file.ts';
import { OptionError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { nodeThreads } from '../../engine/node-threads.ts';
import { makeRunner } from '../../model/runner.ts';
import { RUNS_AT_ONCE } from '../../server/batching.ts';
import { makeDataShelf } from '../../server/data-shelf.ts';
import { jobRoutes } from '../../server/job-routes.ts';
import { forkedWork } from '../../server/job-work.ts';
import { type Jobs, type JobsOptions, openJobs } from '../../server/jobs.ts';
import { type Limits, usualLimits } from '../../server/limits.ts';
import { isLoopback, LOOPBACK, listen } from '../../server/listen.ts';
import { type MetricsOptions, makeMetrics } from '../../server/metrics.ts';
import { makeRegistry } from '../../server/registry.ts';
import { makeServeApp } from '../../server/serve-app.ts';
import { makeServedModel, type ServedModelOptions } from '../../server/served-model.ts';
import { addEngineFlags, type EngineFlags, engineWords, givenThreads, openEngine } from '../engine-flags.ts';
import { countParser, parsePort, several } from '../flags.ts';
import { readIndexFolder } from '../index-folder.ts';
import { readModel } from '../model-argument.ts';
import { makeTerminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';

interface Flags extends EngineFlags {
  readonly port: number;
  readonly host: string;
  readonly allowHost?: string[];
  readonly apiKey?: string[];
  readonly allowOrigin?: string[];
  readonly maxBody: number;
  readonly maxRows: number;
  readonly timeout: number;
  readonly jobs?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const PORT = 4775;
/** What is under way when the server is told to end is given so long. */
const LAST_SECONDS = 10;
/** Jobs that may wait for the one that runs. */
const MOST_JOBS = 16;

export function addServe(program: Command, signal: AbortSignal): void {
  const command = program
    .command('serve')
    .summary('trained models over HTTP, for programs')
    .description(
      'Answers requests for codes, reconstructions, errors, new examples and neighbours, as JSON, npy and PNG. GET /openapi.json says all of it.',
    )
    .argument('[model...]', 'model files, or folders of training runs, of detectors or of an index')
    .option('--port <n>', 'where to listen; 0 takes any port that is free', parsePort, PORT)
    .option('--host <name>', 'address to listen on; another than this machine alone needs --api-key', LOOPBACK)
    .option('--allow-host <name>', 'another name that the server is called by, e.g. behind a proxy', several)
    .option('--api-key <key>', 'asks for this key; repeat it for several (or AUTOENCODER_API_KEYS=a,b)', several)
    .option('--allow-origin <site>', 'lets pages of that site ask, e.g. https://example.org', several)
    .option('--max-body <MiB>', 'largest body', countParser('--max-body'), usualLimits.bodyBytes / 2 ** 20)
    .option('--max-rows <n>', 'most rows of a request', countParser('--max-rows'), usualLimits.rows)
    .option(
      '--timeout <seconds>',
      'for a request to arrive, and to be answered',
      countParser('--timeout'),
      usualLimits.seconds,
    )
    .option('--jobs <folder>', 'lets clients train: results go there, and finished models are served')
    .option('--data <folder>', 'files that jobs may learn from, besides the built-in sets')
    .option('--json', 'print one JSON object on standard output, everything else on standard error');
  addEngineFlags(command);
  command.addHelpText(
    'after',
    `
Examples:
  autoencoder serve runs/digits-vanilla
  autoencoder serve runs/digits-vanilla runs/sensors-vanilla --port 8080
  autoencoder anomalies --fit sensors --out watch && autoencoder serve watch
  autoencoder serve model.safetensors --host 0.0.0.0 --api-key "$KEY"
  autoencoder serve runs/digits-vanilla --jobs jobs --data tables
  curl -s localhost:4775/models`,
  );
  command.action((models: string[], flags: Flags) => run(models, flags, signal));
}

async function run(paths: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const keys = [...(flags.apiKey ?? []), ...(process.env.AUTOENCODER_API_KEYS ?? '').split(',')].filter(
    (key) => key !== '',
  );
  if (paths.length === 0 && flags.jobs === undefined) throw nothingToServe();
  if (!isLoopback(flags.host) && keys.length === 0) throw openToAll(flags.host);
  const limits: Limits = {
    ...usualLimits,
    bodyBytes: flags.maxBody * 2 ** 20,
    allBodyBytes: Math.max(usualLimits.allBodyBytes, 2 * flags.maxBody * 2 ** 20),
    rows: flags.maxRows,
    seconds: flags.timeout,
  };
  const threads = givenThreads(flags) ?? availableParallelism();
  const { engine, end } = await openServingEngine(flags.engine, threads);
  const metrics = makeMetrics({ gauges });
  const models = makeRegistry();
  const serveModel = (id: string, open: OpenModel): void => {
    const onRun = (task: string, rows: number): void => metrics.run(id, task, rows);
    models.add(makeServedModel({ id, ...open, mostWaiting: limits.rows, onRun }));
  };
  for (const path of paths) serveModel(idOf(path), await openModel(path, engine));
  const onModel = async (id: string, file: string): Promise<void> => serveModel(id, await openModel(file, engine));
  const jobs = flags.jobs === undefined ? undefined : await openTrainings(flags.jobs, threads, onModel);
  const data = makeDataShelf(flags.data);
  const streams = new AbortController();
  const app = makeServeApp({
    models,
    metrics,
    limits,
    keys,
    origins: flags.allowOrigin ?? [],
    version: packageVersion(),
    more: (bodies) => (jobs ? jobRoutes({ jobs, data, bodies, signal: streams.signal }) : []),
    log: (line) => terminal.note(line),
  });
  const { port, host, allowHost: names } = flags;
  const server = await listen(app, { port, host, names, requestSeconds: limits.seconds });
  const ids = models.all().map(({ id }) => id);
  terminal.say(`Serving ${ids.join(', ') || 'no model yet'} at ${server.url} (${engineWords(engine)})`);
  terminal.note('Ctrl-C ends it.');
  terminal.result({ url: server.url, models: ids });
  await aborted(signal);
  streams.abort();
  await Promise.all([server.close(LAST_SECONDS), jobs?.close()]);
  await end();
}

/** Natively, in threads of its own: who asks for a little is answered while much is computed. */
async function openServingEngine(
  name: EngineFlags['engine'],
  threads: number,
): Promise<{ readonly engine: Engine; readonly end: () => Promise<void> }> {
  if (name === 'web') return { engine: await openEngine({ engine: name, threads }), end: async () => {} };
  const runs = Math.min(RUNS_AT_ONCE, threads);
  const engine = nodeThreads({ runs, threads: Math.floor(threads / runs) });
  return { engine, end: engine.close };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function openTrainings(folder: string, threads: number, onModel: JobsOptions['onModel']): Promise<Jobs> {
  const start = forkedWork(new URL('../job-process.js', import.meta.url));
  return openJobs({ folder, start, threads, mostWaiting: MOST_JOBS, onModel });
}

type OpenModel = Pick<ServedModelOptions, 'trained' | 'index' | 'detector'>;

/** A model file, or the folder of a run, of an index or of a detector. */
async function openModel(path: string, engine: Engine): Promise<OpenModel> {
  if (existsSync(join(path, INDEX_FILE))) return readIndexFolder(path, engine);
  if (isDetectorFolder(path)) return openDetector(path, engine);
  const { card, model, parameters } = await readModel(path);
  return { trained: { engine, runner: makeRunner(engine, model, parameters), model, parameters, card } };
}

async function openDetector(path: string, engine: Engine): Promise<OpenModel> {
  const saved = await readDetectorFolder(path);
  requireSingleRows(path, saved, 'use: autoencoder anomalies --stream');
  const detector = saved.open(engine);
  return { trained: detector.members[0], detector: { detector, threshold: saved.threshold } };
}

/** What a model is called: as its folder, or its file without the ending. */
function idOf(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return basename(isFolder ? join(path, '.') : path.replace(/\.safetensors$/, ''));
}

const gauges: MetricsOptions['gauges'] = {
  process_resident_memory_bytes: { help: 'memory of the process', read: () => process.memoryUsage.rss() },
  process_cpu_seconds_total: { help: 'processor time of the process', read: cpuSeconds },
  process_uptime_seconds: { help: 'seconds since the start', read: () => Math.round(process.uptime()) },
};

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function nothingToServe(): OptionError {
  return new OptionError({
    where: 'autoencoder serve',
    expected: 'a model, or --jobs to train one',
    got: 'neither',
    fix: 'try: autoencoder train digits --out digits, then autoencoder serve digits',
  });
}

function openToAll(host: string): OptionError {
  return new OptionError({
    where: `--host ${host}`,
    expected: '--api-key, as others than this machine could ask',
    got: 'none',
    fix: 'add --api-key "$(openssl rand -hex 16)", or leave --host out',
  });
}
