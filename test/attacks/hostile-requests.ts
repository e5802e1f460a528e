/** Requests that no honest client makes, by families. */
import { type Hostile, honest, NPY, one, PNG, request } from './hostile.ts';
import { bodyRequests } from './hostile-bodies.ts';
import { jsonRequests } from './hostile-json.ts';

/** By what they try. */
export function hostileRequests(): Readonly<Record<string, readonly Hostile[]>> {
  return {
    'paths out of the folder': traversals(),
    'routes and methods that there are not': routes(),
    'JSON, malformed or of wrong values': jsonRequests(),
    'npy and PNG, malformed or of wrong values': bodyRequests(),
    'HTTP against its rules, and slow': protocol(),
    'hosts and pages of strangers': strangers(),
    'oversized bodies and wishes': oversized(),
    trainings: jobs(),
  };
}

function traversals(): Hostile[] {
  const ids = [
    '..',
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '%252e%252e%252fetc%252fpasswd',
    '..%5c..%5cwindows%5cwin.ini',
    '....//....//etc/passwd',
    '..%00',
    'pictures%00',
    'pictures%00.safetensors',
    'pictures%2f..%2fnumbers',
    'pictures/../../secret',
    '%c0%ae%c0%ae%c0%af',
    '%ff%fe',
    '%',
    '%zz',
    '%u002e%u002e',
    'pictures%0d%0aX-Injected:%201',
    'C:%5c',
    '~root',
    '%2fetc%2fpasswd',
    'file:%2f%2f%2fetc%2fpasswd',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    `${'a'.repeat(4000)}`,
    '*',
    '%20',
    'PICTURES',
    'pictures.safetensors',
    '%E2%80%AE',
  ];
  return ids.flatMap((id) => [
    one(`traversal, score of ${id.slice(0, 40)}`, { path: `/models/${id}/score`, body: honest }),
    one(`traversal, reading ${id.slice(0, 40)}`, { method: 'GET', path: `/models/${id}`, type: null }),
  ]);
}

function routes(): Hostile[] {
  const paths = [
    '/',
    '//',
    '/index.html',
    '/.env',
    '/.git/config',
    '/admin',
    '/models/',
    '/models//score',
    '/models/pictures/score/',
    '/models/pictures/delete',
    '/models/pictures/score/../../../etc/passwd',
    '/health/../../etc/passwd',
    '/openapi.json%00',
    '/static/../../package.json',
  ];
  const methods = ['PUT', 'DELETE', 'PATCH', 'GET', 'HEAD', 'PROPFIND', 'TRACE', 'LOCK'];
  return [
    ...paths.map((path) => one(`route ${path}`, { method: 'GET', path, type: null })),
    ...methods.map((method) => one(`method ${method}`, { method, type: null })),
    one('method POST where only GET is', { path: '/health', body: '{}' }),
    one('method POST on the document', { path: '/openapi.json', body: '{}' }),
    one('method DELETE of a model', { method: 'DELETE', path: '/models/pictures', type: null }),
  ];
}

