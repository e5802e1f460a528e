/** Arrow: files of the IPC format (arrow.apache.org/docs/format/Columnar.html), which are mapped rather than read; written only. */
import { float32, float64, tableFromArrays, tableToIPC, uint8, utf8 } from '@uwdata/flechette';
import type { Source } from '../dataset.ts';
import { plainColumns } from './plain-columns.ts';

const TYPES = { text: utf8, float64, float32, bytes: uint8 } as const;

/** A column per column of a table, or per number of an example: text as UTF-8, numbers of tables as float64, of arrays as they are. */
export function encodeArrow(source: Source): Uint8Array {
  const columns = plainColumns(source);
  const table = tableFromArrays(
    columns.map(({ name, values }): [string, unknown[]] => [name, values]),
    { types: Object.fromEntries(columns.map(({ name, holds }) => [name, TYPES[holds]()])) },
  );
  const bytes = tableToIPC(table, { format: 'file' });
  if (!bytes) throw new Error('internal: no bytes of a table');
  return bytes;
}
