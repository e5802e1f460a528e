/** Builds one column from cells as they are read, deciding between numbers and categories on the way. */
import { DataError } from '../../base/errors.ts';
import type { Column } from '../dataset.ts';

/** A column's type is decided on this many values, or on all where there are fewer. */
const SAMPLE = 1000;

export interface ColumnBuilder {
  /** A cell of a text file, already trimmed. */
  addText(text: string, row: number): void;
  /** A cell that is a number by its syntax (JSON). */
  addNumber(value: number, row: number): void;
  addMissing(row: number): void;
  /** The column; `DataError` naming the row where text stands among numbers. */
  finish(): Column;
}

/** Spellings of "no value", in any case: what R, pandas, SQL, Weka and the UCI archive write. */
const missingTexts: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '<na>', '#n/a']);
const infiniteText = /^[+-]?inf(inity)?$/i;

export function isMissingText(text: string): boolean {
  return text.length <= 4 && missingTexts.has(text.toLowerCase());
}

/** A decimal number, or undefined; an infinite one (also one too large, such as 1e999) as ±Infinity. */
export function parseNumber(text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (Number.isNaN(value)) return infiniteText.test(text) ? Infinity : undefined;
  // Number() also reads 0x1f, 0b1 and 0o7, which are names in a table rather than numbers.
  if (text.length > 2 && text.charCodeAt(0) === 48 && text.charCodeAt(1) > 57) return plainExponent(text, value);
  return value;
}

function plainExponent(text: string, value: number): number | undefined {
  return /^0e/i.test(text) ? value : undefined;
}

/**
 * @param where File and column, for messages.
 * @param type `category` keeps every cell as text (labels); `numeric` takes numbers only; `decide` takes numbers where more than half of the values are.
 */
export function columnBuilder(name: string, where: string, type: 'decide' | 'numeric' | 'category'): ColumnBuilder {
  let held: { cell: string | number | null; row: number }[] | undefined = type === 'decide' ? [] : undefined;
  let [heldValues, heldNumbers] = [0, 0];
  let isNumeric = type === 'numeric';
  const numbers = growingNumbers();
  const categories: (string | null)[] = [];
  const known = new Map<string, string>();
  let firstText: { text: string; row: number } | undefined;
  let textCount = 0;

  const decide = (): void => {
    if (held === undefined) return;
    isNumeric = 2 * heldNumbers > heldValues || heldValues === 0;
    const cells = held;
    held = undefined;
    for (const { cell, row } of cells) add(cell, row);
  };
  const add = (cell: string | number | null, row: number): void => {
    if (held !== undefined) {
      held.push({ cell, row });
      if (cell === null) return;
      heldValues += 1;
      if (typeof cell === 'number' || parseNumber(cell) !== undefined) heldNumbers += 1;
      if (heldValues >= SAMPLE) decide();
    } else if (!isNumeric) {
      categories.push(cell === null ? null : shared(String(cell)));
    } else {
      const value = typeof cell === 'string' ? parseNumber(cell) : (cell ?? NaN);
      if (value === undefined) {
        firstText ??= { text: String(cell), row };
        textCount += 1;
      } else if (value === Infinity || value === -Infinity) {
        throw notFinite(String(cell), row);
      }
      numbers.push(value ?? NaN);
    }
  };
  /** One string object per category, rather than one slice of the file per cell. */
  const shared = (text: string): string => {
    const found = known.get(text);
    if (found !== undefined) return found;
    known.set(text, text);
    return text;
  };
  const notFinite = (text: string, row: number): DataError =>
    new DataError({
      where: rowOf(row),
      expected: 'a finite number',
      got: text,
      fix: 'correct the value, or leave it empty if it is missing',
    });
  const rowOf = (row: number): string => where.replace(' column ', ` row ${row} column `);

  return {
    addText: (text, row) => add(isMissingText(text) ? null : text, row),
    addNumber: (value, row) => add(value, row),
    addMissing: () => add(null, 0),
    finish: () => {
      decide();
      if (!isNumeric) return { type: 'category', name, values: categories };
      if (firstText === undefined) return { type: 'numeric', name, values: numbers.finish() };
      throw new DataError({
        where: rowOf(firstText.row),
        expected: 'a number, as in the other rows',
        got: `${JSON.stringify(firstText.text)}${textCount > 1 ? ` (and ${textCount - 1} more texts)` : ''}`,
        fix: 'correct the value, leave it empty if it is missing, or leave the column out with --columns',
      });
    },
  };
}

function growingNumbers(): { push(value: number): void; finish(): Float64Array } {
  let values = new Float64Array(1024);
  let length = 0;
  return {
    push: (value) => {
      if (length === values.length) {
        const larger = new Float64Array(length * 2);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    finish: () => values.slice(0, length),
  };
}
