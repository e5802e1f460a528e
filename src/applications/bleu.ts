/**
 * BLEU of translations beside reference translations, one each: how many runs of 1 … 4 words they share. Papineni, Roukos, Ward & Zhu
 * 2002, sections 2.1 – 2.3; words are cut as WMT does ("13a": Post 2018, "A call for clarity in reporting BLEU scores").
 *
 *   BLEU = 100 · min(1, e^(1 − r/c)) · (p₁ p₂ p₃ p₄)^¼       r, c: words of the references and of the translations
 */

const LONGEST = 4;

/**
 * 0 … 100, over all lines together. Where no run of some length is shared, half as much is counted each time (Lin & Och 2004), as its
 * usual implementations do.
 *
 * @throws RangeError for another number of references.
 */
export function bleu(translations: readonly string[], references: readonly string[]): number {
  if (translations.length !== references.length)
    throw new RangeError(`internal: ${translations.length} translations beside ${references.length} references`);
  const [shared, given] = [new Float64Array(LONGEST), new Float64Array(LONGEST)];
  let [length, wanted] = [0, 0];
  for (const [at, translation] of translations.entries()) {
    const [words, reference] = [wordsOf(translation), wordsOf(references[at])];
    length += words.length;
    wanted += reference.length;
    for (let run = 1; run <= LONGEST; run++) {
      const known = runsOf(reference, run);
      for (const [text, count] of runsOf(words, run)) shared[run - 1] += Math.min(count, known.get(text) ?? 0);
      given[run - 1] += Math.max(0, words.length - run + 1);
    }
  }
  if (shared[0] === 0) return 0;
  let [logarithm, halves] = [0, 1];
  for (let run = 0; run < LONGEST; run++) {
    // Lines too short for a run of that length say nothing of it.
    if (given[run] === 0) return 0;
    if (shared[run] === 0) halves *= 2;
    logarithm += Math.log((shared[run] || 1 / halves) / given[run]) / LONGEST;
  }
  return 100 * Math.exp(logarithm + Math.min(0, 1 - wanted / length));
}

function runsOf(words: readonly string[], run: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + run <= words.length; at++) {
    const text = words.slice(at, at + run).join(' ');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** Words and marks, cut apart: marks in numbers stay, capitals count. */
function wordsOf(text: string): string[] {
  const cut = ` ${text} `
    .replaceAll('<skipped>', '')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
  return cut.split(/\s+/).filter((word) => word !== '');
}
