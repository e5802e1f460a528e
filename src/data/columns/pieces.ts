/**
 * Text as pieces of words: characters, and pairs of pieces that stand beside each other often, joined again and again.
 * Gage 1994; Sennrich, Haddow & Birch 2016, "Neural machine translation of rare words with subword units", section 3.2.
 *
 *   "the lights" → "the| lights" → t·h·e| ·l·i·g·h·t·s → the| light·s          a word keeps the space before it
 */
import * as z from 'zod';
import { DataError } from '../../base/errors.ts';

/** How text becomes numbers and back: plain JSON, kept beside the model. */
export const piecesSchema = z
  .strictObject({
    /** What was joined, in the order of how often; the pieces are the characters and these. */
    joined: z.array(z.tuple([z.string().min(1), z.string().min(1)])),
    characters: z.array(z.string().refine((text) => [...text].length === 1, 'one character each')).min(1),
  })
  .refine(({ characters }) => new Set(characters).size === characters.length, 'characters must be distinct')
  .refine(({ joined, characters }) => {
    const known = new Set(characters);
    return joined.every(([left, right]) => {
      const isKnown = known.has(left) && known.has(right);
      known.add(left + right);
      return isKnown;
    });
  }, 'only pieces that are known can be joined');

export type Pieces = z.infer<typeof piecesSchema>;

/** Where a text ends. */
export const END = 0;
/** A character that training never showed. */
const UNKNOWN = 1;
const FIRST_PIECE = 2;

/** How an unknown character is written. */
const REPLACEMENT = '\uFFFD';

/** A run of letters, of marks, or a digit, with the space before it: what is joined stays within one. */
const WORDS = / ?[\p{L}\p{M}]+| ?\p{N}| ?[^\s\p{L}\p{M}\p{N}]+|\s/gu;

/** Numbers that pieces have, those of the end and of unknown characters included. */
export function pieceCount({ characters, joined }: Pieces): number {
  return FIRST_PIECE + characters.length + joined.length;
}

/**
 * The characters of `texts`, and pairs of pieces joined until there are `size` different tokens, or no pair is there twice.
 *
 * @throws DataError for texts without a character.
 */
export function learnPieces(texts: Iterable<string>, size: number): Pieces {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of tidied(text).matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({ pieces: [...word], count }));
  const characters = [...new Set(words.flatMap(({ pieces }) => pieces))].sort();
  if (characters.length === 0)
    throw new DataError({
      where: 'the texts',
      expected: 'at least one character to learn from',
      got: 'only empty ones',
      fix: 'name the column of text with --columns',
    });
  const joined: [string, string][] = [];
  const pairs = countPairs(words);
  while (FIRST_PIECE + characters.length + joined.length < size) {
    const pair = commonest(pairs);
    if (pair === undefined) break;
    joined.push([pair.left, pair.right]);
    joinEverywhere(pair, words, pairs);
  }
  return { characters, joined };
}

interface Word {
  pieces: string[];
  readonly count: number;
}

interface Pair {
  readonly left: string;
  readonly right: string;
  count: number;
  /** Numbers of the words that have or had it. */
  readonly words: Set<number>;
}

/** Pieces may have any character: the length of the left one tells where the right one begins. */
const keyOf = (left: string, right: string): string => `${left.length} ${left}${right}`;

function countPairs(words: readonly Word[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const at of words.keys()) changePairs(pairs, words, at, 1);
  return pairs;
}

/** Adds the pairs of a word, or takes them away. */
function changePairs(pairs: Map<string, Pair>, words: readonly Word[], at: number, sign: 1 | -1): void {
  const { pieces, count } = words[at];
  for (let place = 0; place + 1 < pieces.length; place++) {
    const [left, right] = [pieces[place], pieces[place + 1]];
    const key = keyOf(left, right);
    const pair = pairs.get(key) ?? { left, right, count: 0, words: new Set<number>() };
    pair.count += sign * count;
    pair.words.add(at);
    pairs.set(key, pair);
  }
}

/** The pair that is there most often, at least twice; of equals the first in the order of characters, whatever the order of texts. */
function commonest(pairs: ReadonlyMap<string, Pair>): Pair | undefined {
  let best: Pair | undefined;
  for (const pair of pairs.values())
    if (pair.count >= 2 && (!best || pair.count > best.count || (pair.count === best.count && isBefore(pair, best))))
      best = pair;
  return best;
}

function isBefore(a: Pair, b: Pair): boolean {
  return a.left < b.left || (a.left === b.left && a.right < b.right);
}

function joinEverywhere({ left, right, words: having }: Pair, words: Word[], pairs: Map<string, Pair>): void {
  for (const at of having) {
    changePairs(pairs, words, at, -1);
    words[at].pieces = joinedIn(words[at].pieces, left, right);
    changePairs(pairs, words, at, 1);
  }
  pairs.delete(keyOf(left, right));
}

function joinedIn(pieces: readonly string[], left: string, right: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    if (pieces[at] === left && pieces[at + 1] === right) {
      result.push(left + right);
      at++;
    } else result.push(pieces[at]);
  }
  return result;
}

/** Reads and writes text by its pieces. */
export interface Piecer {
  readonly vocabulary: number;
  /** Numbers of the pieces, without an end. */
  read(text: string): number[];
  /** The text up to its end. */
  write(tokens: Iterable<number>): string;
}

export function makePiecer({ characters, joined }: Pieces): Piecer {
  const pieces = [...characters, ...joined.map(([left, right]) => left + right)];
  // Two ways to the same piece have one number: the first.
  const numbers = new Map<string, number>();
  for (const [at, piece] of pieces.entries()) if (!numbers.has(piece)) numbers.set(piece, FIRST_PIECE + at);
  const ranks = new Map(joined.map(([left, right], rank) => [keyOf(left, right), rank]));
  const known = new Map<string, readonly number[]>();
  const readWord = (word: string): readonly number[] => {
    let parts = [...word];
    for (;;) {
      let best = Infinity;
      for (let at = 0; at + 1 < parts.length; at++)
        best = Math.min(best, ranks.get(keyOf(parts[at], parts[at + 1])) ?? Infinity);
      if (best === Infinity) break;
      parts = joinedIn(parts, ...joined[best]);
    }
    return parts.map((part) => numbers.get(part) ?? UNKNOWN);
  };
  return {
    vocabulary: FIRST_PIECE + pieces.length,
    read: (text) =>
      Array.from(tidied(text).matchAll(WORDS)).flatMap(([word]) => {
        const tokens = known.get(word) ?? readWord(word);
        known.set(word, tokens);
        return tokens;
      }),
    write(tokens) {
      let text = '';
      for (const token of tokens) {
        if (token === END) break;
        text += pieces[token - FIRST_PIECE] ?? REPLACEMENT;
      }
      return text;
    },
  };
}

/** Composed characters, so that what looks the same is the same. */
function tidied(text: string): string {
  return text.normalize('NFC');
}
