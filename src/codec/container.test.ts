import { describe, expect, test } from 'vitest';
import { crc32 } from '../base/crc32.ts';
import { DataError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { type AecFile, decodeAec, encodeAec, LONGEST_SIDE } from './container.ts';

const file: AecFile = {
  mode: 'lossy',
  quality: 4,
  channels: 3,
  width: 768,
  height: 512,
  fingerprint: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  payloads: [Uint8Array.of(9, 8, 7, 6), Uint8Array.of(), Uint8Array.of(5)],
};
const bytes = encodeAec(file);

/** Bytes with a right checksum, whatever they say. */
function sealed(change: (bytes: Uint8Array, view: DataView) => void, from = bytes): Uint8Array {
  const changed = from.slice();
  const view = new DataView(changed.buffer);
  change(changed, view);
  view.setUint32(changed.length - 4, crc32(changed.subarray(0, changed.length - 4)));
  return changed;
}

test('CRC-32 of the known text', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('what is written is read', () => {
  expect(decodeAec(bytes, 'x')).toEqual(file);
  const large: AecFile = { ...file, mode: 'lossless', channels: 1, width: LONGEST_SIDE, height: 1, payloads: [] };
  expect(decodeAec(encodeAec(large), 'x')).toEqual(large);
  // Bytes that lie within others.
  const within = new Uint8Array(bytes.length + 10);
  within.set(bytes, 5);
  expect(decodeAec(within.subarray(5, 5 + bytes.length), 'x')).toEqual(file);
});

test('the bytes of docs/codec.md', () => {
  expect(Buffer.from(bytes).toString('hex')).toMatchInlineSnapshot(
    `"8941454301000403000003000000020001020304050607080300000004090807060000000000000001053bd6f1fe"`,
  );
});

describe('every malformation has its error', () => {
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'a file written by autoencoder compress'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'another beginning'],
    ['a beginning alone', bytes.subarray(0, 12), 'at least 29 bytes, got 12'],
    ['cut short', bytes.subarray(0, bytes.length - 1), 'cut short or altered'],
    ['a bit flipped', bytes.map((byte, at) => (at === 30 ? byte ^ 4 : byte)), 'bytes with the checksum'],
    ['something behind', Uint8Array.of(...bytes, 0), 'cut short or altered'],
    ['a later version', sealed((b) => b.fill(2, 4, 5)), 'version 1 of the format, got version 2'],
    ['another mode', sealed((b) => b.fill(7, 5, 6)), 'a mode below 3, got 7'],
    ['quality 0', sealed((b) => b.fill(0, 6, 7)), 'a quality from 1 to 8, got 0'],
    ['quality 9', sealed((b) => b.fill(9, 6, 7)), 'a quality from 1 to 8, got 9'],
    ['two channels', sealed((b) => b.fill(2, 7, 8)), '1 or 3 channels, got 2'],
    ['no width', sealed((_, view) => view.setUint32(8, 0)), 'at most 65535 pixels a side'],
    ['a huge picture', sealed((_, view) => view.setUint32(12, 0xffffffff)), '768×4294967295'],
    [
      'too many pixels',
      sealed((_, view) => {
        view.setUint32(8, 60_000);
        view.setUint32(12, 60_000);
      }),
      '268435456 in all',
    ],
    ['a part beyond the end', sealed((_, view) => view.setUint32(25, 4000)), 'part 1 of 3 within the file'],
    ['a part more', sealed((b) => b.fill(4, 24, 25)), 'part 4 of 4 within the file'],
    ['a part less', sealed((b) => b.fill(2, 24, 25)), '5 bytes that belong to none'],
  ])('%s', (_, given, message) => {
    expect(() => decodeAec(given, 'x.aec')).toThrow(DataError);
    expect(() => decodeAec(given, 'x.aec')).toThrow(message);
    expect(() => decodeAec(given, 'x.aec')).toThrow(/^x\.aec: expected /);
  });
});

test('no alteration of a few bytes goes unnoticed', () => {
  const random = createRandom(2);
  for (let time = 0; time < 3000; time++) {
    const altered = bytes.slice();
    for (let change = 0; change <= random.integer(3); change++)
      altered[random.integer(altered.length)] ^= 1 + random.integer(255);
    if (altered.every((byte, at) => byte === bytes[at])) continue;
    expect(() => decodeAec(altered, 'x')).toThrow(DataError);
  }
});
