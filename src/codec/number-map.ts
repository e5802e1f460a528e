/**
 * Maps of whole numbers, such as the rounded code of a picture, decision by decision: is it zero, is it negative, is it more than 1, 2, …
 *
 * Each decision's chance comes from what is coded already: how large the neighbours in the same channel are, and how much the channels
 * before have at this place. So a hyperprior's work (Ballé et al. 2018) is done by counting, in whole numbers.
 */
import { DataError } from '../base/errors.ts';
import type { Decider } from './decisions.ts';
import { copyState, freshState, type Mixture, type MixtureState, makeMixture } from './mixture.ts';

/** Whole numbers `[channels, height, width]`. */
export interface NumberMap {
  readonly values: Int32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** How maps of so many channels are coded: what a model keeps of the maps it learned from. */
export interface MapTables {
  /** Channels in the order in which they are coded. */
  readonly order: readonly number[];
  /** Whether what is coded of a channel is how it differs from its neighbours. */
  readonly isPredicted: readonly boolean[];
  readonly zero: MixtureState;
  readonly sign: MixtureState;
  readonly size: MixtureState;
}

/** Numbers beyond are none of a code's. */
export const MOST_CODE = 2 ** 20;

/** Sizes of neighbours, of what is before, told apart. */
const NEAR = 12;
const BEFORE = 12;
const ZERO_INPUTS = 7;
const SIGN_INPUTS = 2;
const SIZE_INPUTS = 4;
/** Sizes coded step by step; what is beyond takes as many steps as it has binary digits. */
const STEPS = 18;
const DIGITS = 21;
const SIZE_KINDS = STEPS + DIGITS;

/** Rows up and columns aside, the nearest first: which of them are none is a context, too. */
const NEIGHBOURS = [
  [0, -1],
  [1, 0],
  [1, -1],
  [1, 1],
  [0, -2],
  [2, 0],
  [1, -2],
  [1, 2],
  [2, -1],
  [2, 1],
  [2, -2],
  [2, 2],
] as const;

/** Where there are few channels, as in pictures of two values, more neighbours are looked at. */
function patternsOf(channels: number): number {
  return channels <= 3 ? 2 ** NEIGHBOURS.length : 2 ** 6;
}

export function freshTables(channels: number): MapTables {
  const zeroContexts = channels * (NEAR + 16 + BEFORE + 36 + patternsOf(channels)) + NEAR * BEFORE * 2;
  const sizeContexts = SIZE_KINDS * (channels + NEAR + BEFORE) + channels * 36;
  return {
    order: Array.from({ length: channels }, (_, channel) => channel),
    isPredicted: Array.from({ length: channels }, () => false),
    zero: freshState(zeroContexts, channels, ZERO_INPUTS),
    sign: freshState(channels * 9 + 27, 1, SIGN_INPUTS),
    size: freshState(sizeContexts, SIZE_KINDS, SIZE_INPUTS),
  };
}

/**
 * Codes `map` with `decider`, or, when that reads, fills its values; learns on the way, from `tables` on, which stay as they are.
 *
 * @throws DataError for numbers of `MOST_CODE` or more, or damaged bytes.
 */
export function codeNumbers(map: NumberMap, tables: MapTables, decider: Decider, where: string): MapTables {
  const learned: MapTables = {
    ...tables,
    zero: copyState(tables.zero),
    sign: copyState(tables.sign),
    size: copyState(tables.size),
  };
  const coder = numberCoder(map.channels, learned, decider, where);
  const { height, width } = map;
  const area = height * width;
  const wide = width + 4;
  // What is coded of this channel, with a frame of zeros: two above, left and right, one below.
  const coded = new Int32Array((height + 3) * wide);
  // How much the channels so far have at each place, the last ones most.
  const before = new Int32Array(coded.length);
  for (const channel of tables.order) {
    const values = map.values.subarray(channel * area, (channel + 1) * area);
    const isPredicted = tables.isPredicted[channel];
    coded.fill(0);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = (y + 2) * wide + x + 2;
        const place = y * width + x;
        const expected = isPredicted ? expectedAt(values, width, x, y) : 0;
        const difference = coder.code(channel, coded, before, at, wide, values[place] - expected);
        values[place] = expected + difference;
        coded[at] = difference;
      }
    for (let at = 2 * wide; at < before.length; at++)
      before[at] = (before[at] * 7 + 8 * Math.min(31, Math.abs(coded[at]))) >> 3;
  }
  return learned;
}

/** What is left, above and between say, as a plane, but not beyond the two. Weinberger, Seroussi & Sapiro 2000, eq. 1. */
export function expectedAt(values: ArrayLike<number>, width: number, x: number, y: number): number {
  const place = y * width + x;
  if (x === 0 && y === 0) return 0;
  if (y === 0) return values[place - 1];
  const above = values[place - width];
  if (x === 0) return above;
  const left = values[place - 1];
  const between = values[place - width - 1];
  if (between >= Math.max(left, above)) return Math.min(left, above);
  if (between <= Math.min(left, above)) return Math.max(left, above);
  return left + above - between;
}

interface NumberCoder {
  code(channel: number, coded: Int32Array, before: Int32Array, at: number, wide: number, wanted: number): number;
}

