/** JSON that is none, of the wrong shape, or of the wrong values. */
import { type Hostile, honest, one, row } from './hostile.ts';

export function jsonRequests(): Hostile[] {
  return [...malformedJson(), ...wrongJson(), ...wrongTasks(), ...polluted()];
}

function malformedJson(): Hostile[] {
  const bodies = [
    '',
    ' ',
    '{',
    '}',
    '{"rows"',
    '{"rows":[[1,2',
    `${honest}}`,
    `${honest}garbage`,
    "{'rows':[[1]]}",
    '{rows:[[1]]}',
    '{"rows":[[NaN]]}',
    '{"rows":[[Infinity]]}',
    '{"rows":[[-Infinity]]}',
    '{"rows":[[0x10]]}',
    '{"rows":[[01]]}',
    '{"rows":[[1,]]}',
    '{"rows":[[1]],}',
    '{"rows":undefined}',
    '<xml/>',
    'rows=1',
    '\ufeff{"rows":',
    '\u0000',
    '[[[[',
    '/* */{}',
    `${'['.repeat(200_000)}`,
    `${'{"a":'.repeat(100_000)}`,
  ];
  return [
    ...bodies.map((body, at) => one(`malformed JSON ${at}: ${body.slice(0, 24)}`, { body })),
    one('malformed JSON: not UTF-8', { body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) }),
    one('malformed JSON: half a sign', { body: Uint8Array.of(0x22, 0xe2, 0x82, 0x22) }),
    one('malformed JSON: UTF-16', { body: Buffer.from(honest, 'utf16le') }),
  ];
}

function wrongJson(): Hostile[] {
  const with30 = (value: unknown): unknown => ({ rows: [[value, ...row.slice(1)]] });
  const bodies: unknown[] = [
    null,
    true,
    1,
    'rows',
    [],
    {},
    [[1]],
    { rows: null },
    { rows: [] },
    { rows: {} },
    { rows: 'x' },
    { rows: [null] },
    { rows: [1] },
    { rows: ['a'] },
    { rows: [[]] },
    { rows: [{}] },
    { rows: [row.slice(1)] },
    { rows: [[...row, 1]] },
    { rows: [row, row.slice(1)] },
    { rows: [row, null] },
    { rows: [row], more: 1 },
    { rows: [row], labels: 'cat' },
    { rows: [row], labels: [1] },
    { rows: [row], labels: ['a', 'b'] },
    { row: [row] },
    with30('1'),
    with30(null),
    with30(true),
    with30([1]),
    with30({}),
    with30(1.5),
    with30(-1),
    with30(256),
    with30(1e300),
    with30(Number.MAX_SAFE_INTEGER),
    { rows: [Array.from({ length: 31 }, () => [])] },
  ];
  const raw = ['{"rows":[[1e999]]}', '{"rows":[[-1e999]]}', `{"rows":[[1e999,${row.slice(1)}]]}`];
  const deep = (depth: number): string => `{"rows":[${'['.repeat(depth)}${']'.repeat(depth)}]}`;
  return [
    ...bodies.map((body, at) => one(`wrong JSON ${at}`, { body: JSON.stringify(body) })),
    ...raw.map((body) => one(`wrong JSON ${body.slice(0, 24)}`, { body })),
    one('wrong JSON, 1000 deep', { body: deep(1000) }),
    one('wrong JSON, 200 000 deep', { body: deep(200_000) }),
    one('wrong JSON, a million empty rows', { body: `{"rows":[${'[],'.repeat(1_000_000)}[]]}` }),
    one('wrong JSON, numbers that float32 cannot hold', {
      path: '/models/numbers/score',
      body: '{"rows":[[1e300,0,0,0]]}',
    }),
    one('wrong JSON, too many rows', {
      path: '/models/numbers/score',
      body: `{"rows":[${'[1,2,3,4],'.repeat(2000)}[1,2,3,4]]}`,
    }),
    one('wrong JSON, a missing number where none was in training', {
      path: '/models/numbers/score',
      body: '{"rows":[[null,0,0,0]]}',
    }),
  ];
}

function wrongTasks(): Hostile[] {
  const generate = [
    {},
    { count: 0 },
    { count: -1 },
    { count: 1.5 },
    { count: '5' },
    { count: 1e9 },
    { count: 1e308 },
    { count: 1, seed: -1 },
    { count: 1, seed: 0.5 },
    { count: 1, seed: 2 ** 53 },
    { count: 1, truncation: 0 },
    { count: 1, truncation: 2 },
    { count: 1, label: 'cat' },
    { count: 1, label: 'x'.repeat(100_000) },
    { count: 1, other: 1 },
  ];
  const decode = [
    {},
    { codes: [] },
    { codes: [[1]] },
    { codes: [[1, 2, 3]] },
    { codes: [['1', 2]] },
    { codes: [[null, 2]] },
    { codes: [[1, 1e39]] },
    { codes: 'x' },
    { codes: [[1, 2]], label: 'cat' },
  ];
  const table = [
    { rows: [[1, 'Bern']] },
    { rows: [{ age: 1 }] },
    { rows: [{ age: 1, city: 'Bern', more: 1 }] },
    { rows: [{ age: '1', city: 'Bern' }] },
    { rows: [{ age: 1, city: {} }] },
    { rows: [{ age: 1e300, city: 'Bern' }] },
    { rows: [{ age: 1, city: true }] },
  ];
  const search = [
    { rows: [row], top: 0 },
    { rows: [row], top: 1e9 },
    { rows: [row], top: 'x' },
  ];
  const posts = (task: string, bodies: readonly unknown[]): Hostile[] =>
    bodies.map((body, at) => one(`${task} ${at}`, { path: `/models/${task}`, body: JSON.stringify(body) }));
  return [
    ...posts('numbers/generate', generate),
    ...posts('numbers/decode', decode),
    ...posts('table/score', table),
    ...posts('pictures/search', search),
    ...posts('numbers/search', [{ rows: [[1, 2, 3, 4]] }]),
    ...posts('pictures/generate', [{ count: 1 }]),
  ];
}

function polluted(): Hostile[] {
  const bodies = [
    `{"__proto__":{"rows":[[1]]}}`,
    `{"rows":[${JSON.stringify(row)}],"__proto__":{"admin":true}}`,
    `{"constructor":{"prototype":{"rows":1}}}`,
    `{"rows":[{"__proto__":{"age":1,"city":"Bern"}}]}`,
    `{"rows":[{"age":1,"city":"Bern","__proto__":{"polluted":1}}]}`,
    `{"rows":[{"age":1,"city":"Bern","constructor":1}]}`,
    `{"rows":[{"age":1,"hasOwnProperty":"Bern"}]}`,
    `{"rows":{"length":1,"0":[1]}}`,
  ];
  return bodies.map((body) => one(`pollution ${body.slice(0, 40)}`, { path: '/models/table/score', body }));
}
