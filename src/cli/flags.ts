/** Command-line flags made from option schemas, so that nothing is written twice, and the readers of their values. */
import { type Command, Option } from 'commander';
import * as z from 'zod';
import { OptionError } from '../base/errors.ts';
import { flagOf, suggestion } from '../base/options.ts';

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

/**
 * Adds a flag for every option of `schema`; values stay as typed in, numbers parsed; defaults are the schema's business. A flag that
 * is there already (two networks may have options of one name) takes the words of both and says what each means by it. Those in `except` are left out.
 */
export function addSchemaFlags(
  command: Command,
  schema: z.ZodType,
  group: string,
  except: ReadonlySet<string | undefined> = new Set(),
): void {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Property> };
  for (const [name, property] of Object.entries(properties)) {
    const flag = flagOf(name);
    if (except.has(flag)) continue;
    const known = command.options.find((option) => option.long === flag);
    if (known) {
      share(known, property, group);
      continue;
    }
    const option = new Option(`${flag} ${placeholder(property)}`.trim(), describe(property)).helpGroup(group);
    if (property.enum) oneOf(option, property.enum);
    else if (property.type !== 'boolean') option.argParser(parserOf(flag, property));
    command.addOption(option);
  }
}

function share(option: Option, property: Property, group: string): void {
  const description = describe(property);
  const owner = group.replace(/( \(.*)?:$/, '').toLowerCase();
  if (option.description !== description) option.description += `; ${owner}: ${description}`;
  if (property.enum) oneOf(option, [...new Set([...(option.argChoices ?? []), ...property.enum])]);
}

/** Lets `option` take only these words. */
export function oneOf(option: Option, words: readonly string[]): Option {
  return option.choices(words).argParser((text) => {
    if (words.includes(text)) return text;
    throw new OptionError({
      where: option.long ?? option.flags,
      expected: `one of ${words.join(', ')}`,
      got: JSON.stringify(text),
      fix: suggestion(text, words),
    });
  });
}

/** Reads a whole number from 1. */
export function countParser(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= 1) return value;
    throw notA(flag, 'a whole number from 1', text);
  };
}

/** Collects the values of a flag that is repeated. */
export function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Reads the number of a port; 0 is any that is free. */
export function parsePort(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw notA('--port', 'a whole number from 0 to 65535', text);
}

/** Reads a number that is not negative. */
export function amountParser(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0) return value;
    throw notA(flag, 'a number from 0', text);
  };
}

/** Reads a number above 0, at most 1. */
export function shareParser(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= 1) return value;
    throw notA(flag, 'a number above 0, at most 1', text);
  };
}

/** Reads comma-separated words. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function placeholder({ type, enum: choices }: Property): string {
  if (type === 'boolean') return '';
  if (choices) return '<name>';
  return type === 'array' ? '<n,n,…>' : type === 'string' ? '<name>' : '<n>';
}

function describe({ description = '', default: preset }: Property): string {
  const isNothing = preset === undefined || preset === false || (Array.isArray(preset) && preset.length === 0);
  if (isNothing) return description;
  return `${description} (default: ${Array.isArray(preset) ? preset.join(',') : preset})`;
}

function parserOf(flag: string, { type }: Property): (text: string) => unknown {
  const number = (text: string, whole: string, expected: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && !Number.isNaN(value)) return value;
    throw notA(flag, expected, whole);
  };
  if (type === 'array')
    return (text) => parseList(text).map((part) => number(part, text, 'whole numbers with commas between them'));
  if (type === 'number' || type === 'integer') return (text) => number(text, text, 'a number');
  return (text) => text;
}

function notA(flag: string, expected: string, got: string): OptionError {
  return new OptionError({ where: flag, expected, got: JSON.stringify(got), fix: 'see --help for what it does' });
}
