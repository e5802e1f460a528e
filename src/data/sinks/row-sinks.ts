/** Files that can be written row by row, by the ending of their name. */
import { OptionError } from '../../base/errors.ts';
import type { Source } from '../dataset.ts';
import { encodeCsv } from '../formats/csv.ts';
import { encodeJsonLines } from '../formats/json-lines.ts';
import { encodeNpySource, npyHead, parseNpyHead } from '../formats/npy.ts';
import { openParquetRows } from './parquet-rows.ts';
import { type OpenRowSink, writeAll } from './row-sink.ts';

const openCsvRows: OpenRowSink = (handle) => {
  let isFirst = true;
  return {
    async add(source) {
      const bytes = encodeCsv(source);
      await writeAll(handle, isFirst ? bytes : bytes.subarray(bytes.indexOf(10) + 1));
      isFirst = false;
    },
    finish: async () => {},
  };
};

const openJsonLinesRows: OpenRowSink = (handle) => ({
  add: (source) => writeAll(handle, encodeJsonLines(source)),
  finish: async () => {},
});

/** How many rows there are is said before them, and known after them. */
const openNpyRows: OpenRowSink = (handle) => {
  const longest = 2 ** 53;
  let rows = 0;
  let head: ((count: number) => Uint8Array) | undefined;
  return {
    async add(source: Source) {
      const bytes = encodeNpySource(source);
      const { shape, start, type } = parseNpyHead(bytes, source.name);
      const like = type === 'u1' ? new Uint8Array(0) : new Float32Array(0);
      const least = npyHead(like, [longest, ...shape.slice(1)]).length;
      if (!head) await writeAll(handle, npyHead(like, [longest, ...shape.slice(1)]));
      head ??= (count) => npyHead(like, [count, ...shape.slice(1)], least);
      rows += shape[0];
      await writeAll(handle, bytes.subarray(start));
    },
    async finish() {
      if (head) await handle.write(head(rows), 0, undefined, 0);
    },
  };
};

const sinks: Readonly<Record<string, OpenRowSink>> = {
  '.parquet': openParquetRows,
  '.csv': openCsvRows,
  '.jsonl': openJsonLinesRows,
  '.npy': openNpyRows,
};

/** Whether a file of that name can be written row by row. */
export function isRowFile(path: string): boolean {
  return Object.keys(sinks).some((ending) => path.toLowerCase().endsWith(ending));
}

/** @throws OptionError for a name that ends otherwise. */
export function rowSinkFor(path: string): OpenRowSink {
  const ending = Object.keys(sinks).find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending !== undefined) return sinks[ending];
  throw new OptionError({
    where: `--out ${path}`,
    expected: `a file that is written row by row: one that ends in ${Object.keys(sinks).join(', ')}`,
    got: JSON.stringify(path.replace(/^.*[/\\]/, '')),
    fix: 'choose one of these endings',
  });
}
