import { describe, expect, test } from 'vitest';
import { DataError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import { MOST_BITS, ransReader, ransWriter } from './rans.ts';

interface Slot {
  readonly start: number;
  readonly frequency: number;
  readonly bits: number;
}

/** Frequencies of `symbols`, each at least 1, that add up to 2^bits. */
function drawTable(random: Random, symbols: number, bits: number): Slot[] {
  const room = 2 ** bits - symbols;
  const cuts = Array.from({ length: symbols - 1 }, () => random.integer(room + 1)).sort((a, b) => a - b);
  let start = 0;
  return [...cuts, room].map((end, at) => {
    const frequency = end - (at === 0 ? 0 : cuts[at - 1]) + 1;
    const slot = { start, frequency, bits };
    start += frequency;
    return slot;
  });
}

/** A symbol of a table by its chances. */
function draw(random: Random, table: readonly Slot[]): Slot {
  const place = random.integer(2 ** table[0].bits);
  return table.findLast(({ start }) => start <= place) ?? table[0];
}

function written(slots: readonly Slot[]): Uint8Array {
  const writer = ransWriter();
  for (const { start, frequency, bits } of slots) writer.put(start, frequency, bits);
  return writer.finish();
}

/** What `wanted` says is read where the bytes are those of the slots. */
function readAll(bytes: Uint8Array, wanted: readonly Slot[]): boolean {
  const reader = ransReader(bytes, 'x');
  const isSame = wanted.every(({ start, frequency, bits }) => {
    const place = reader.peek(bits);
    if (place < start || place >= start + frequency) return false;
    reader.take(start, frequency, bits);
    return true;
  });
  if (isSame) reader.finish();
  return isSame;
}

describe('what is written is read', () => {
  test.each([2, 3, 17, 256])('of tables of %i symbols, of any precision by turns', (symbols) => {
    const random = createRandom(symbols);
    const tables = [8, 9, 12, 14, MOST_BITS].map((bits) => drawTable(random, symbols, bits));
    for (const count of [0, 1, 2, 5000]) {
      const slots = Array.from({ length: count }, (_, at) => draw(random, tables[at % tables.length]));
      expect(readAll(written(slots), slots)).toBe(true);
    }
  });

  test('the whole range is a slot that takes nothing, and the least one takes its bits', () => {
    const nothing = Array.from({ length: 10_000 }, () => ({ start: 0, frequency: 2 ** 16, bits: 16 }));
    expect(readAll(written(nothing), nothing)).toBe(true);
    expect(written(nothing)).toHaveLength(4);
    const rare = Array.from({ length: 1000 }, (_, at) => ({ start: (at * 77) % 65_536, frequency: 1, bits: 16 }));
    expect(readAll(written(rare), rare)).toBe(true);
    expect(written(rare).length).toBeLessThanOrEqual(2000 + 4);
  });
});

test('the bytes are as many as the entropy says, within a thousandth', () => {
  const random = createRandom(4);
  for (const symbols of [2, 5, 60]) {
    const table = drawTable(random, symbols, 14);
    const slots = Array.from({ length: 200_000 }, () => draw(random, table));
    const bits = slots.reduce((sum, { frequency }) => sum - Math.log2(frequency / 2 ** 14), 0);
    expect(Math.abs((8 * written(slots).length) / bits - 1)).toBeLessThan(1e-3);
  }
});

test('the same slots are the same bytes: those that files were written with', () => {
  const bytes = written([
    { start: 0, frequency: 3, bits: 4 },
    { start: 3, frequency: 13, bits: 4 },
    { start: 40_000, frequency: 1, bits: 16 },
    { start: 1, frequency: 1, bits: 1 },
    { start: 100, frequency: 9, bits: 8 },
  ]);
  expect([...bytes]).toMatchInlineSnapshot(`
    [
      0,
      186,
      181,
      50,
      101,
      198,
      211,
    ]
  `);
});

describe('bytes that no writer has written', () => {
  const random = createRandom(9);
  const table = drawTable(random, 20, 12);
  const slots = Array.from({ length: 400 }, () => draw(random, table));
  const bytes = written(slots);

  test('an end too early, bytes left over, another beginning', () => {
    expect(() => readAll(bytes.subarray(0, bytes.length - 1), slots)).toThrow(DataError);
    expect(() => readAll(Uint8Array.of(...bytes, 0), slots)).toThrow('more than they were to hold');
    expect(() => ransReader(Uint8Array.of(0, 0, 1), 'x')).toThrow('another beginning');
    expect(() => ransReader(Uint8Array.of(255, 0, 0, 0), 'x')).toThrow('another beginning');
  });

  test('an altered byte is other slots, or an error', () => {
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at] ^= 1 << random.integer(8);
      let isSame = false;
      try {
        isSame = readAll(altered, slots);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
      expect(isSame).toBe(false);
    }
  });
});
