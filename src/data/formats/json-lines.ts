/** JSON lines: one object of named values, or one array of values, per line. */
import { type ByteStream, decodeText } from '../bytes.ts';
import type { Source, TableSource } from '../dataset.ts';
import type { Format, ReadOptions } from './format.ts';
import { jsonRows } from './json-rows.ts';
import { eachRecord, needMore, STOP } from './lines.ts';
import { shortestFloat } from './table.ts';

export const jsonLines: Format = {
  name: 'JSON lines',
  files: /\.(jsonl|ndjson|jsonlines)$/i,
  holds: 'table',
  isReadPacked: true,
  hasNamedCells: true,
  read: readJsonLines,
};

/** A key that a line lacks, and `null`, are missing values. */
export async function readJsonLines(stream: ByteStream, options: ReadOptions = {}): Promise<TableSource> {
  const { name } = stream;
  const { limit = Infinity, firstLine = 1 } = options;
  const table = jsonRows(name, options, 'write one object, such as {"age": 31, "sex": "female"}, per line');
  let line = firstLine - 1;
  await eachRecord(decodeText(stream), (text, start, isLast) => {
    const end = text.indexOf('\n', start);
    if (end < 0 && !isLast) return needMore(text.length - start, name, line + 1);
    const stop = end < 0 ? text.length : end;
    const record = text.slice(start, stop).trim();
    line += 1;
    if (record !== '') table.add(record, line);
    return table.rows >= limit ? STOP : end < 0 ? stop : end + 1;
  });
  return table.finish();
}

/** One object per row of a table; one array (nested by its shape) per example of an array. */
export function encodeJsonLines(source: Source): Uint8Array {
  const lines: string[] = [];
  if (source.form === 'table') {
    for (let row = 0; row < source.rows; row++) {
      // Written by hand, as an object would put a column called "7" first.
      const pairs = source.columns.map((column) => {
        const value = column.values[row];
        return `${JSON.stringify(column.name)}:${JSON.stringify(Number.isNaN(value) ? null : value)}`;
      });
      lines.push(`{${pairs.join(',')}}`);
    }
  } else {
    const width = source.values.length / source.shape[0];
    for (let at = 0; at < source.values.length; at += width) {
      lines.push(nested(source.values.subarray(at, at + width), source.shape.slice(1)));
    }
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function nested(values: Uint8Array | Float32Array, [length, ...inner]: readonly number[]): string {
  if (inner.length === 0) return `[${Array.from(values, (value) => shortestFloat(value) || 'null').join(',')}]`;
  const size = values.length / length;
  const parts = Array.from({ length }, (_, i) => nested(values.subarray(i * size, (i + 1) * size), inner));
  return `[${parts.join(',')}]`;
}
