import { describe, expect, test } from 'vitest';
import { DataError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import { countingDecider, readingDecider, writingDecider } from './decisions.ts';
import { codeNumbers, freshTables, type MapTables, MOST_CODE, type NumberMap } from './number-map.ts';

/** Numbers that are alike where they are near each other, in channels that get smaller; now and then a large one. */
function drawMap(random: Random, channels: number, height: number, width: number): NumberMap {
  const values = new Int32Array(channels * height * width);
  for (let channel = 0, at = 0; channel < channels; channel++) {
    let level = 0;
    for (let place = 0; place < height * width; place++, at++) {
      level += random.normal();
      const size = (8 / (channel + 1)) * random.normal() + (channel === 0 ? level : 0);
      values[at] = random.uniform() < 0.003 ? Math.round(1e4 * random.normal()) : Math.round(size);
    }
  }
  return { values, channels, height, width };
}

function written(map: NumberMap, tables: MapTables): Uint8Array {
  const decider = writingDecider();
  codeNumbers({ ...map, values: map.values.slice() }, tables, decider, 'x');
  return decider.finish();
}

function read(bytes: Uint8Array, { channels, height, width }: NumberMap, tables: MapTables): NumberMap {
  const decider = readingDecider(bytes, 'x');
  const map = { values: new Int32Array(channels * height * width), channels, height, width };
  codeNumbers(map, tables, decider, 'x');
  decider.finish();
  return map;
}

const sizes = [
  [1, 1, 1],
  [3, 1, 9],
  [2, 7, 1],
  [6, 12, 10],
] as const;

test.each(sizes)('%i channels of %i×%i are read as they were written', (channels, height, width) => {
  const random = createRandom(height);
  const map = drawMap(random, channels, height, width);
  const order = Array.from(random.permutation(channels));
  for (const isPredicted of [false, true]) {
    const tables = { ...freshTables(channels), order, isPredicted: order.map(() => isPredicted) };
    expect(read(written(map, tables), map, tables).values).toEqual(map.values);
  }
});

test('the bits that are counted are those that are written', () => {
  const map = drawMap(createRandom(2), 4, 30, 40);
  const tables = freshTables(4);
  const decider = countingDecider();
  codeNumbers({ ...map, values: map.values.slice() }, tables, decider, 'x');
  expect(Math.abs((8 * written(map, tables).length) / decider.bits() - 1)).toBeLessThan(2e-3);
});

test('what was learned from other maps makes the next one shorter, and is not changed by it', () => {
  const random = createRandom(8);
  const fresh = freshTables(4);
  let learned = fresh;
  for (let map = 0; map < 6; map++) learned = codeNumbers(drawMap(random, 4, 20, 20), learned, countingDecider(), 'x');
  const map = drawMap(random, 4, 20, 20);
  const before = JSON.stringify(learned);
  expect(written(map, learned).length).toBeLessThan(0.97 * written(map, fresh).length);
  expect(JSON.stringify(learned)).toBe(before);
  expect(fresh.zero.met.every((count) => count === 0)).toBe(true);
});

test('what is alike in its neighbours takes less', () => {
  const random = createRandom(3);
  const numbers = (at: (place: number) => number): NumberMap => ({
    values: Int32Array.from({ length: 4096 }, (_, place) => at(place)),
    channels: 1,
    height: 64,
    width: 64,
  });
  // The same numbers: in one map the large ones are together.
  const values = Array.from({ length: 4096 }, (_, place) => Math.round((place < 1024 ? 6 : 0.4) * random.normal()));
  const order = random.permutation(4096);
  const tables = freshTables(1);
  const together = written(
    numbers((place) => values[place]),
    tables,
  ).length;
  expect(together).toBeLessThan(
    0.85 *
      written(
        numbers((place) => values[order[place]]),
        tables,
      ).length,
  );
});

describe('bounds', () => {
  test('the largest number there may be, and one beyond', () => {
    const of = (value: number): NumberMap => ({
      values: Int32Array.of(value, -value),
      channels: 1,
      height: 1,
      width: 2,
    });
    const tables = freshTables(1);
    const most = of(MOST_CODE - 1);
    expect(read(written(most, tables), most, tables).values).toEqual(most.values);
    expect(() => written(of(2 * MOST_CODE), tables)).toThrow(DataError);
  });

  test('random bytes are an error or numbers, and soon', () => {
    const random = createRandom(12);
    const map = drawMap(random, 3, 8, 8);
    const tables = freshTables(3);
    let errors = 0;
    for (let time = 0; time < 300; time++) {
      const bytes = Uint8Array.from({ length: 4 + random.integer(60) }, () => random.integer(256));
      bytes[0] &= 127;
      try {
        read(bytes, map, tables);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(250);
  });
});
