/** Columns of text: lines to write on, or pairs of a line and its translation. */
import { DataError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import type { Source } from './dataset.ts';

export interface Texts {
  /** Of the data. */
  readonly name: string;
  /** `null` where a text is missing. */
  readonly texts: readonly (string | null)[];
}

/**
 * The columns named, or else the first `count` of text.
 *
 * @throws DataError for data without so many columns of text.
 */
export function readTexts(source: Source, count: number, columns?: readonly string[]): Texts[] {
  const { name } = source;
  const found = source.form === 'table' ? source.columns.filter(({ type }) => type === 'category') : [];
  const names = columns ?? found.slice(0, count).map((column) => column.name);
  if (names.length !== count || found.length < count)
    throw new DataError({
      where: name,
      expected: count === 1 ? 'a column of text' : `${count} columns of text`,
      got: columns ? columns.join(', ') : `${found.length}`,
      fix:
        count === 1
          ? 'give a file of lines, or name the column with --columns'
          : 'name them with --columns from,to, or give a second file of lines with --into',
    });
  return names.map((wanted) => {
    const column = found.find((candidate) => candidate.name === wanted);
    if (column?.type === 'category') return { name, texts: column.values };
    const known = found.map((candidate) => candidate.name);
    throw new DataError({
      where: `${name} column ${JSON.stringify(wanted)}`,
      expected: `a column of text: ${known.join(', ')}`,
      got: 'none of that name',
      fix: suggestion(wanted, known),
    });
  });
}

/** The texts that are there; of a running text, an empty line is part of it. */
export function knownTexts({ texts }: Texts, isRunning: boolean): string[] {
  return texts.flatMap((text) => (text === null ? (isRunning ? [''] : []) : [text]));
}

/** A text and what it is to become. */
export interface TextPair {
  readonly from: string;
  readonly to: string;
}

/** Pairs of lines, without those where one is missing. @throws DataError where there are not as many of both. */
export function pairTexts(from: Texts, to: Texts): TextPair[] {
  if (from.texts.length !== to.texts.length)
    throw new DataError({
      where: to.name,
      expected: `${from.texts.length} lines, as in ${from.name}: each the translation of the line beside it`,
      got: `${to.texts.length}`,
      fix: 'give files whose lines belong together',
    });
  return from.texts.flatMap((text, row) => {
    const other = to.texts[row];
    return text === null || other === null ? [] : [{ from: text, to: other }];
  });
}
