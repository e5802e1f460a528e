/** Class labels from whatever a file calls them. */
import type { Labels } from './dataset.ts';

/**
 * Numbers the classes in order of their names (numerically where all names are numbers); `null` becomes −1.
 *
 * @param known Names that come first, in this order: those of the training part, when the test part is read.
 */
export function makeLabels(raw: ArrayLike<string | number | null>, known: readonly string[] = []): Labels {
  const found = new Set<string | number>();
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i];
    if (value !== null) found.add(value);
  }
  const fresh = [...new Set([...found].map(String))].filter((name) => !known.includes(name));
  const names = [...known, ...fresh.sort(compareNames(fresh))];
  const index = new Map<string, number>(names.map((name, i) => [name, i]));
  const byRaw = new Map<string | number | null, number>([[null, -1]]);
  for (const value of found) byRaw.set(value, index.get(String(value)) ?? -1);
  return { values: Int32Array.from({ length: raw.length }, (_, i) => byRaw.get(raw[i]) ?? -1), names };
}

function compareNames(names: readonly string[]): (a: string, b: string) => number {
  if (names.every((name) => Number.isFinite(Number(name)))) return (a, b) => Number(a) - Number(b);
  return (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
