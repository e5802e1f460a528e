/** Binary bodies that are damaged, lie about their size, or are not what they say. */
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { crc32 } from '../../src/base/crc32.ts';
import { encodeNpy } from '../../src/data/formats/npy.ts';
import { type Hostile, honest, NPY, one, PNG, row } from './hostile.ts';

export function bodyRequests(): Hostile[] {
  return [...npyBodies(), ...pngBodies(), ...mediaTypes()];
}

/** An .npy with a header of one's own. */
function npy(header: string, data: Uint8Array = new Uint8Array(0), headerLength = header.length): Uint8Array {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerLength & 255, (headerLength >> 8) & 255];
  return Buffer.concat([Uint8Array.from(magic), Buffer.from(header, 'latin1'), data]);
}

function npyBodies(): Hostile[] {
  const header = (shape: string, type = '<f4', order = 'False'): string =>
    `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const good = encodeNpy(Uint8Array.from(row), [1, 30]);
  const bodies: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(0x93)],
    ['the magic alone', good.slice(0, 8)],
    ['cut in the header', good.slice(0, 40)],
    ['cut in the numbers', good.slice(0, -1)],
    ['a byte too many', Buffer.concat([good, Uint8Array.of(0)])],
    ['a zip', Buffer.from('PK\u0003\u0004')],
    ['a pickle', Buffer.from('\u0080\u0004\u0095cos\nsystem\n(S"id"\ntR.')],
    ['version 9', Buffer.concat([good.slice(0, 6), Uint8Array.of(9), good.slice(7)])],
    ['a header longer than the file', npy('{}', new Uint8Array(0), 65_535)],
    ['an empty header', npy('')],
    ['objects', npy(header('(1,30)', '|O'), new Uint8Array(240))],
    ['texts', npy(header('(1,30)', '<U1'), new Uint8Array(120))],
    ['complex numbers', npy(header('(1,30)', '<c8'), new Uint8Array(240))],
    ['huge dimensions', npy(header('(999999999, 999999999, 999999999)'))],
    ['dimensions beyond doubles', npy(header(`(${'9'.repeat(400)}, 2)`))],
    ['dimensions that wrap to 0', npy(header('(4294967296, 4294967296)'))],
    ['many dimensions', npy(header(`(${'1, '.repeat(10_000)})`), new Uint8Array(4))],
    ['no dimensions', npy(header('()'), new Uint8Array(4))],
    ['no rows', npy(header('(0, 30)'))],
    ['no columns', npy(header('(5, 0)'))],
    ['negative dimensions', npy(header('(-1, 30)'), new Uint8Array(120))],
    ['another width', encodeNpy(new Uint8Array(31), [1, 31])],
    ['another shape', encodeNpy(new Uint8Array(30), [1, 1, 5, 6])],
    ['floats in pixels', encodeNpy(new Float32Array(30).fill(0.5), [1, 30])],
    ['NaN', encodeNpy(new Float32Array(30).fill(Number.NaN), [1, 30])],
    ['infinity', encodeNpy(new Float32Array(30).fill(Infinity), [1, 30])],
    ['too many rows', encodeNpy(new Uint8Array(2000 * 30), [2000, 30])],
    ['code in the header', npy("{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1, 30), }")],
    ['column-major with huge dimensions', npy(header('(99999999, 99999999)', '<f8', 'True'))],
  ];
  return [
    ...bodies.map(([name, body]) => one(`npy: ${name}`, { type: NPY, body })),
    one('npy: NaN for a model of numbers', {
      path: '/models/numbers/score',
      type: NPY,
      body: encodeNpy(new Float32Array(4).fill(Number.NaN), [1, 4]),
    }),
    one('npy: for a table with texts', {
      path: '/models/table/score',
      type: NPY,
      body: encodeNpy(new Float32Array(2), [1, 2]),
    }),
    one('npy: codes of another width', {
      path: '/models/numbers/decode',
      type: NPY,
      body: encodeNpy(new Float32Array(3), [1, 3]),
    }),
    one('npy: codes of bytes in pictures', {
      path: '/models/numbers/decode',
      type: NPY,
      body: encodeNpy(new Uint8Array(8), [1, 2, 2, 2]),
    }),
  ];
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(typed) >>> 0);
  return Buffer.concat([length, typed, sum]);
}

function png(width: number, height: number, packed: Uint8Array, [depth, colour, lace] = [8, 0, 0]): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, lace], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', packed), chunk('IEND', new Uint8Array(0))]);
}

function pngBodies(): Hostile[] {
  const good = encode({ width: 5, height: 6, data: new Uint8Array(30).fill(7), channels: 1 });
  const altered = (at: number, value: number): Uint8Array => good.map((byte, i) => (i === at ? value : byte));
  const pixels = deflateSync(new Uint8Array(36));
  const bomb = deflateSync(new Uint8Array(64 << 20));
  const bodies: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['the signature alone', good.slice(0, 8)],
    ['cut in the head', good.slice(0, 20)],
    ['cut in the pixels', good.slice(0, -20)],
    ['cut before the end', good.slice(0, -1)],
    ['without an end', good.slice(0, -12)],
    ['another signature', altered(0, 0x88)],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)],
    ['a GIF', Buffer.from('GIF89a')],
    ['an SVG with a script', Buffer.from('<svg><script>alert(1)</script></svg>')],
    ['a head with a wrong sum', altered(29, good[29] ^ 1)],
    ['pixels with a wrong sum', altered(good.length - 14, good[good.length - 14] ^ 1)],
    ['pixels altered', altered(43, good[43] ^ 0xff)],
    ['a piece that is longer than the file', altered(33, 0x7f)],
    ['of another size', encode({ width: 6, height: 5, data: new Uint8Array(30), channels: 1 })],
    ['of no size', png(0, 0, pixels)],
    ['of a huge size', png(2 ** 31 - 1, 2 ** 31 - 1, pixels)],
    ['of a negative size', png(0xffffffff, 6, pixels)],
    ['a bomb of the right size', png(5, 6, bomb)],
    ['a bomb that is interlaced', png(5, 6, bomb, [8, 0, 1])],
    ['a bomb of a huge size', png(100_000, 100_000, bomb)],
    ['too few pixels', png(5, 6, deflateSync(new Uint8Array(12)))],
    ['pixels that are not packed', png(5, 6, new Uint8Array(36))],
    ['no pixels', png(5, 6, new Uint8Array(0))],
    ['an unknown filter', png(5, 6, deflateSync(new Uint8Array(36).fill(9)))],
    ['an unknown depth', png(5, 6, pixels, [7, 0, 0])],
    ['an unknown kind of colour', png(5, 6, pixels, [8, 5, 0])],
    ['an unknown lacing', png(5, 6, pixels, [8, 0, 7])],
    ['a palette that is not there', png(5, 6, pixels, [8, 3, 0])],
    ['colour', encode({ width: 5, height: 6, data: Uint8Array.from({ length: 90 }, (_, i) => i), channels: 3 })],
  ];
  return [
    ...bodies.map(([name, body]) => one(`png: ${name}`, { type: PNG, body })),
    one('png for a model of numbers', { path: '/models/numbers/score', type: PNG, body: good }),
    one('png for codes', { path: '/models/numbers/decode', type: PNG, body: good }),
  ];
}

function mediaTypes(): Hostile[] {
  const types = [
    '',
    'text/plain',
    'text/html',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/x-python-pickle',
    'image/svg+xml',
    'image/jpeg',
    '*/*',
    'application/jsonp',
    'application/json5',
    'a'.repeat(5000),
  ];
  return [
    ...types.map((type) => one(`type ${type.slice(0, 40)}`, { type, body: honest })),
    one('no type', { type: null, body: honest }),
    one('two types', { type: 'text/plain, application/json', body: honest }),
    one('packed', { headers: ['Content-Encoding: gzip'], body: honest }),
    one('packed twice', { headers: ['Content-Encoding: gzip, br'], body: honest }),
  ];
}
