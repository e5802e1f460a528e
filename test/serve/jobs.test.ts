/** Trainings over HTTP, by the client of the package. `npm run build` comes first. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type JobEvent, type ServeClient, ServeError, serveClient } from '../../src/client.ts';
import { load } from '../../src/model-files.ts';
import { type Serving, startServing } from './serving.ts';

const TIMEOUT = 60_000;
const SHORT = { data: 'digits', limit: 300, options: { epochs: 2, hidden: [16], latent: 4, seed: 3 } };
/** Takes longer than any test waits. */
const LONG = { data: 'digits', limit: 2000, options: { epochs: 2000, hidden: [64], latent: 4, patience: 0 } };

interface Place {
  readonly folder: string;
  readonly jobs: string;
  readonly data: string;
}

async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-jobs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [jobs, data] = [join(folder, 'jobs'), join(folder, 'data')];
  await mkdir(data);
  return { folder, jobs, data };
}

async function start(place: Place): Promise<{ readonly serving: Serving; readonly client: ServeClient }> {
  const serving = await startServing({}, place);
  onTestFinished(() => serving.close(1));
  return { serving, client: serveClient(serving.url) };
}

async function all(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const got: JobEvent[] = [];
  for await (const event of events) got.push(event);
  return got;
}

/** Until the job says so. */
async function until(client: ServeClient, id: string, isSo: (event: JobEvent) => boolean): Promise<JobEvent> {
  for await (const event of client.follow(id)) if (isSo(event)) return event;
  throw new Error('the job ended without it');
}

test('a job trains, tells what happens, and its model is served with the numbers of the library', {
  timeout: TIMEOUT,
}, async () => {
  const place = await makePlace();
  const { client } = await start(place);
  const { id, state } = await client.train(SHORT);
  expect(['queued', 'running']).toContain(state);
  const events = await all(client.follow(id));
  expect(events.map((event) => event.id)).toEqual(events.map((_, at) => at + 1));
  expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ type: 'state', data: { state: 'done', result: { epochs: 2 } } });
  expect((await client.job(id)).state).toBe('done');

  // The log is kept: from the middle of it, the rest comes again, and only that.
  expect(await all(client.follow(id, 3))).toEqual(events.slice(3));

  const values = Uint8Array.from({ length: 2 * 784 }, (_, at) => at % 256);
  const given = { values, shape: [2, 1, 28, 28] };
  const model = await load(join(place.jobs, id, 'model.safetensors'));
  expect(await client.model(id).encode(given)).toEqual(await model.encode(given));
  const rebuilt = await model.reconstruct(given);
  expect((await client.model(id).reconstruct(given)).values).toEqual(rebuilt.form === 'array' && rebuilt.values);
  const { mse } = await model.evaluate(given);
  const [first, second] = await client.model(id).score(given);
  expect((first + second) / 2).toBeCloseTo(mse, 6);

  // Another server over the same folder knows the job, and serves its model.
  const again = await start(place);
  expect(await again.client.job(id)).toEqual(await client.job(id));
  expect((await again.client.models()).map((served) => served.id)).toEqual([id]);
  expect(await all(again.client.follow(id, 3))).toEqual(events.slice(3));
});

test('one runs at a time; a job that is stopped keeps its checkpoint and goes on from there', {
  timeout: TIMEOUT,
}, async () => {
  const place = await makePlace();
  const { client } = await start(place);
  const long = await client.train(LONG);
  const waiting = await client.train(SHORT);
  const third = await client.train(SHORT);
  await expect(client.train(SHORT)).rejects.toMatchObject({ status: 429 });
  await until(client, long.id, ({ type }) => type === 'epoch');
  expect((await client.job(waiting.id)).state).toBe('queued');
  expect((await client.stop(third.id)).state).toBe('stopped');
  await client.stop(long.id);
  const ended = await all(client.follow(long.id));
  expect(ended.at(-1)?.data).toMatchObject({ state: 'stopped', canResume: true });
  expect(existsSync(join(place.jobs, long.id, 'checkpoint.safetensors'))).toBe(true);
  await expect(client.stop(long.id)).rejects.toMatchObject({ status: 409 });
  await expect(client.resume(waiting.id)).rejects.toMatchObject({ status: 409 });

  const epochs = ended.filter(({ type }) => type === 'epoch').length;
  await client.resume(long.id);
  expect((await all(client.follow(waiting.id))).at(-1)?.data.state).toBe('done');
  const resumed = await until(client, long.id, ({ type }) => type === 'resumed');
  expect(resumed.id).toBeGreaterThan(ended.length);
  expect(resumed.data.history).toHaveLength(epochs);
  await client.stop(long.id);
  await all(client.follow(long.id, resumed.id));
});

