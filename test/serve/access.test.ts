/** Who may ask, how long, how much; and what the server tells of itself. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { request } from '../attacks/hostile.ts';
import { type Models, numbers, type Serving, type ServingOptions, startServing, trainModels } from './serving.ts';

let models: Models;
let open: Serving;
beforeAll(async () => {
  models = await trainModels();
  open = await startServing(models);
}, 60_000);
afterAll(() => open.close(1));

async function start(options: ServingOptions): Promise<Serving> {
  const serving = await startServing(models, options);
  onTestFinished(() => serving.close(1));
  return serving;
}

function score({ url }: Serving, headers: Record<string, string> = {}, rows = numbers(2)): Promise<Response> {
  return fetch(`${url}models/numbers/score`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ rows }),
  });
}

test('with keys, one of them is asked for, except for health', async () => {
  const serving = await start({ keys: ['first key', 'second'] });
  expect((await score(serving)).status).toBe(401);
  expect((await score(serving, { Authorization: 'Bearer third' })).status).toBe(401);
  expect((await score(serving, { Authorization: 'Bearer secon' })).status).toBe(401);
  expect((await score(serving, { 'X-API-Key': 'first key' })).status).toBe(200);
  expect((await score(serving, { Authorization: 'Bearer second' })).status).toBe(200);
  for (const path of ['models', 'models/numbers', 'metrics', 'openapi.json'])
    expect((await fetch(`${serving.url}${path}`)).status).toBe(401);
  expect(await (await fetch(`${serving.url}health`)).json()).toEqual({ status: 'ok', models: 3 });
  expect(JSON.stringify(serving.log)).not.toContain('key');
});

test('pages of other sites are refused, unless they were allowed; then the browser is told so', async () => {
  const site = 'https://app.example';
  expect((await score(open, { Origin: site })).status).toBe(403);
  const serving = await start({ origins: [site] });
  const answer = await score(serving, { Origin: site });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(site);
  const before = await fetch(`${serving.url}models/numbers/score`, { method: 'OPTIONS', headers: { Origin: site } });
  expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([204, site]);
  expect((await score(serving, { Origin: 'https://app.example.evil' })).status).toBe(403);
});

test('the document has every route, and every route answers', async () => {
  const document = (await (await fetch(`${open.url}openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, unknown>; operationId: string }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(told.sort()).toEqual(
    [
      'GET /health',
      'GET /metrics',
      'GET /models',
      'GET /models/{id}',
      'GET /openapi.json',
      ...['decode', 'detect', 'encode', 'generate', 'reconstruct', 'score', 'search'].map(
        (task) => `POST /models/{id}/${task}`,
      ),
    ].sort(),
  );
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  expect(new Set(ids).size).toBe(ids.length);
  for (const line of told) {
    const [method, path] = line.split(' ');
    // Without a body a POST is refused for that, not for the path.
    const { status } = await fetch(`${open.url}${path.replace('{id}', 'pictures').slice(1)}`, { method });
    // No detector is served here.
    const refusal = path.endsWith('/detect') ? 404 : 415;
    expect([line, status]).toEqual([line, method === 'GET' ? 200 : refusal]);
  }
});

test('counts go up by what was asked, under names that Prometheus reads', async () => {
  const serving = await start({});
  await score(serving);
  await score(serving);
  await score(serving, { Origin: 'null' });
  await fetch(`${serving.url}nothing/at/all`);
  const response = await fetch(`${serving.url}metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('autoencoder_requests_total{route="/models/:id/score",status="200"} 2');
  expect(lines).toContain('autoencoder_requests_total{route="/models/:id/score",status="403"} 1');
  expect(lines).toContain('autoencoder_requests_total{route="none",status="404"} 1');
  expect(lines).toContain('autoencoder_rows_total{model="numbers",task="score"} 4');
  expect(lines).toContain('autoencoder_request_seconds_bucket{route="/models/:id/score",le="+Inf"} 3');
  for (const line of lines.filter((text) => text !== ''))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+({([a-z]+="[^"]*",?)+})? [\d.e+-]+)$/);
});

test('more rows than allowed, or a longer JSON answer, are refused with what to do', async () => {
  const serving = await start({ limits: { rows: 5, jsonNumbers: 6 } });
  const tooMany = await score(serving, {}, numbers(6));
  expect(tooMany.status).toBe(413);
  expect(await tooMany.json()).toMatchObject({ error: { where: 'rows', got: '6' } });
  const long = await fetch(`${serving.url}models/numbers/reconstruct`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ rows: numbers(2) }),
  });
  expect(long.status).toBe(413);
  expect((await score(serving, {}, numbers(5))).status).toBe(200);
});

test('bodies in chunks are taken, many at a time; all together they are bounded', async () => {
  const serving = await start({ limits: { bodyBytes: 1 << 20, allBodyBytes: 2 << 20 } });
  const text = JSON.stringify({ rows: numbers(100) });
  const chunked = (pieces: readonly string[]): Promise<Response> =>
    fetch(`${serving.url}models/numbers/score`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()),
      duplex: 'half',
    } as RequestInit);
  const answers = await Promise.all(Array.from({ length: 20 }, () => chunked([text.slice(0, 100), text.slice(100)])));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));

  // Three that hold a megabyte each are one more than there is room for.
  const large = request({
    path: '/models/numbers/score',
    body: `${' '.repeat(1_000_000)}${text}`,
    headers: ['Content-Length: 1040000'],
  });
  const sockets = [0, 1].map(() => connect(serving.port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => {}).write(large.subarray(0, 900_000));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const third = await fetch(`${serving.url}models/numbers/score`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: `${text}${' '.repeat(1_000_000)}`,
  });
  expect(third.status).toBe(429);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await score(serving)).status).toBe(200);
});

test('told to end, the server answers what is under way and cuts who never finishes', async () => {
  const serving = await startServing(models, { limits: { seconds: 30 } });
  const bytes = request({ path: '/models/numbers/score', body: JSON.stringify({ rows: numbers(1) }) });
  const begin = (): { readonly end: () => void; readonly text: Promise<string> } => {
    const socket = connect(serving.port, '127.0.0.1');
    socket.write(bytes.subarray(0, -10));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    return {
      end: () => socket.write(bytes.subarray(-10)),
      text: new Promise((resolve) => socket.on('close', () => resolve(text))),
    };
  };
  const [honest, slow] = [begin(), begin()];
  await score(serving);
  const began = performance.now();
  const closed = serving.close(1);
  honest.end();
  expect(await honest.text).toMatch(/^HTTP\/1.1 200 OK/);
  expect(performance.now() - began).toBeLessThan(900);
  await closed;
  expect(await slow.text).not.toMatch(/ 200 OK/);
  expect(performance.now() - began).toBeLessThan(3000);
  await expect(score(serving)).rejects.toThrow();
});
