/**
 * JSON: a list of rows, `[{"age": 31}, …]`, over as many lines as it likes; or rows one after the other without a list.
 * Read row by row: a list of any length takes no more memory than its table.
 */
import { DataError } from '../../base/errors.ts';
import { type ByteStream, decodeText } from '../bytes.ts';
import type { TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { jsonRows } from './json-rows.ts';
import { eachRecord, needMore, STOP } from './lines.ts';

export const json: Format = {
  name: 'JSON',
  files: /\.json$/i,
  holds: 'table',
  isReadPacked: true,
  hasNamedCells: true,
  read: readJson,
};

const LAYOUT = 'write a list of objects, such as [{"age": 31, "sex": "female"}, …]';

/** What may come next: `rows` are not in a list; in one, `first` is a row or the end, `row` a row, `comma` a comma or the end. */
type Place = 'start' | 'rows' | 'first' | 'row' | 'comma' | 'end';

/** A key that a row lacks, and `null`, are missing values. */
export async function readJson(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const { name } = stream;
  const { limit = Infinity } = options;
  const table = jsonRows(name, options, LAYOUT);
  const endOf = bracketed();
  let place = 'start' as Place;

  /** Takes one row or one sign. */
  const take = (text: string, start: number, isLast: boolean): number => {
    const at = behindSpace(text, start);
    const sign = text[at];
    if (sign === undefined) return at;
    const isEnding = sign === ']' && (place === 'first' || place === 'comma');
    if (isEnding || (place === 'comma' && sign === ',')) {
      place = isEnding ? 'end' : 'row';
      return at + 1;
    }
    if (place === 'start') {
      const inner = text[behindSpace(text, at + 1)];
      if (sign === '[' && inner === undefined && !isLast) return needMore(text.length - at, name, 1);
      // Cells are no objects: an array that begins with one is the list.
      const isList = sign === '[' && (inner === undefined || '{[]'.includes(inner));
      place = isList ? 'first' : 'rows';
      return isList ? at + 1 : at;
    }
    if (place === 'comma' || place === 'end' || (sign !== '{' && sign !== '[')) throw unexpected(text.slice(at));
    const end = endOf(text, at);
    if (end < 0 && !isLast) return needMore(text.length - at, name, table.rows + 1);
    table.add(text.slice(at, end < 0 ? undefined : end), table.rows + 1);
    if (place !== 'rows') place = 'comma';
    return table.rows >= limit ? STOP : end;
  };
  const unexpected = (text: string): DataError =>
    new DataError({
      where: `${name} row ${table.rows + 1}`,
      expected: WANTED[place],
      got: text === '' ? 'the end of the file' : JSON.stringify(text.slice(0, 60)),
      fix: text === '' ? 'the file is cut off: fetch or make it again' : LAYOUT,
    });

  await eachRecord(decodeText(stream), take);
  const isWhole = place !== 'first' && place !== 'row' && place !== 'comma';
  if (!isWhole && table.rows < limit) throw unexpected('');
  return table.finish();
}

const WANTED = {
  start: 'an object or an array',
  rows: 'an object or an array',
  first: 'an object or an array',
  row: 'an object or an array after the comma',
  comma: 'a comma, or ] after the last row',
  end: 'nothing after the list',
} as const satisfies Readonly<Record<Place, string>>;

function behindSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}

const [QUOTE, BACKSLASH] = [34, 92];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];

/** Finds the end behind what begins with a bracket at `start`; −1 while it has not come, and then goes on where it stopped. */
function bracketed(): (text: string, start: number) => number {
  let [depth, seen, isQuoted] = [0, 0, false];
  return (text, start) => {
    let at = start + seen;
    for (; at < text.length; at++) {
      const sign = text.charCodeAt(at);
      if (isQuoted) {
        if (sign === BACKSLASH) at += 1;
        else if (sign === QUOTE) isQuoted = false;
      } else if (sign === QUOTE) isQuoted = true;
      else if (sign === OPEN || sign === OPEN_LIST) depth += 1;
      else if (sign === CLOSE || sign === CLOSE_LIST) {
        depth -= 1;
        if (depth > 0) continue;
        seen = 0;
        return at + 1;
      }
    }
    seen = at - start;
    return -1;
  };
}