test('a follower whose server ends goes on at the next one, without an event twice', { timeout: TIMEOUT }, async () => {
  const place = await makePlace();
  const first = await startServing({}, place);
  const client = serveClient(first.url);
  const { id } = await client.train(LONG);
  const got: JobEvent[] = [];
  for await (const event of client.follow(id)) {
    got.push(event);
    if (event.type === 'epoch') break;
  }
  await first.close(1);
  const second = await start(place);
  expect((await second.client.job(id)).state).toBe('stopped');
  const rest = await all(second.client.follow(id, got.at(-1)?.id));
  const ids = [...got, ...rest].map((event) => event.id);
  expect(ids).toEqual(ids.map((_, at) => at + 1));
  expect(rest.at(-1)?.data.state).toBe('stopped');
});

test('streams that were left, and looks at their headers, take no place of others', { timeout: TIMEOUT }, async () => {
  const { client, serving } = await start(await makePlace());
  const { id } = await client.train(LONG);
  const url = `${serving.url}jobs/${id}/events`;
  for (let at = 0; at < 110; at++) expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  for (let round = 0; round < 3; round++) {
    const leaving = new AbortController();
    const answers = await Promise.all(Array.from({ length: 90 }, () => fetch(url, { signal: leaving.signal })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    leaving.abort();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect((await fetch(url, { headers: { 'Last-Event-ID': '1 OR 1' } })).status).toBe(400);
});

test('data comes from the named folder alone, and a job that fails says why without telling where', {
  timeout: TIMEOUT,
}, async () => {
  const place = await makePlace();
  await writeFile(
    join(place.data, 'good.csv'),
    `a,b\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 7}`).join('\n')}\n`,
  );
  await writeFile(join(place.data, 'bad.csv'), 'a,b\n1\n');
  await writeFile(join(place.folder, 'secret.csv'), 'a,b\n1,2\n');
  await symlink(join(place.folder, 'secret.csv'), join(place.data, 'link.csv'));
  const { client } = await start(place);
  expect((await client.data()).slice(-2)).toEqual(['bad.csv', 'good.csv']);
  for (const data of [
    'link.csv',
    '../secret.csv',
    'secret.csv',
    join(place.folder, 'secret.csv'),
    'mnist',
    '-',
    '',
    'good.csv\0',
    './good.csv',
    '*.csv',
  ])
    await expect(client.train({ data })).rejects.toMatchObject({ status: 404 });
  await expect(client.train({ data: 'digits', options: { hiden: [3] } })).rejects.toThrow(/did you mean --hidden/);
  await expect(client.train({ data: 'digits', options: { latent: 1e6 } })).rejects.toBeInstanceOf(ServeError);

  const bad = await client.train({ data: 'bad.csv' });
  await all(client.follow(bad.id));
  const { message = '' } = await client.job(bad.id);
  expect(message).toContain('bad.csv');
  expect(message).not.toContain(place.folder);
  const good = await client.train({ data: 'good.csv', options: { epochs: 2, latent: 1, hidden: [4] } });
  expect((await all(client.follow(good.id))).at(-1)?.data.state).toBe('done');
  const rows = [{ a: 1, b: 2 }];
  expect(await client.model(good.id).reconstruct(rows)).toEqual([{ a: expect.any(Number), b: expect.any(Number) }]);
  // Nothing was written elsewhere.
  expect((await readdir(place.folder)).sort()).toEqual(['data', 'jobs', 'secret.csv']);
});
