/** Option schemas: one zod object gives defaults, validation, flags, docs. Unknown options are errors that name the nearest. */
import type * as z from 'zod';
import { OptionError } from './errors.ts';

/**
 * Fills in defaults and checks `values`.
 *
 * @throws OptionError naming the option, what was expected, and the nearest known option for an unknown one.
 */
export function parseOptions<Options>(schema: z.ZodType<Options>, values: unknown, where: string): Options {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue.code === 'unrecognized_keys') {
    const known = optionNames(schema);
    throw new OptionError({
      where,
      expected: known.length ? `options ${known.map(flagOf).join(', ')}` : 'no options',
      got: issue.keys.map(flagOf).join(', '),
      fix: suggestion(issue.keys[0], known, flagOf),
    });
  }
  const name = issue.path.length ? flagOf(String(issue.path[0])) : where;
  throw new OptionError({
    where: name,
    expected: expectation(issue),
    got: printed(at(values, issue.path)),
    fix: `see autoencoder train --help (${where})`,
  });
}

/** Names of an object schema's options. */
export function optionNames(schema: z.ZodType): string[] {
  return 'shape' in schema ? Object.keys(schema.shape as object) : [];
}

/** What an option should have been, in words. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${measureOf(issue.origin)} ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `${measureOf(issue.origin)} ${issue.inclusive ? 'of at most' : 'below'} ${issue.maximum}`;
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
};

function measureOf(origin: string): string {
  return origin === 'array' || origin === 'string' ? 'a length' : 'a number';
}

/** The advice for an unknown name: the nearest known one, if any is near, else `otherwise`. */
export function suggestion(
  name: string,
  known: readonly string[],
  show: (name: string) => string = (n) => n,
  otherwise = 'choose one of those',
): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= Math.max(Math.min(2, name.length - 1), name.length / 3)
    ? `did you mean ${show(nearest.candidate)}?`
    : otherwise;
}

/** `codeActivation` → `--code-activation`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function at(values: unknown, path: readonly PropertyKey[]): unknown {
  let value = values;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

function printed(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'nothing');
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
