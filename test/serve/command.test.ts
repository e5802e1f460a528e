/** `autoencoder serve` as a user runs it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { serveClient } from '../../src/client.ts';
import { makeWorkplace, type Running } from '../command.ts';

const TIMEOUT = 60_000;
const place = await makeWorkplace();

/** The object that a server prints first. */
async function begun({ child }: Running): Promise<{ readonly url: string; readonly models: string[] }> {
  const text = await new Promise<string>((resolve) => child.stdout?.once('data', resolve));
  return JSON.parse(text) as { url: string; models: string[] };
}

test('serves a run, a file and an index under their names, and ends with 0 when told to', {
  timeout: TIMEOUT,
}, async () => {
  const { path, start, run } = place;
  await place.json('train digits --limit 200 --epochs 1 --hidden 8 --latent 2 --out small');
  expect((await run('index small digits --limit 30 --out album')).code).toBe(0);
  expect((await run('info small/model.safetensors')).code).toBe(0);
  await mkdir(path('files'));
  const running = start('serve small small/model.safetensors album/ --port 0 --json --jobs jobs');
  const { url, models } = await begun(running);
  expect(models).toEqual(['small', 'model', 'album']);
  const client = serveClient(url);
  const values = new Uint8Array(784).fill(40);
  const given = { values, shape: [1, 1, 28, 28] };
  expect(await client.model('small').encode(given)).toEqual(await client.model('model').encode(given));
  expect((await client.model('album').search([Array.from(values)], { top: 4 }))[0]).toHaveLength(4);
  const { id } = await client.train({ data: 'digits', limit: 200, options: { epochs: 1, hidden: [8] } });
  for await (const event of client.follow(id)) if (event.type === 'state') expect(event.data.state).not.toBe('failed');
  expect((await client.models()).map((model) => model.id)).toContain(id);
  running.child.kill('SIGTERM');
  const { code, stdout } = await running.outcome;
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  await expect(client.models()).rejects.toThrow();
});

test('serves a detector: scores, threshold and reasons are those of the command', { timeout: TIMEOUT }, async () => {
  const { path, start, run, json } = place;
  const columns = ['load', 'heat', 'mode'];
  const lines = Array.from({ length: 300 }, (_, row) => [
    (row % 30) / 10,
    (row % 30) / 5 + 1,
    row % 3 ? 'run' : 'idle',
  ]);
  await writeFile(path('usual.csv'), [columns, ...lines].map((cells) => cells.join(',')).join('\n'));
  const fresh = [
    { load: 1, heat: 3, mode: 'run' },
    { load: 1, heat: 40, mode: 'run' },
    { load: null, heat: 3, mode: 'flying' },
  ];
  const cells = fresh.map(({ load, heat, mode }) => [load ?? '', heat, mode]);
  await writeFile(path('fresh.csv'), [columns, ...cells].map((row) => row.join(',')).join('\n'));
  await json('anomalies --fit usual.csv --epochs 5 --out watch');
  await json('anomalies watch fresh.csv --out told');
  const running = start('serve watch --port 0 --json');
  const model = serveClient((await begun(running)).url).model('watch');
  expect((await model.describe()).canDetect).toBe(true);
  const { threshold, detected } = await model.detect(fresh);
  const told = (await readFile(path('told/anomalies.csv'), 'utf8')).trim().split('\n').slice(1);
  for (const [at, { score, isAnomaly }] of detected.entries()) {
    expect(told[at]).toContain(String(isAnomaly ? 'yes' : 'no'));
    expect(Number(told[at].split(',').find((cell) => Math.abs(Number(cell) - score) < 1e-6 * score))).toBeDefined();
    expect(isAnomaly).toBe(score > threshold);
  }
  expect(detected[1].isAnomaly).toBe(true);
  expect(detected[1].reasons.find(({ column }) => column === 'heat')?.value).toBe(40);
  expect(detected[2].reasons.find(({ column }) => column === 'load')?.value ?? null).toBe(null);
  expect(detected[1].rarity).toBeLessThan(detected[0].rarity);
  running.child.kill('SIGTERM');
  await running.outcome;
  // A model alone is no detector, and says so.
  const plain = start('serve watch/model/1/model.safetensors --port 0 --json');
  await expect(
    serveClient((await begun(plain)).url)
      .model('model')
      .detect(fresh),
  ).rejects.toMatchObject({ status: 404 });
  plain.child.kill('SIGTERM');
  await plain.outcome;
  await json('anomalies --fit sensors --window 20 --limit 300 --epochs 1 --out series');
  expect((await run('serve series --port 0')).stderr).toContain('anomalies --stream');
});

test('a key is asked for where others than this machine could ask, and never printed', {
  timeout: TIMEOUT,
}, async () => {
  const { start, run } = place;
  const refused = await run('serve small --host 0.0.0.0 --port 0');
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('--api-key');
  const running = start('serve small --host 0.0.0.0 --port 0 --json --api-key very-secret');
  const { url } = await begun(running);
  const local = url.replace('0.0.0.0', '127.0.0.1');
  await expect(serveClient(local).models()).rejects.toMatchObject({ status: 401 });
  expect(await serveClient(local, { key: 'very-secret' }).models()).toHaveLength(1);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.outcome;
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain('very-secret');
});

test('says what is wrong before it listens', { timeout: TIMEOUT }, async () => {
  const { run } = place;
  expect(await run('serve')).toMatchObject({ code: 2 });
  expect((await run('serve nothing-there')).code).toBe(3);
  const twice = await run('serve small small --port 0');
  expect(twice.code).toBe(2);
  expect(twice.stderr).toContain('small twice');
  for (const command of ['serve small', 'studio'])
    expect((await run(`${command} --port 70000`)).stderr).toContain('a whole number from 0 to 65535');
});
