/** The formats, in one list to read and one to write. A new one is a file beside this and a line here. */
import { OptionError } from '../../base/errors.ts';
import type { Source } from '../dataset.ts';
import { encodeArrow } from './arrow.ts';
import { csv, encodeCsv } from './csv.ts';
import type { Format } from './format.ts';
import { idx } from './idx.ts';
import { json } from './json.ts';
import { encodeJsonLines, jsonLines } from './json-lines.ts';
import { encodeNpySource, npy } from './npy.ts';
import { encodeNpzSource, npz } from './npz.ts';
import { encodeParquet, parquet } from './parquet.ts';
import { encodePngGrid } from './png.ts';

const readers: readonly Format[] = [csv, json, jsonLines, parquet, npy, npz, idx];

const writers: readonly { readonly ending: string; readonly encode: (source: Source) => Uint8Array }[] = [
  { ending: '.npy', encode: encodeNpySource },
  { ending: '.npz', encode: encodeNpzSource },
  { ending: '.csv', encode: encodeCsv },
  { ending: '.jsonl', encode: encodeJsonLines },
  { ending: '.parquet', encode: encodeParquet },
  { ending: '.arrow', encode: encodeArrow },
  { ending: '.png', encode: (source) => encodePngGrid(source) },
];

/** The format of a file by its name. */
export function formatOf(fileName: string): Format | undefined {
  const isPacked = /\.gz$/i.test(fileName);
  const bare = fileName.replace(/\.gz$/i, '');
  return readers.find((format) => format.files.test(bare) && (format.isReadPacked || !isPacked));
}

/**
 * The bytes of a file called `path` (`.npy`, `.npz`, `.csv`, `.jsonl`, `.parquet`, `.arrow` or `.png`) that holds `source`.
 *
 * @throws OptionError for another ending; DataError when that format cannot hold `source`.
 */
export function encodeSource(path: string, source: Source): Uint8Array {
  return writerFor(path)(source);
}

/** Whether a file called `path` can be written, by its ending. */
export function isWritten(path: string): boolean {
  return writers.some(({ ending }) => path.toLowerCase().endsWith(ending));
}

/**
 * What writes a file called `path`; asked for before the work, a wrong name costs nothing.
 *
 * @throws OptionError for an ending that is not written.
 */
export function writerFor(path: string): (source: Source) => Uint8Array {
  const writer = writers.find(({ ending }) => path.toLowerCase().endsWith(ending));
  if (writer !== undefined) return writer.encode;
  throw new OptionError({
    where: path,
    expected: `a file name that ends in ${writers.map(({ ending }) => ending).join(', ')}`,
    got: JSON.stringify(path.replace(/^.*[/\\]/, '')),
    fix: 'choose one of these endings',
  });
}
