/** The data sets that are made rather than fetched. */
import type { Random } from '../../base/random.ts';
import type { ArraySource, Column } from '../dataset.ts';
import { makeDigits } from './digits.ts';
import { makePortraits } from './portraits.ts';
import { makeRatings } from './ratings.ts';
import { makeSensors } from './sensors.ts';
import { makeSentences } from './sentences.ts';
import { makeTextures } from './textures.ts';
import { makeWaves } from './waves.ts';

interface Named {
  readonly name: string;
  readonly description: string;
  readonly trainCount: number;
  readonly testCount: number;
}

interface BuiltInArray extends Named {
  readonly form: 'array';
  readonly shape: readonly number[];
  /** The first `count` examples of a sequence that `random` fixes. */
  readonly make: (count: number, random: Random) => ArraySource;
}

export interface BuiltInTable extends Named {
  readonly form: 'table';
  readonly columns: readonly string[];
  /** The column of classes and their names; it and the time are not learned from unless they are asked for by name. */
  readonly label?: { readonly column: string; readonly names: readonly string[] };
  /** The column that orders the rows. */
  readonly time?: string;
  /** All columns of all rows of a part; the same `random` for both. */
  readonly make: (part: 'train' | 'test', random: Random) => readonly Column[];
}

export type BuiltIn = BuiltInArray | BuiltInTable;

export const builtIns: readonly BuiltIn[] = [
  {
    form: 'array',
    name: 'digits',
    description: 'handwritten digits drawn from strokes, ten classes',
    trainCount: 60_000,
    testCount: 10_000,
    shape: [1, 28, 28],
    make: makeDigits,
  },
  {
    form: 'array',
    name: 'textures',
    description:
      'grey pictures of surfaces: stripes, wood, clouds, bricks, leaves, shades, and two of them side by side',
    trainCount: 4000,
    testCount: 500,
    shape: [1, 64, 64],
    make: makeTextures,
  },
  {
    form: 'array',
    name: 'portraits',
    description: 'drawn faces of two people in all poses, moods and lights',
    trainCount: 3000,
    testCount: 400,
    shape: [3, 48, 48],
    make: makePortraits,
  },
  {
    form: 'table',
    name: 'sensors',
    description: 'the log of a pump every ten seconds; the test part has stretches of faults',
    trainCount: 4000,
    testCount: 2000,
    columns: ['time', 'speed', 'flow', 'pressure', 'current', 'temperature', 'coolant', 'vibration', 'mode', 'state'],
    label: { column: 'state', names: ['normal', 'fault'] },
    time: 'time',
    make: makeSensors,
  },
  {
    form: 'table',
    name: 'waves',
    description: 'three series by the hour with days, weeks and a trend; the test part comes after',
    trainCount: 4000,
    testCount: 1000,
    columns: ['time', 'temperature', 'demand', 'price'],
    time: 'time',
    make: makeWaves,
  },
  {
    form: 'table',
    name: 'ratings',
    description: 'what 600 people think of 400 items, one to five',
    trainCount: 32_000,
    testCount: 8000,
    columns: ['user', 'item', 'rating'],
    make: makeRatings,
  },
  {
    form: 'table',
    name: 'sentences',
    description: 'short English sentences and their French translations',
    trainCount: 8000,
    testCount: 500,
    columns: ['text', 'translation'],
    make: makeSentences,
  },
];
