/** What features are tried on: labelled rows to learn from and others to measure on, with classes or with numbers. */

import { DataError, OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { matrixRows } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Examples } from '../model/examples.ts';

/** Rows and what is known of each: the number of its class, or a number. */
export interface Known {
  readonly examples: Examples;
  readonly answers: Float64Array;
}

export interface Task {
  readonly form: 'classes' | 'numbers';
  /** Classes by number; the target's name where it is one. */
  readonly names: readonly string[];
  /** What may be learned from. */
  readonly known: Known;
  readonly heldOut: Known;
  /** The known rows, and after them at most `MOST_UNLABELLED` of which the answer is not told. */
  readonly withUnlabelled: Examples;
  /** Labelled rows there would have been, and the class that most of them have. */
  readonly available: number;
  readonly commonest: number;
}

/** Share of the rows held out where the data has no test part. */
const HELD_OUT = 0.25;
/** Unlabelled rows beyond this tell little more. */
const MOST_UNLABELLED = 10_000;

/**
 * Chooses rows: `labels` of those with an answer, as many of each class as can be; all of them when absent.
 *
 * @returns Nothing for data without a target and without labels of two classes.
 * @throws OptionError for more labels than there are; DataError where there is nothing to measure on.
 */
export function makeTask(
  pool: Dataset,
  measured: Dataset | undefined,
  labels: number | undefined,
  random: Random,
): Task | undefined {
  const own = answersOf(pool);
  if (!own) return undefined;
  const order = Array.from(random.fork('rows').permutation(pool.count));
  const held = measured === undefined ? Math.round(HELD_OUT * pool.count) : 0;
  const isKnown = (answers: Float64Array) => (row: number) => !Number.isNaN(answers[row]);
  const answered = order.slice(held).filter(isKnown(own.answers));
  const chosen = chooseRows(answered, own, labels);
  const isChosen = new Set(chosen);
  const rest = order.slice(held).filter((row) => !isChosen.has(row));
  const test = measured ?? pool;
  const found = measured === undefined ? own : answersOf(measured, own.names);
  const testRows = (
    measured === undefined ? order.slice(0, held) : Array.from({ length: test.count }, (_, i) => i)
  ).filter(isKnown(found?.answers ?? new Float64Array(0)));
  if (!found || testRows.length === 0 || chosen.length === 0)
    throw new DataError({
      where: test.name,
      expected: `rows with ${own.form === 'classes' ? 'labels' : `a value of ${own.names[0]}`}, to learn from and to measure on`,
      got: chosen.length === 0 ? 'none to learn from' : 'none to measure on',
      fix: 'give more labelled rows',
    });
  const take = (data: Dataset, answers: Float64Array, rows: readonly number[]): Known => ({
    examples: takeExamples(data, rows),
    answers: Float64Array.from(rows, (row) => answers[row]),
  });
  return {
    form: own.form,
    names: own.names,
    known: take(pool, own.answers, chosen),
    heldOut: take(test, found.answers, testRows),
    withUnlabelled: takeExamples(pool, [...chosen, ...rest.slice(0, MOST_UNLABELLED)]),
    available: answered.length,
    commonest: commonestOf(answered.map((row) => own.answers[row])),
  };
}

function commonestOf(answers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

interface Answers {
  readonly form: Task['form'];
  readonly names: readonly string[];
  /** NaN where unknown. */
  readonly answers: Float64Array;
}

/** What is known of each row; classes by the numbers that `known` gives them. */
function answersOf({ labels, target }: Dataset, known?: readonly string[]): Answers | undefined {
  if (target) return { form: 'numbers', names: [target.name], answers: target.values };
  // Of one class there is nothing to tell.
  const classes = new Set(labels?.values.filter((label) => label >= 0));
  if (!labels || classes.size < (known ? 1 : 2)) return undefined;
  const names = known ?? labels.names;
  const numbers = labels.names.map((name) => names.indexOf(name));
  const answers = Float64Array.from(labels.values, (label) => {
    const number = numbers[label] ?? -1;
    return number < 0 ? Number.NaN : number;
  });
  return { form: 'classes', names, answers };
}

/** One of each class in turn, as long as it has any. */
function chooseRows(rows: readonly number[], { form, names, answers }: Answers, labels: number | undefined): number[] {
  if (labels === undefined) return [...rows];
  if (labels > rows.length)
    throw new OptionError({
      where: '--labels',
      expected: `at most the ${rows.length} rows that have one and are not held out`,
      got: `${labels}`,
      fix: 'ask for fewer, or leave --labels out to use all',
    });
  if (form === 'numbers') return rows.slice(0, labels);
  const left = names.map((_, label) => rows.filter((row) => answers[row] === label));
  const chosen: number[] = [];
  for (let turn = 0; chosen.length < labels; turn++)
    for (const own of left) if (turn < own.length && chosen.length < labels) chosen.push(own[turn]);
  return chosen;
}

/** A copy of the rows. */
function takeExamples({ values, shape }: Dataset, rows: ArrayLike<number>): Examples {
  return { values: matrixRows(values, sizeOf(shape), rows), count: rows.length };
}
