/**
 * Chances of tokens by those just before them: of runs as long as were seen, each mixed with the next shorter one by how many different
 * tokens came after it. Witten & Bell 1991, method C; Jelinek & Mercer 1980.
 *
 *   p(w | h) = (count(h w) + kinds(h) · p(w | h without its first)) / (count(h) + kinds(h))
 */

export interface NGrams {
  /** Tokens of a run, the last one included. */
  readonly order: number;
  readonly vocabulary: number;
  /** What came after each run of at most `order` − 1 tokens. */
  readonly after: ReadonlyMap<string, After>;
}

interface After {
  total: number;
  readonly counts: Map<number, number>;
}

export function countNGrams(texts: readonly (readonly number[])[], order: number, vocabulary: number): NGrams {
  const after = new Map<string, After>();
  for (const text of texts)
    for (const [at, token] of text.entries())
      for (let length = 0; length < order && length <= at + 1; length++) {
        const key = keyOf(text, at, length);
        const own = after.get(key) ?? { total: 0, counts: new Map<number, number>() };
        own.total++;
        own.counts.set(token, (own.counts.get(token) ?? 0) + 1);
        after.set(key, own);
      }
  return { order, vocabulary, after };
}

/** log p of each token of a text given those before it. */
export function logChancesOf({ order, vocabulary, after }: NGrams, text: readonly number[]): number[] {
  return text.map((token, at) => {
    let chance = 1 / vocabulary;
    for (let length = 0; length < order && length <= at + 1; length++) {
      const own = after.get(keyOf(text, at, length));
      if (!own) break;
      const kinds = own.counts.size;
      chance = ((own.counts.get(token) ?? 0) + kinds * chance) / (own.total + kinds);
    }
    return Math.log(chance);
  });
}

/** The `length` tokens before place `at`; one more than there are asks for the beginning, too. */
function keyOf(text: readonly number[], at: number, length: number): string {
  return length > at ? `^${text.slice(0, at).join()}` : text.slice(at - length, at).join();
}
