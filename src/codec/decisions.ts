/** Decisions on their way into bytes and out of them: what is coded is told once, for both directions. */
import { type RansReader, type RansWriter, ransReader, ransWriter } from './rans.ts';

/** Says what a decision is that has `chance` (in 65536ths) of being 1. */
export interface Decider {
  /** `bit` is what it is to be where that is known: when writing. */
  decide(chance: number, bit: number): number;
  /** `count` bits that nothing is known of, at most 16; `value` as `bit` above. */
  plain(count: number, value: number): number;
}

/** Writes what it is told. */
export function writingDecider(): Decider & { finish(): Uint8Array } {
  const writer: RansWriter = ransWriter();
  return {
    decide(chance, bit) {
      if (bit === 1) writer.put(0, chance, 16);
      else writer.put(chance, 65536 - chance, 16);
      return bit;
    },
    plain(count, value) {
      writer.put(value, 1, count);
      return value;
    },
    finish: () => writer.finish(),
  };
}

/** Reads what was written. @throws DataError for damaged bytes, at any call. */
export function readingDecider(bytes: Uint8Array, where: string): Decider & { finish(): void } {
  const reader: RansReader = ransReader(bytes, where);
  return {
    decide(chance) {
      const bit = reader.peek(16) < chance ? 1 : 0;
      if (bit === 1) reader.take(0, chance, 16);
      else reader.take(chance, 65536 - chance, 16);
      return bit;
    },
    plain(count) {
      const value = reader.peek(count);
      reader.take(value, 1, count);
      return value;
    },
    finish: () => reader.finish(),
  };
}

/** Writes nothing and learns: what the tables of a model are made with. `bits` is what would have been written. */
export function countingDecider(): Decider & { readonly bits: () => number } {
  let bits = 0;
  return {
    decide(chance, bit) {
      bits -= Math.log2((bit === 1 ? chance : 65536 - chance) / 65536);
      return bit;
    },
    plain(count, value) {
      bits += count;
      return value;
    },
    bits: () => bits,
  };
}