function protocol(): Hostile[] {
  const plain = (...pieces: (string | Uint8Array)[]): readonly (string | Uint8Array)[] => pieces;
  const start = 'POST /models/pictures/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
  const list: [string, readonly (string | Uint8Array)[]][] = [
    ['no HTTP at all', plain('hello\r\n\r\n')],
    ['TLS', plain(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0))],
    ['HTTP/9', plain('GET /health HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n')],
    ['a space in the path', plain('GET /hea lth HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
    ['a header without a colon', plain('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nnonsense\r\n\r\n')],
    ['a header with a null byte', plain('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\u0000b\r\n\r\n')],
    ['headers too long', plain(`GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`)],
    ['too many headers', plain(`GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X: 1\r\n'.repeat(20_000)}\r\n`)],
    ['a path too long', plain(`GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)],
    ['two lengths', plain(`${start}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1}`)],
    ['a length and chunks', plain(`${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)],
    ['a negative length', plain(`${start}Content-Length: -1\r\n\r\n`)],
    ['a length that is no number', plain(`${start}Content-Length: 1e9\r\n\r\n`)],
    ['a length beyond 64 bits', plain(`${start}Content-Length: ${'9'.repeat(40)}\r\n\r\n`)],
    ['a chunk of no length', plain(`${start}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`)],
    ['a chunk of endless length', plain(`${start}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\n`)],
    ['an unknown transfer', plain(`${start}Transfer-Encoding: gzip\r\n\r\n`)],
    ['a slow body', plain(`${start}Content-Length: 100\r\n\r\n{"ro`)],
    ['a slow body in chunks', plain(`${start}Transfer-Encoding: chunked\r\n\r\n4\r\n{"ro\r\n`)],
    ['slow headers', plain('POST /models/pictures/score HTTP/1.1\r\nHo')],
    ['a body byte by byte', plain(`${start}Content-Length: 100\r\n\r\n`, '{', '"', 'r', 'o')],
    ['headers that never end', plain('GET /health HTTP/1.1\r\n', 'X-A: 1\r\n', 'X-B: 2\r\n')],
  ];
  return list.map(([name, pieces]) => ({ name: `protocol: ${name}`, pieces }));
}

function strangers(): Hostile[] {
  const hosts = [
    null,
    '',
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example#127.0.0.1',
    '127.0.0.1@evil.example',
    '169.254.169.254',
    '0.0.0.0',
    '[::]',
    '2130706433',
    '0x7f.1',
    '127.1',
    'a b',
    '127.0.0.1/../x',
  ];
  const origins = [
    'http://evil.example',
    'https://127.0.0.1',
    'http://127.0.0.1.evil.example',
    'http://localhost:1',
    'null',
    'file://',
    'chrome-extension://abc',
    'http://127.0.0.1, http://evil.example',
    'HTTP://EVIL.EXAMPLE',
  ];
  return [
    ...hosts.map((host) => one(`host ${host}`, { host, body: honest })),
    ...origins.map((origin) => one(`origin ${origin}`, { headers: [`Origin: ${origin}`], body: honest })),
    ...origins.slice(0, 4).map((origin) =>
      one(`preflight from ${origin}`, {
        method: 'OPTIONS',
        type: null,
        headers: [`Origin: ${origin}`, 'Access-Control-Request-Method: POST'],
      }),
    ),
    one('an absolute path to another site', { path: 'http://evil.example/models/pictures/score', body: honest }),
    one('an absolute path of another scheme', { path: 'file:///etc/passwd', method: 'GET', type: null }),
    one('another host forwarded', { host: 'evil.example', headers: ['X-Forwarded-Host: 127.0.0.1'], body: honest }),
  ];
}

function oversized(): Hostile[] {
  const start = 'POST /models/pictures/score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
  const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  return [
    { name: 'oversized: a length beyond the limit', pieces: [`${start}Content-Length: 99999999999\r\n\r\n`] },
    {
      name: 'oversized: a length just beyond the limit, with its body',
      pieces: [request({ body: ' '.repeat((1 << 20) + 1) })],
    },
    {
      name: 'oversized: chunks without end',
      pieces: [`${start}Transfer-Encoding: chunked\r\n\r\n`, ...Array.from({ length: 40 }, () => piece)],
    },
    ...[NPY, PNG].map((type) => one(`oversized: ${type}`, { type, body: new Uint8Array((1 << 20) + 1) })),
    one('oversized: for codes', { path: '/models/numbers/decode', body: ' '.repeat((1 << 20) + 1) }),
    one('oversized: for new examples', { path: '/models/numbers/generate', body: ' '.repeat((1 << 20) + 1) }),
  ];
}

function jobs(): Hostile[] {
  const names = [
    '../secret.csv',
    '..%2fsecret.csv',
    '/etc/passwd',
    '..\\secret.csv',
    'file:///etc/passwd',
    'digits\0',
    'digits/../../etc/passwd',
    './digits',
    '*',
    '*.csv',
    '-',
    '',
    'mnist',
    'http://127.0.0.1/x.csv',
    '\\\\server\\share',
    'CON',
    '__proto__',
    `${'a'.repeat(10_000)}`,
    '$(id)',
    '; id',
    'a.npz:../../x',
  ];
  const bodies: unknown[] = [
    {},
    [],
    null,
    { data: 1 },
    { data: null },
    { data: ['digits'] },
    { data: 'digits', out: '/etc' },
    { data: 'digits', folder: '../..' },
    { data: 'digits', options: 1 },
    { data: 'digits', options: { epochs: -1 } },
    { data: 'digits', options: { epochs: 'many' } },
    { data: 'digits', options: { kind: '../../x' } },
    { data: 'digits', options: { kind: '__proto__' } },
    { data: 'digits', options: { network: 'constructor' } },
    { data: 'digits', options: { hidden: [1e9] } },
    { data: 'digits', options: { hidden: Array(1000).fill(8) } },
    { data: 'digits', options: { latent: 1e9 } },
    { data: 'digits', options: { resume: '/etc' } },
    { data: 'digits', options: { out: '/etc' } },
    { data: 'digits', limit: 0 },
    { data: 'digits', limit: 1e308 },
    { data: 'digits', columns: 'a' },
  ];
  const ids = ['x', '..', '..%2f..', '%2e%2e%2f', 'job-000000000000', '__proto__', 'constructor', 'job-%00'];
  return [
    ...names.map((data) => one(`job on ${data.slice(0, 40)}`, { path: '/jobs', body: JSON.stringify({ data }) })),
    ...bodies.map((body, at) => one(`job ${at}`, { path: '/jobs', body: JSON.stringify(body) })),
    ...ids.flatMap((id) => [
      one(`job, reading ${id}`, { method: 'GET', path: `/jobs/${id}`, type: null }),
      one(`job, events of ${id}`, { method: 'GET', path: `/jobs/${id}/events`, type: null }),
      one(`job, stopping ${id}`, { method: 'DELETE', path: `/jobs/${id}`, type: null }),
      one(`job, resuming ${id}`, { path: `/jobs/${id}/resume`, type: null }),
    ]),
    one('job from a page of another site', {
      path: '/jobs',
      headers: ['Origin: http://evil.example'],
      body: '{"data":"digits"}',
    }),
    one('job in a form of another site', { path: '/jobs', type: 'text/plain', body: '{"data":"digits"}' }),
  ];
}
