/** `--out FILE`: results as .npy, .csv, .jsonl or .png, by the name's ending. */

import type { ArraySource, Source } from '../data/dataset.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeCsv } from '../data/formats/csv.ts';
import { encodeSource } from '../data/formats/formats.ts';
import type { Terminal } from './terminal.ts';

/** Writes `source` to `path`, or as CSV to standard output when there is no path (and no JSON to print). */
export async function writeOutput(source: Source, path: string | undefined, terminal: Terminal): Promise<void> {
  if (path !== undefined) await writeFileAtomic(path, encodeSource(path, source));
  else if (!terminal.isJson) process.stdout.write(encodeCsv(source));
}

/** Rows of numbers as a source. */
export function asArray(name: string, values: Float32Array, width: number): ArraySource {
  return { form: 'array', name, values, shape: [values.length / width, width] };
}
