/** Files of lines that belong together, as a table. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TableSource } from 'autoencoder';

/** Packed files of as many lines each, by the names that their columns get. */
export function linesOf(files: Readonly<Record<string, string>>): TableSource {
  const columns = Object.entries(files).map(([name, file]) => ({
    type: 'category' as const,
    name,
    values: gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n'),
  }));
  return { form: 'table', name: Object.values(files)[0], rows: columns[0].values.length, columns };
}
