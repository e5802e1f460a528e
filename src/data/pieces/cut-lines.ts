/** Where the rows of a file of lines begin, in bytes: nothing is decoded and nothing kept, so a file may be of any size. */
import { DataError } from '../../base/errors.ts';
import type { ByteStream } from '../bytes.ts';
import type { Piece } from './piece.ts';

const [TAB, NEWLINE, RETURN, SPACE, QUOTE] = [9, 10, 13, 32, 34];
/** As of the readers of rows. */
const LONGEST_ROW = 1 << 24;

export interface CutOptions {
  /** The most rows of a piece. */
  readonly most: number;
  /** Of CSV, in which a row may go on over several lines between quotes. */
  readonly delimiter?: string;
  /** Whether the first row names the columns. */
  readonly isHeader: boolean;
}

/** @throws DataError for a row that does not end. */
export async function cutLines(stream: ByteStream, options: CutOptions): Promise<{ rows: number; pieces: Piece[] }> {
  const { most } = options;
  const delimiter = options.delimiter?.charCodeAt(0);
  const begins: { from: number; line: number }[] = [];
  let [rows, line, isHead] = [0, 1, options.isHeader];
  const row = (from: number): void => {
    if (isHead) {
      isHead = false;
      return;
    }
    if (rows % most === 0) begins.push({ from, line });
    rows += 1;
  };

  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of stream.chunks) {
    const bytes =
      rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = 0;
    let quote = delimiter === undefined ? -1 : bytes.indexOf(QUOTE);
    for (;;) {
      let end = bytes.indexOf(NEWLINE, at);
      if (end < 0) break;
      if (quote >= 0 && quote < at) quote = bytes.indexOf(QUOTE, at);
      let lines = 1;
      if (delimiter !== undefined && quote >= 0 && quote < end) {
        end = quotedEnd(bytes, at, delimiter);
        if (end < 0) break;
        for (let next = bytes.indexOf(NEWLINE, at); next < end; next = bytes.indexOf(NEWLINE, next + 1)) lines += 1;
      }
      if (!isBlank(bytes, at, end)) row(offset + at);
      line += lines;
      at = end + 1;
    }
    rest = bytes.subarray(at);
    offset += at;
    if (rest.length > LONGEST_ROW) throw endless(stream.name, line);
  }
  if (!isBlank(rest, 0, rest.length)) row(offset);
  const size = offset + rest.length;
  return {
    rows,
    pieces: begins.map(({ from, line: first }, at) => ({
      from: at * most,
      rows: Math.min(most, rows - at * most),
      bytes: [from, begins[at + 1]?.from ?? size],
      line: first,
    })),
  };
}

/** The end of the line that a row with quotes in it ends with; −1 where it has not come yet. */
function quotedEnd(bytes: Buffer, start: number, delimiter: number): number {
  for (let at = start; ; at++) {
    while (bytes[at] === SPACE || (bytes[at] === TAB && delimiter !== TAB)) at += 1;
    if (bytes[at] === QUOTE) {
      do {
        const close = bytes.indexOf(QUOTE, at + 1);
        if (close < 0 || close + 1 === bytes.length) return -1;
        at = close + 1;
      } while (bytes[at] === QUOTE);
    }
    while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== NEWLINE) at += 1;
    if (at >= bytes.length) return -1;
    if (bytes[at] === NEWLINE) return at;
  }
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB && bytes[at] !== RETURN) return false;
  return true;
}

function endless(name: string, line: number): DataError {
  return new DataError({
    where: `${name} row ${line}`,
    expected: 'a row that ends, with every quote closed',
    got: `more than ${LONGEST_ROW} bytes without an end`,
    fix: 'close the quote, or check that the file is text with one row per line',
  });
}
