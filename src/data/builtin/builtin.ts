/** The data sets that are made rather than fetched. */
import type { Random } from '../../base/random.ts';
import type { ArraySource } from '../dataset.ts';
import { makeDigits } from './digits.ts';

export interface BuiltIn {
  readonly name: string;
  readonly description: string;
  readonly trainCount: number;
  readonly testCount: number;
  readonly shape: readonly number[];
  /** The first `count` examples of a sequence that `random` fixes. */
  readonly make: (count: number, random: Random) => ArraySource;
}

export const builtIns: readonly BuiltIn[] = [
  {
    name: 'digits',
    description: 'handwritten digits drawn from strokes, ten classes',
    trainCount: 60_000,
    testCount: 10_000,
    shape: [1, 28, 28],
    make: makeDigits,
  },
];
