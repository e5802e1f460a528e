/** Every hostile request is answered 4xx within the time limit, and the server goes on answering honest ones rightly. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Models, pictures, type Serving, startServing, trainModels } from '../serve/serving.ts';
import { type Hostile, request } from './hostile.ts';
import { hostileRequests } from './hostile-requests.ts';

/** Seconds that the server gives a request; answers come this and a little more later at most. */
const SECONDS = 1.5;
const SLACK_MS = 3000;

let models: Models;
let serving: Serving;
let honest: string;
let right: string;
let folder: string;
beforeAll(async () => {
  models = await trainModels();
  folder = await mkdtemp(join(tmpdir(), 'autoencoder-attacked-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'secret.csv'), 'a\n1\n');
  serving = await startServing(models, {
    limits: { seconds: SECONDS, bodyBytes: 1 << 20, rows: 1000 },
    jobs: join(folder, 'jobs'),
    data: join(folder, 'data'),
  });
  honest = JSON.stringify({ rows: [Array.from(pictures(1).values)] });
  right = (await exchange(['honest', [request({ body: honest })]])).text.split('\r\n\r\n')[1];
}, 60_000);
afterAll(async () => {
  await serving.close(1);
  await rm(folder, { recursive: true });
});

/** What came back until the server closed, and after how many milliseconds. */
async function exchange([name, pieces]: readonly [string, Hostile['pieces']]): Promise<{ text: string; ms: number }> {
  const began = performance.now();
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(serving.port, '127.0.0.1');
    let got = '';
    const timer = setTimeout(
      () => {
        socket.destroy();
        reject(new Error(`${name}: no end after ${SECONDS} s and more; so far ${JSON.stringify(got.slice(0, 200))}`));
      },
      SECONDS * 1000 + SLACK_MS,
    );
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    // A server that has answered need not take the rest.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
    const write = async (): Promise<void> => {
      for (const [at, piece] of pieces.entries()) {
        if (at > 0) await new Promise((next) => setTimeout(next, pieces.length > 10 ? 1 : 50));
        if (!socket.destroyed) socket.write(piece);
      }
    };
    write().catch(reject);
  });
  return { text, ms: performance.now() - began };
}

test('all of a list of hostile requests are refused, and the server is right afterwards', {
  timeout: 300_000,
}, async () => {
  const list = hostileRequests();
  expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
  expect(list.length).toBeGreaterThanOrEqual(200);
  const failures: string[] = [];
  for (let at = 0; at < list.length; at += 16) {
    await Promise.all(
      list.slice(at, at + 16).map(async ({ name, pieces }) => {
        try {
          const { text, ms } = await exchange([name, pieces]);
          const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'none';
          if (!/^4\d\d$/.test(status)) failures.push(`${name}: ${status} ${text.slice(-300)}`);
          if (/\bat .+:\d+:\d+|node_modules|\/src\/|\/dist\/|safetensors/.test(text))
            failures.push(`${name}: tells of itself: ${text}`);
          if (ms > SECONDS * 1000 + SLACK_MS) failures.push(`${name}: ${ms} ms`);
        } catch (error) {
          failures.push(String(error));
        }
      }),
    );
    const { text } = await exchange(['honest', [request({ body: honest })]]);
    if (!text.endsWith(right)) failures.push(`after ${list[at].name}: an honest request was answered ${text}`);
  }
  expect(failures).toEqual([]);
  expect(serving.log).toEqual([]);
  // No job began, and nothing was written.
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(['data', 'jobs', 'secret.csv']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
