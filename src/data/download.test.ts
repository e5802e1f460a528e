import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InterruptedError } from '../base/errors.ts';
import { downloadSet } from './download.ts';
import type { FetchedSet } from './fetched.ts';

const content = Buffer.from('the numbers themselves '.repeat(100));
const packed = gzipSync(content);
let server: Server;
let base = '';
let root = '';
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    if (request.url?.startsWith('/good/')) response.end(packed);
    else if (request.url?.startsWith('/altered/')) response.end(gzipSync(content.subarray(1)));
    else if (request.url?.startsWith('/bomb/')) response.end(gzipSync(Buffer.alloc(5_000_000)));
    else if (request.url?.startsWith('/endless/')) response.write('x');
    else if (request.url?.startsWith('/cut/')) {
      response.writeHead(200, { 'content-length': packed.length });
      response.write(packed.subarray(0, 10), () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  root = await mkdtemp(join(tmpdir(), 'download-'));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

const setFrom = (...parts: string[]): FetchedSet => ({
  name: 'toy',
  description: '',
  trainCount: 1,
  testCount: 0,
  shape: [1],
  sources: parts.map((part) => `${base}/${part}/`),
  files: [{ file: 'a.gz', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }],
});

test('a file is fetched once, from the first source that gives the right bytes', async () => {
  const folder = join(root, 'first');
  const seen: number[] = [];
  const set = setFrom('missing', 'altered', 'bomb', 'cut', 'good');
  await downloadSet(set, folder, undefined, ({ done }) => seen.push(done));
  expect(await readFile(join(folder, 'a.gz'))).toEqual(packed);
  expect(seen.at(-1)).toBe(packed.length);
  const before = requests;
  await downloadSet(set, folder);
  expect(requests).toBe(before);
  expect(await readdir(folder)).toEqual(['a.gz']);
});

test('when no source helps, the message says what each said and where to put the files', async () => {
  const folder = join(root, 'second');
  const failure = downloadSet(setFrom('missing', 'altered'), folder);
  await expect(failure).rejects.toThrow(
    /data set "toy": expected to fetch a.gz, got .*missing\/a.gz: status 404.*altered\/a.gz: SHA-256/,
  );
  await expect(failure).rejects.toThrow(`put the files a.gz into ${folder}`);
  expect(await readdir(folder)).toEqual([]);
});

test('a closed network is named', async () => {
  const set = { ...setFrom(), sources: ['http://127.0.0.1:1/'] };
  await expect(downloadSet(set, join(root, 'third'))).rejects.toThrow(
    /127.0.0.1:1\/a.gz: .+ check the network, or put the files/,
  );
});

test('an interruption ends it and leaves nothing', async () => {
  const controller = new AbortController();
  const folder = join(root, 'fourth');
  const running = downloadSet(setFrom('endless', 'good'), folder, controller.signal, () => controller.abort());
  await expect(running).rejects.toThrow(InterruptedError);
  expect(await readdir(folder)).toEqual([]);
});
