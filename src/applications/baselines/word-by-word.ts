/**
 * Word for word: each word becomes the one that it stands beside most, in the same order. The chances are those of Brown, Della Pietra,
 * Della Pietra & Mercer 1993, "The mathematics of statistical machine translation", model 1.
 */
import { numbering } from '../../data/numbering.ts';
import type { TextPair } from '../../data/texts.ts';

const ROUNDS = 5;
/** Pairs of texts that are learned from: the first. */
const MOST_PAIRS = 30_000;
/** Stands in every text: what comes of no word. */
const NOTHING = '';

/** What writes a text word for word, by chances learned from `pairs`. */
export function wordByWord(pairs: readonly TextPair[]): (text: string) => string {
  const { own, others, couples, groups, places } = beside(pairs.slice(0, MOST_PAIRS));
  const chances = new Float64Array(couples.length).fill(1);
  const counts = new Float64Array(couples.length);
  const totals = new Float64Array(own.length);
  for (let round = 0; round < ROUNDS; round++) {
    counts.fill(0);
    totals.fill(0);
    // A word of the translation comes from each word of the text with a share of its chance.
    for (let group = 0; group + 1 < groups.length; group++) {
      let total = 0;
      for (let at = groups[group]; at < groups[group + 1]; at++) total += chances[places[at]];
      for (let at = groups[group]; at < groups[group + 1]; at++)
        counts[places[at]] += chances[places[at]] / (total || 1);
    }
    for (const [place, { word }] of couples.entries()) totals[word] += counts[place];
    for (const [place, { word }] of couples.entries()) chances[place] = counts[place] / (totals[word] || 1);
  }
  const best = new Map<string, { other: string; chance: number }>();
  for (const [place, { word, other }] of couples.entries())
    if (chances[place] > (best.get(own[word])?.chance ?? 0))
      best.set(own[word], { other: others[other], chance: chances[place] });
  // A word that is not known stays as it is.
  return (text) => joined(wordsOf(text).map((word) => best.get(word)?.other ?? word));
}

/** Which words stand beside which. */
interface Beside {
  readonly own: readonly string[];
  readonly others: readonly string[];
  /** A word of a text and one of its translation, by their numbers; each couple once. */
  readonly couples: readonly { readonly word: number; readonly other: number }[];
  /** Numbers of couples: for every word of every translation, those with the words of the text. */
  readonly places: readonly number[];
  /** Where the places of each word of a translation begin, and where the last one's end. */
  readonly groups: readonly number[];
}

function beside(pairs: readonly TextPair[]): Beside {
  const [own, others] = [numbering(), numbering()];
  const known: Map<number, number>[] = [];
  const couples: { word: number; other: number }[] = [];
  const [places, groups]: [number[], number[]] = [[], [0]];
  for (const { from, to } of pairs) {
    const words = [NOTHING, ...wordsOf(from)].map(own.of);
    for (const other of wordsOf(to).map(others.of)) {
      for (const word of words) {
        known[word] ??= new Map();
        const place = known[word].get(other) ?? couples.push({ word, other }) - 1;
        known[word].set(other, place);
        places.push(place);
      }
      groups.push(places.length);
    }
  }
  return { own: own.names, others: others.names, couples, places, groups };
}

/** Words, and marks apart from them. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+['’]?|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}

/** As it is written: no space before a mark, none after an elision. */
function joined(words: readonly string[]): string {
  return words
    .join(' ')
    .replace(/ ([.,;:!?])/g, '$1')
    .replace(/(['’]) /g, '$1');
}
