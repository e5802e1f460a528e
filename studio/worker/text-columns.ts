/** Which columns of a table are free text. */
import type { Source } from 'autoencoder/browser';

const FEWEST = 20;
const DIFFERENT = 0.3;

/** Columns whose values are texts rather than classes: most of them different, with words in them. */
export function textColumns(source: Source): string[] {
  if (source.form !== 'table') return [];
  return source.columns
    .filter((column) => {
      if (column.type !== 'category') return false;
      const known = column.values.filter((value) => value !== null);
      const spaced = known.filter((value) => value.includes(' ')).length;
      return known.length >= FEWEST && spaced > known.length / 2 && new Set(known).size > DIFFERENT * known.length;
    })
    .map(({ name }) => name);
}
