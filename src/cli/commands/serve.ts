/** `autoencoder serve MODEL…`: trained models over HTTP, for programs. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { OptionError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { makeRunner } from '../../model/runner.ts';
import { makeApp } from '../../server/app.ts';
import { type Limits, usualLimits } from '../../server/limits.ts';
import { isLoopback, LOOPBACK, listen } from '../../server/listen.ts';
import { makeMetrics } from '../../server/metrics.ts';
import { makeRegistry, type Registry } from '../../server/registry.ts';
import { makeServedModel } from '../../server/served-model.ts';
import { addEngineFlags, type EngineFlags, engineWords, openEngine } from '../engine-flags.ts';
import { countParser, parsePort } from '../flags.ts';
import { INDEX_FILE, readIndex } from '../index-folder.ts';
import { readModel } from '../model-argument.ts';
import { makeTerminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';

interface Flags extends EngineFlags {
  readonly port: number;
  readonly host: string;
  readonly allowHost: string[];
  readonly apiKey: string[];
  readonly allowOrigin: string[];
  readonly maxBody: number;
  readonly maxRows: number;
  readonly timeout: number;
  readonly json?: boolean;
}

const PORT = 4775;
/** What is under way when the server is told to end is given so long. */
const LAST_SECONDS = 10;

const several = (value: string, before: string[]): string[] => [...before, value];

export function addServe(program: Command, signal: AbortSignal): void {
  const command = program
    .command('serve')
    .summary('trained models over HTTP, for programs')
    .description(
      'Answers requests for codes, reconstructions, errors, new examples and neighbours, as JSON, npy and PNG. GET /openapi.json says all of it.',
    )
    .argument('<model...>', 'model files, folders of training runs, or folders of an index')
    .option('--port <n>', 'where to listen; 0 takes any port that is free', parsePort, PORT)
    .option('--host <name>', 'address to listen on; another than this machine alone needs --api-key', LOOPBACK)
    .option('--allow-host <name>', 'another name that the server is called by, e.g. behind a proxy', several, [])
    .option('--api-key <key>', 'asks for this key; repeat it for several (or AUTOENCODER_API_KEYS=a,b)', several, [])
    .option('--allow-origin <site>', 'lets pages of that site ask, e.g. https://example.org', several, [])
    .option('--max-body <MiB>', 'largest body', countParser('--max-body'), usualLimits.bodyBytes / 2 ** 20)
    .option('--max-rows <n>', 'most rows of a request', countParser('--max-rows'), usualLimits.rows)
    .option(
      '--timeout <seconds>',
      'for a request to arrive, and to be answered',
      countParser('--timeout'),
      usualLimits.seconds,
    )
    .option('--json', 'print one JSON object on standard output, everything else on standard error');
  addEngineFlags(command, 'all cores but one, which reads and writes');
  command.addHelpText(
    'after',
    `
Examples:
  autoencoder serve runs/digits-vanilla
  autoencoder serve runs/digits-vanilla runs/sensors-vanilla --port 8080
  autoencoder serve model.safetensors --host 0.0.0.0 --api-key "$KEY"
  curl -s localhost:4775/models`,
  );
  command.action((models: string[], flags: Flags) => run(models, flags, signal));
}

async function run(paths: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const keys = [...flags.apiKey, ...(process.env.AUTOENCODER_API_KEYS ?? '').split(',')].filter((key) => key !== '');
  if (!isLoopback(flags.host) && keys.length === 0) throw openToAll(flags.host);
  const limits: Limits = {
    ...usualLimits,
    bodyBytes: flags.maxBody * 2 ** 20,
    allBodyBytes: Math.max(usualLimits.allBodyBytes, 2 * flags.maxBody * 2 ** 20),
    rows: flags.maxRows,
    seconds: flags.timeout,
  };
  // Threads that wait for one another on a core that is taken cost more than they give.
  const engine = await openEngine({ ...flags, threads: flags.threads ?? Math.max(1, availableParallelism() - 1) });
  const metrics = makeMetrics({
    gauges: {
      process_resident_memory_bytes: { help: 'memory of the process', read: () => process.memoryUsage.rss() },
      process_uptime_seconds: { help: 'seconds since the start', read: () => Math.round(process.uptime()) },
    },
  });
  const models = makeRegistry();
  const onRun = (id: string) => (task: string, rows: number) => metrics.run(id, task, rows);
  for (const path of paths) await addModel(models, path, engine, limits, onRun);
  const { allowOrigin: origins, port, host, allowHost: names } = flags;
  const version = packageVersion();
  const app = makeApp({ models, metrics, limits, keys, origins, version, log: (line) => terminal.note(line) });
  const server = await listen(app, { port, host, names, requestSeconds: limits.seconds });
  const ids = models.all().map(({ id }) => id);
  terminal.say(`Serving ${ids.join(', ')} at ${server.url} (${engineWords(engine)})`);
  terminal.note('Ctrl-C ends it.');
  terminal.result({ url: server.url, models: ids, pid: process.pid });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close(LAST_SECONDS);
}

async function addModel(
  models: Registry,
  path: string,
  engine: Engine,
  { rows }: Limits,
  onRun: (id: string) => (task: string, rows: number) => void,
): Promise<void> {
  const isIndex = existsSync(join(path, INDEX_FILE));
  const id = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? basename(join(path, '.'))
    : basename(path).replace(/\.safetensors$/, '');
  const options = { id, mostWaiting: rows, onRun: onRun(id) };
  if (isIndex) {
    const { index, trained } = await readIndex(path, engine);
    return models.add(makeServedModel({ ...options, trained, index }));
  }
  const { card, model, parameters } = await readModel(path);
  const trained = { engine, runner: makeRunner(engine, model), model, parameters, card };
  models.add(makeServedModel({ ...options, trained }));
}

function openToAll(host: string): OptionError {
  return new OptionError({
    where: `--host ${host}`,
    expected: '--api-key, as others than this machine could ask',
    got: 'none',
    fix: 'add --api-key "$(openssl rand -hex 16)", or leave --host out',
  });
}
