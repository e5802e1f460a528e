/**
 * CSV and its relatives (RFC 4180; comma, semicolon, tab or bar): header or none, quotes, missing values, categories.
 * Reads chunk by chunk; keeps only columns, never the text.
 */
import { DataError } from '../../base/errors.ts';
import { type ByteStream, decodeText } from '../bytes.ts';
import { type ColumnBuilder, isMissingText, parseNumber } from '../columns/builder.ts';
import { arrayFeatureNames } from '../columns/form.ts';
import type { Column, Source, TableSource } from '../dataset.ts';
import type { CsvLayout, Format, ReadOptions } from './format.ts';
import { eachRecord, needMore, STOP } from './lines.ts';
import { builderFor, cellText, checkColumnNames, shortestFloat, tableSource } from './table.ts';

export const csv: Format = {
  name: 'CSV',
  files: /\.(csv|tsv|tab|txt|dat|data|out)$/i,
  holds: 'table',
  isReadPacked: true,
  read: readCsv,
};

/** Rows that are looked at before the header is decided. */
const LOOK_AHEAD = 100;

export async function readCsv(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const table = tableReader(stream.name, options);
  await eachRow(stream, options, (cells, line) => table.add(cells, line));
  return table.finish();
}

/** What its first rows tell of a file: how it is laid out, and whether the first of them names the columns. */
export async function readCsvLayout(
  stream: ByteStream,
  { header = 'auto' }: Pick<ReadOptions, 'header'>,
): Promise<CsvLayout & { readonly isHeader: boolean }> {
  const rows: string[][] = [];
  const delimiter = await eachRow(stream, {}, (cells) => rows.push(cells) <= LOOK_AHEAD);
  const isHeader = rows.length > 0 && hasHeader(rows, header);
  return { names: rows.length > 0 ? namesOf(rows[0], isHeader) : [], delimiter: delimiter ?? ',', isHeader };
}

/** Hands out rows until no more are wanted, and gives the delimiter, which the first row shows unless it is known. */
async function eachRow(
  stream: ByteStream,
  { layout, firstLine = 1 }: ReadOptions,
  take: (cells: string[], line: number) => boolean,
): Promise<string | undefined> {
  let delimiter = layout?.delimiter ?? (/\.(tsv|tab)(\.gz)?$/i.test(stream.name) ? '\t' : undefined);
  let line = firstLine;
  await eachRecord(decodeText(stream), (text, start, isLast) => {
    const end = text.indexOf('\n', start);
    if (end < 0 && !isLast) return needMore(text.length - start, stream.name, line);
    const stop = end < 0 ? text.length : end;
    const next = end < 0 ? stop : end + 1;
    const record = text.slice(start, stop);
    if (record.trim() === '') {
      line += 1;
      return next;
    }
    delimiter ??= sniffDelimiter(text, start, isLast);
    if (delimiter === undefined) return needMore(text.length - start, stream.name, line);
    if (!record.includes('"')) {
      return take(record.split(delimiter).map(trimmed), line++) ? next : STOP;
    }
    const quoted = splitQuoted(text, start, delimiter, isLast, `${stream.name} row ${line}`);
    if (quoted === undefined) return needMore(text.length - start, stream.name, line);
    const isMore = take(quoted.cells, line);
    line += quoted.lines;
    return isMore ? quoted.end : STOP;
  });
  return delimiter;
}

const trimmed = (cell: string): string => cell.trim();

