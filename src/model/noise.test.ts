import { describe, expect, test } from 'vitest';
import { constant } from '../graph/ops/input.ts';
import { evaluate } from '../graph/reference.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type Noise, noiseFrom } from './noise.ts';
import type { BatchPart } from './whole-batch.ts';

const key = constant([3_141_592_653, 271_828], [2], 'uint32');
const parts: readonly BatchPart[] = [
  { from: 0, rows: 2, count: 7 },
  { from: 2, rows: 2, count: 7 },
  { from: 4, rows: 3, count: 7 },
];
const numbers = (tensor: Tensor): number[] => [...evaluate([tensor], {})[0]];

describe('the parts of a batch get the numbers of the whole', () => {
  const draws: Readonly<Record<string, (noise: Noise, rows: number) => Tensor>> = {
    uniform: (noise, rows) => noise.uniform([rows, 3]),
    normal: (noise, rows) => noise.normal([rows, 3]),
    'an odd count of normal': (noise, rows) => noise.normal([rows]),
    gumbel: (noise, rows) => noise.gumbel([rows, 2, 2]),
  };
  test.each(Object.entries(draws))('%s, after other draws', (_, draw) => {
    const after = (noise: Noise, rows: number): Tensor => {
      noise.uniform([rows, 5]);
      noise.uniform([4], 'batch');
      noise.normal([rows]);
      return draw(noise, rows);
    };
    const whole = numbers(after(noiseFrom(key), 7));
    const joined = parts.flatMap((part) => numbers(after(noiseFrom(key, part), part.rows)));
    expect(joined).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
  });

  test('several times all rows', () => {
    const whole = numbers(noiseFrom(key).normal([2 * 7, 3]));
    for (const part of parts) {
      const own = numbers(noiseFrom(key, part).normal([2 * part.rows, 3]));
      const times = [0, 7].map((first) => whole.slice(3 * (first + part.from), 3 * (first + part.from + part.rows)));
      expect(own).toEqual(times.flat());
    }
  });

  test('what is drawn for the batch is the same for all', () => {
    for (const part of parts)
      expect(numbers(noiseFrom(key, part).uniform([5], 'batch'))).toEqual(numbers(noiseFrom(key).uniform([5])));
  });
});

test('rows that are none of the batch are refused', () => {
  expect(() => noiseFrom(key, parts[2]).uniform([4, 2])).toThrow('4 rows are no multiple of the 3');
});