function numberCoder(channels: number, tables: MapTables, decider: Decider, where: string): NumberCoder {
  const patterns = patternsOf(channels);
  const neighbours = NEIGHBOURS.slice(0, Math.log2(patterns));
  const zero = makeMixture(tables.zero, ZERO_INPUTS);
  const sign = makeMixture(tables.sign, SIGN_INPUTS);
  const size = makeMixture(tables.size, SIZE_INPUTS);
  const zeroAt = new Int32Array(ZERO_INPUTS);
  const signAt = new Int32Array(SIGN_INPUTS);
  const sizeAt = new Int32Array(SIZE_INPUTS);
  const decide = (mixture: Mixture, contexts: Int32Array, set: number, wanted: number): number => {
    const bit = decider.decide(mixture.predict(contexts, set), wanted);
    mixture.learn(bit);
    return bit;
  };
  return {
    code(channel, coded, before, at, wide, wanted) {
      const left = Math.abs(coded[at - 1]);
      const above = Math.abs(coded[at - wide]);
      const aside = Math.abs(coded[at - wide - 1]) + Math.abs(coded[at - wide + 1]);
      const beyond = Math.abs(coded[at - 2]) + Math.abs(coded[at - 2 * wide]);
      const near = levelOf(2 * (left + above) + aside, NEAR);
      const around = before[at - 1] + before[at + 1] + before[at - wide] + before[at + wide];
      const here = levelOf((4 * before[at] + around) >> 3, BEFORE);
      const both = channel * 36 + Math.min(5, near >> 1) * 6 + Math.min(5, here >> 1);

      let offset = channel * NEAR;
      zeroAt[0] = offset + near;
      offset = channels * NEAR;
      zeroAt[1] = offset + channel * 16 + Math.min(3, left) * 4 + Math.min(3, above);
      offset += channels * 16;
      zeroAt[2] = offset + channel * BEFORE + here;
      offset += channels * BEFORE;
      zeroAt[3] = offset + both;
      offset += channels * 36;
      zeroAt[4] = offset + near * BEFORE + here;
      offset += NEAR * BEFORE;
      zeroAt[5] =
        offset + levelOf(2 * (left + above) + aside + beyond, NEAR) * BEFORE + levelOf(before[at] >> 1, BEFORE);
      offset += NEAR * BEFORE;
      let pattern = 0;
      for (const [down, across] of neighbours) pattern = 2 * pattern + (coded[at - down * wide + across] !== 0 ? 1 : 0);
      zeroAt[6] = offset + channel * patterns + pattern;
      const isZero = decide(zero, zeroAt, channel, wanted === 0 ? 1 : 0);
      if (isZero === 1) return 0;

      const towards = signOf(coded[at - 1]) * 3 + signOf(coded[at - wide]);
      signAt[0] = channel * 9 + towards;
      signAt[1] = channels * 9 + towards * 3 + signOf(coded[at - wide - 1]);
      const isNegative = decide(sign, signAt, 0, wanted < 0 ? 1 : 0);

      const goal = Math.abs(wanted);
      const isMore = (kind: number, bit: number): number => {
        sizeAt[0] = kind * channels + channel;
        sizeAt[1] = SIZE_KINDS * channels + kind * NEAR + near;
        sizeAt[2] = SIZE_KINDS * (channels + NEAR) + kind * BEFORE + here;
        sizeAt[3] = SIZE_KINDS * (channels + NEAR + BEFORE) + both;
        return decide(size, sizeAt, kind, bit);
      };
      let magnitude = 1;
      while (magnitude < STEPS && isMore(magnitude - 1, goal > magnitude ? 1 : 0) === 1) magnitude++;
      if (magnitude === STEPS) magnitude += beyondSteps(goal - STEPS, isMore);
      return isNegative === 1 ? -magnitude : magnitude;
    },
  };

  /** A number from 0 by its binary digits: how many there are, then those after the first. Elias 1975, the gamma code. */
  function beyondSteps(goal: number, isMore: (kind: number, bit: number) => number): number {
    const wantedDigits = goal >= 0 ? 31 - Math.clz32(goal + 1) : 0;
    let digits = 0;
    while (isMore(STEPS + digits, wantedDigits > digits ? 1 : 0) === 1) {
      digits++;
      if (digits === DIGITS - 1) throw tooLarge(where);
    }
    let value = 1;
    for (let digit = digits - 1; digit >= 0; digit--) value = 2 * value + decider.plain(1, ((goal + 1) >> digit) & 1);
    return value - 1;
  }
}

/** 0, 1, 2 for what is none, positive, negative. */
function signOf(value: number): number {
  return value === 0 ? 0 : value > 0 ? 1 : 2;
}

/** Sizes on a scale that grows coarser: two steps each time they double. */
function levelOf(size: number, levels: number): number {
  if (size < 2) return size;
  const digits = 31 - Math.clz32(size);
  return Math.min(levels - 1, 2 * digits + ((size >> (digits - 1)) & 1));
}

function tooLarge(where: string): DataError {
  return new DataError({
    where,
    expected: `codes below ${MOST_CODE}`,
    got: 'a larger one',
    fix: 'the file is damaged, or the model has diverged',
  });
}
