/** Class labels from whatever a file calls them. */
import type { Labels } from './dataset.ts';

/**
 * Numbers the classes in order of their names, or, where all are numbers, of these (`1.0` is then `1`); `null` becomes −1.
 *
 * @param known Names that come first, in this order: those of the training part, when the test part is read.
 */
export function makeLabels(raw: ArrayLike<string | number | null>, known: readonly string[] = []): Labels {
  const found = new Set<string | number>();
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i];
    if (value !== null) found.add(value);
  }
  const isNumeric = [...found].every((value) => Number.isFinite(Number(value)) && value !== '');
  const nameOf = (value: string | number): string => String(isNumeric ? Number(value) : value);
  const fresh = [...new Set([...found].map(nameOf))].filter((name) => !known.includes(name));
  const names = [...known, ...fresh.sort(isNumeric ? byNumber : byText)];
  const index = new Map<string, number>(names.map((name, i) => [name, i]));
  const byRaw = new Map<string | number | null, number>([[null, -1]]);
  for (const value of found) byRaw.set(value, index.get(nameOf(value)) ?? -1);
  return { values: Int32Array.from({ length: raw.length }, (_, i) => byRaw.get(raw[i]) ?? -1), names };
}

const byNumber = (a: string, b: string): number => Number(a) - Number(b);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
