/** Cuts a stream of text into records. */
import { DataError } from '../../base/errors.ts';

/** What `take` returns when no more records are wanted. */
export const STOP = -2;

/** A record longer than this is a quote that was never closed, or no text at all. */
const LONGEST_RECORD = 1 << 24;

/**
 * Collects text and hands out what is complete. `take` looks at `text` from `start` and returns where its record ends,
 * `needMore(…)` when the end has not come yet (never when `isLast`), or `STOP`.
 */
export async function eachRecord(
  texts: AsyncIterable<string>,
  take: (text: string, start: number, isLast: boolean) => number,
): Promise<void> {
  let rest = '';
  const drain = (isLast: boolean): boolean => {
    let start = 0;
    while (start < rest.length) {
      const end = take(rest, start, isLast);
      if (end === STOP) return false;
      if (end < 0) break;
      start = end;
    }
    rest = rest.slice(start);
    return true;
  };
  for await (const text of texts) {
    rest += text;
    if (!drain(false)) return;
  }
  drain(true);
}

/** What `take` returns for a record of which `length` characters have come so far; `DataError` when that is absurd. */
export function needMore(length: number, name: string, line: number): number {
  if (length <= LONGEST_RECORD) return -1;
  throw new DataError({
    where: `${name} row ${line}`,
    expected: 'a row that ends, with every quote closed',
    got: `more than ${LONGEST_RECORD} characters without an end`,
    fix: 'close the quote, or check that the file is text with one row per line',
  });
}
