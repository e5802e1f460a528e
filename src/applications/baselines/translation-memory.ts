/** A memory of translations: the translation of the known text that shares most rare words (the cosine of their tf-idf; Salton & Buckley 1988). */
import type { TextPair } from '../../data/texts.ts';
import { wordsOf } from './word-by-word.ts';

/** A word that more texts have, and a larger share of them, tells next to nothing and takes most of the time. */
const [MOST_ROWS, MOST_SHARE] = [1000, 0.1];

/** What gives the translation of the known text nearest to a text. */
export function translationMemory(pairs: readonly TextPair[]): (text: string) => string {
  const known = pairs.map(({ from }) => new Set(wordsOf(from)));
  const having = new Map<string, number[]>();
  for (const [row, words] of known.entries())
    for (const word of words) {
      const rows = having.get(word) ?? [];
      rows.push(row);
      having.set(word, rows);
    }
  const weightOf = (word: string): number => Math.log(pairs.length / (having.get(word)?.length ?? pairs.length)) ** 2;
  const lengths = known.map((words) => Math.sqrt([...words].reduce((sum, word) => sum + weightOf(word), 0)));
  return (text) => {
    const scores = new Map<number, number>();
    for (const word of new Set(wordsOf(text))) {
      const rows = having.get(word) ?? [];
      if (rows.length > Math.max(MOST_ROWS, MOST_SHARE * pairs.length)) continue;
      for (const row of rows) scores.set(row, (scores.get(row) ?? 0) + weightOf(word));
    }
    let [best, most] = [0, -1];
    for (const [row, score] of scores) if (score / lengths[row] > most) [best, most] = [row, score / lengths[row]];
    return pairs[best].to;
  };
}
