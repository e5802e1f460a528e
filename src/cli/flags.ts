/** Command-line flags made from option schemas, so that nothing is written twice. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { flagOf } from '../base/options.ts';

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

/** Adds a flag for every option of `schema`; values stay as typed in, numbers parsed; defaults are the schema's business. */
export function addSchemaFlags(command: Command, schema: z.ZodType, group: string): void {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Property> };
  for (const [name, property] of Object.entries(properties)) {
    const flag = flagOf(name);
    if (command.options.some((option) => option.long === flag)) continue;
    const option = new Option(`${flag} ${placeholder(property)}`.trim(), describe(property)).helpGroup(group);
    if (property.enum) option.choices(property.enum);
    else option.argParser(parserOf(property));
    command.addOption(option);
  }
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}

/** Comma-separated words. */
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
  if (preset === undefined || preset === false) return description;
  return `${description} (default: ${Array.isArray(preset) ? preset.join(',') : preset})`;
}

function parserOf({ type }: Property): (text: string) => unknown {
  if (type === 'array') return (text) => (text.trim() === '' ? [] : parseList(text).map(parseNumber));
  if (type === 'number' || type === 'integer') return parseNumber;
  return (text) => text;
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}