/** The one of `, ; tab |` that is most frequent outside quotes in the first row; undefined while that has not all come. */
function sniffDelimiter(text: string, start: number, isLast: boolean): string | undefined {
  const counts = new Map<string, number>([',', ';', '\t', '|'].map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  let at = start;
  for (; at < text.length && (isQuoted || text[at] !== '\n'); at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    const count = isQuoted ? undefined : counts.get(text[at]);
    if (count !== undefined) counts.set(text[at], count + 1);
  }
  if (at === text.length && !isLast) return undefined;
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** One record with quotes in it, which may go on over several lines; undefined when its end has not come yet. */
function splitQuoted(
  text: string,
  start: number,
  delimiter: string,
  isLast: boolean,
  where: string,
): { cells: string[]; end: number; lines: number } | undefined {
  const cells: string[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at += 1;
    let cell = '';
    const isQuoted = text[at] === '"';
    if (isQuoted) {
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0 || (close + 1 === text.length && !isLast)) {
          if (!isLast) return undefined;
          throw new DataError({
            where: `${where} column ${cells.length + 1}`,
            expected: 'a closing quote',
            got: 'the end of the file',
            fix: 'close the quote; a quote inside quotes is written twice',
          });
        }
        cell += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      lines += cell.split('\n').length - 1;
    }
    let stop = at;
    while (stop < text.length && text[stop] !== delimiter && text[stop] !== '\n') stop += 1;
    if (stop === text.length && !isLast) return undefined;
    const bare = text.slice(at, stop).trim();
    if (isQuoted && bare !== '') {
      throw new DataError({
        where: `${where} column ${cells.length + 1}`,
        expected: 'a delimiter behind the closing quote',
        got: JSON.stringify(bare.slice(0, 40)),
        fix: 'write a quote inside quotes twice',
      });
    }
    cells.push(cell + bare);
    at = stop + 1;
    if (stop >= text.length || text[stop] === '\n') return { cells, end: Math.min(at, text.length), lines };
  }
}

interface TableReader {
  /** Takes one row; false when no more are wanted. */
  add(cells: string[], line: number): boolean;
  finish(): TableSource;
}

function tableReader(name: string, options: ReadOptions): TableReader {
  const { header = 'auto', limit = Infinity, layout } = options;
  let ahead: { cells: string[]; line: number }[] | undefined = [];
  let names: readonly string[] = [];
  let builders: (ColumnBuilder | undefined)[] = [];
  let rows = 0;

  const begin = (): void => {
    if (ahead === undefined) return;
    const held = ahead;
    ahead = undefined;
    if (held.length === 0) return;
    const isHeader =
      !layout &&
      hasHeader(
        held.map(({ cells }) => cells),
        header,
      );
    names = layout?.names ?? namesOf(held[0].cells, isHeader);
    checkDistinct(name, names, held[0].line);
    checkColumnNames(name, names, options);
    builders = names.map((column) => builderFor(name, column, options));
    for (const { cells, line } of isHeader ? held.slice(1) : held) addRow(cells, line);
  };
  const addRow = (cells: string[], line: number): void => {
    if (rows === limit) return;
    if (cells.length !== names.length) {
      throw new DataError({
        where: `${name} row ${line}`,
        expected: `${names.length} cells, as in the first row`,
        got: `${cells.length}`,
        fix: 'complete the row; a cell that contains the delimiter must stand in quotes',
      });
    }
    for (let i = 0; i < cells.length; i++) builders[i]?.addText(cells[i], line);
    rows += 1;
  };
  return {
    add: (cells, line) => {
      if (ahead === undefined) addRow(cells, line);
      else {
        ahead.push({ cells, line });
        if (ahead.length > Math.min(limit, LOOK_AHEAD)) begin();
      }
      return rows < limit;
    },
    finish: () => {
      begin();
      const columns = builders.flatMap((builder): Column[] => (builder === undefined ? [] : [builder.finish()]));
      return tableSource(name, rows, columns, options);
    },
  };
}

function checkDistinct(name: string, names: readonly string[], line: number): void {
  const again = names.find((column, i) => names.indexOf(column) !== i);
  if (again === undefined) return;
  throw new DataError({
    where: `${name} row ${line}`,
    expected: 'a different name for each column',
    got: `${JSON.stringify(again)} twice`,
    fix: 'rename one; if the first row is data, say so with --header no',
  });
}

function hasHeader(rows: readonly string[][], header: 'auto' | 'yes' | 'no'): boolean {
  return header === 'yes' || (header === 'auto' && looksLikeHeader(rows));
}

function namesOf(first: readonly string[], isHeader: boolean): string[] {
  return first.map((cell, i) => (isHeader && cell !== '' ? cell : `column${i + 1}`));
}

/** A first row without numbers, above numbers or above texts among which it never recurs. */
function looksLikeHeader([first, ...rest]: readonly string[][]): boolean {
  if (first.some((cell) => parseNumber(cell) !== undefined)) return false;
  if (first.every(isMissingText)) return false;
  const isAboveNumbers = first.some((_, i) => rest.some((cells) => parseNumber(cells[i] ?? '') !== undefined));
  if (isAboveNumbers) return true;
  return new Set(first).size === first.length && !first.some((cell, i) => rest.some((cells) => cells[i] === cell));
}

/** CSV text: a header row, quotes where they are needed, an empty cell for a missing value. */
export function encodeCsv(source: Source): Uint8Array {
  const columns = source.form === 'table' ? source.columns : undefined;
  const names =
    columns?.map((column) => column.name) ?? arrayFeatureNames(source.form === 'array' ? source.shape.slice(1) : []);
  const lines = [names.map(quoteWhereNeeded).join(',')];
  if (source.form === 'table') {
    for (let row = 0; row < source.rows; row++) {
      const cells = source.columns.map((column) => quoteWhereNeeded(cellText(column, row) ?? ''));
      lines.push(cells.length === 1 && cells[0] === '' ? '""' : cells.join(','));
    }
  } else {
    const width = names.length;
    for (let at = 0; at < source.values.length; at += width) {
      lines.push(Array.from(source.values.subarray(at, at + width), shortestFloat).join(','));
    }
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** A cell as it stands in a line. */
export function quoteWhereNeeded(text: string): string {
  return /[",;\t|\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
