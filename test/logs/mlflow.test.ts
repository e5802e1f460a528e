/** Runs on a server that speaks as one of MLflow does, by the description of its interface. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);
const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
}

interface Tracking {
  readonly url: string;
  readonly experiments: Map<string, string>;
  readonly metrics: Metric[];
  readonly params: Map<string, string>;
  readonly statuses: string[];
  readonly runs: string[];
}

/** `isDown` says of each path whether the server fails there. */
async function tracking(isDown: (path: string, asked: number) => boolean = () => false): Promise<Tracking> {
  const kept = {
    experiments: new Map<string, string>(),
    metrics: [] as Metric[],
    params: new Map<string, string>(),
    statuses: [] as string[],
    runs: [] as string[],
  };
  let asked = 0;
  const answer = (path: string, body: Record<string, unknown>): [number, unknown] => {
    switch (path) {
      case 'experiments/create': {
        const name = String(body.name);
        if (kept.experiments.has(name))
          return [400, { error_code: 'RESOURCE_ALREADY_EXISTS', message: `Experiment '${name}' already exists.` }];
        kept.experiments.set(name, `${kept.experiments.size + 1}`);
        return [200, { experiment_id: kept.experiments.get(name) }];
      }
      case 'experiments/search': {
        const name = /^name = '(.*)'$/.exec(String(body.filter))?.[1] ?? '';
        return [200, { experiments: [{ experiment_id: kept.experiments.get(name), name }] }];
      }
      case 'runs/create':
        kept.runs.push(String(body.run_name));
        return [200, { run: { info: { run_id: 'run-1', experiment_id: body.experiment_id, status: 'RUNNING' } } }];
      case 'runs/log-batch':
        for (const { key, value } of (body.params ?? []) as { key: string; value: string }[])
          kept.params.set(key, value);
        kept.metrics.push(...((body.metrics ?? []) as Metric[]));
        return [200, {}];
      case 'runs/update':
        kept.statuses.push(String(body.status));
        return [200, { run_info: { status: body.status } }];
      default:
        return [404, { error_code: 'ENDPOINT_NOT_FOUND', message: path }];
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const path = (request.url ?? '').replace('/api/2.0/mlflow/', '');
        if (isDown(path, asked++)) {
          request.socket.destroy();
          return;
        }
        const [status, value] = answer(path, JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...kept };
}

async function train(log: string): Promise<{ out: string; stderr: string }> {
  const out = join(await mkdtemp(join(tmpdir(), 'autoencoder-log-')), 'run');
  const words = ['train', 'sensors', '--limit', '300', '--epochs', '3', '--latent', '2', '--log', log, '--out', out];
  const { stderr } = await execute(process.execPath, [command, ...words]);
  return { out, stderr };
}

test('a run is made, told its options, every figure of every epoch, and its end', async () => {
  const server = await tracking();
  const { out } = await train(`mlflow=${server.url}`);
  expect([...server.experiments.keys()]).toEqual(['autoencoder']);
  expect(server.runs).toEqual(['run']);
  expect(server.params.get('latent')).toBe('2');
  expect(server.statuses).toEqual(['FINISHED']);
  const records = (await readFile(join(out, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { epoch: number; validation: Record<string, number> });
  for (const { epoch, validation } of records)
    expect(server.metrics.find(({ key, step }) => key === 'validation/loss' && step === epoch)?.value).toBe(
      validation.loss,
    );
  // A second run of the same experiment.
  await train(`mlflow=${server.url}`);
  expect(server.runs.length).toBe(2);
}, 60_000);

test('a server that goes away for an epoch gets its figures later, and the training does not care', async () => {
  // Create experiment, create run, options, then the first epoch.
  const server = await tracking((_, asked) => asked === 3);
  const { stderr } = await train(`mlflow=${server.url}#night`);
  expect(stderr).toContain('Not logged');
  expect([...server.experiments.keys()]).toEqual(['night']);
  expect(server.metrics.filter(({ key }) => key === 'train/loss').map(({ step }) => step)).toEqual([1, 2, 3]);
}, 60_000);

test('no server, a server of something else and words that name no log are refused before the training', async () => {
  const failure = async (log: string): Promise<{ code: number; stderr: string }> =>
    train(log).then(
      () => ({ code: 0, stderr: '' }),
      (error: unknown) => error as { code: number; stderr: string },
    );
  const down = await failure('mlflow=http://127.0.0.1:9');
  expect([down.code, down.stderr]).toEqual([2, expect.stringContaining('start the server')]);
  const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const html = await failure(`mlflow=http://127.0.0.1:${port}`);
  expect([html.code, html.stderr]).toEqual([2, expect.stringContaining('tracking server of MLflow')]);
  for (const word of ['tensorbord', 'mlflow=', 'mlflow=nowhere', 'mlflow=file:///etc'])
    expect((await failure(word)).code, word).toBe(2);
}, 60_000);
