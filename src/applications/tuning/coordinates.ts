/** Values of an option as places in 0 … 1, where each is as likely as any other, and back. */
import type { Range } from './space.ts';

/** The place of `value`; undefined where it is outside of the range. */
export function placeOf(range: Range, value: unknown): number | undefined {
  if (range.type === 'choice') {
    const at = choiceOf(range.values, value);
    return at < 0 ? undefined : (at + 0.5) / range.values.length;
  }
  if (typeof value !== 'number' || value < range.from || value > range.to) return undefined;
  const [low, high] = ends(range);
  return (scaled(range, value) - low) / (high - low);
}

/** The value at a place. */
export function valueAt(range: Range, place: number): unknown {
  if (range.type === 'choice')
    return range.values[Math.min(range.values.length - 1, Math.floor(place * range.values.length))];
  const [low, high] = ends(range);
  const at = low + place * (high - low);
  const value = range.scale === 'log' ? Math.exp(at) : at;
  const exact = range.isWhole ? Math.round(value) : Number(value.toPrecision(6));
  return Math.min(range.to, Math.max(range.from, exact));
}

/** Position among the values of a choice, −1 for none. */
export function choiceOf(values: readonly unknown[], value: unknown): number {
  const text = JSON.stringify(value);
  return values.findIndex((candidate) => JSON.stringify(candidate) === text);
}

/** Whole numbers reach half a number beyond both ends, so that each gets its share. */
function ends({ from, to, scale, isWhole }: Range & { readonly type: 'range' }): readonly [number, number] {
  const beyond = isWhole ? 0.5 : 0;
  return scale === 'log' ? [Math.log(from - beyond), Math.log(to + beyond)] : [from - beyond, to + beyond];
}

function scaled({ scale }: Range & { readonly type: 'range' }, value: number): number {
  return scale === 'log' ? Math.log(value) : value;
}
