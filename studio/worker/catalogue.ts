/** Everything that can be chosen, as plain JSON made from the option schemas: what the forms of the page are drawn from. */
import { commonSchema, flagOf, kinds, networkFamilies } from 'autoencoder/browser';
import * as z from 'zod';

export interface Choice {
  /** As in the library, e.g. `learningRate`. */
  readonly name: string;
  /** As on the command line, e.g. `--learning-rate`. */
  readonly flag: string;
  readonly type: 'number' | 'whole number' | 'words' | 'list of numbers' | 'switch';
  readonly words: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  readonly preset?: unknown;
}

export interface KindForm {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly diagram: string;
  readonly formula: string;
  readonly use: string;
  readonly choices: readonly Choice[];
}

export interface Catalogue {
  readonly kinds: readonly KindForm[];
  readonly networks: readonly {
    readonly name: string;
    readonly summary: string;
    readonly choices: readonly Choice[];
  }[];
  /** Options that every model and training takes. */
  readonly common: readonly Choice[];
}

export function catalogue(): Catalogue {
  return {
    kinds: kinds.map(({ name, summary, source, diagram, formula, use, options }) => ({
      name,
      summary,
      source,
      diagram,
      formula,
      use,
      choices: choicesIn(options),
    })),
    networks: networkFamilies.map(({ name, summary, options }) => ({ name, summary, choices: choicesIn(options) })),
    common: choicesIn(commonSchema),
  };
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly description?: string;
  readonly default?: unknown;
}

function choicesIn(schema: z.ZodType): Choice[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Property> };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    flag: flagOf(name),
    type: typeOf(property),
    words: property.enum ?? [],
    least: property.minimum ?? property.exclusiveMinimum,
    most: property.maximum,
    description: property.description ?? '',
    preset: property.default,
  }));
}

function typeOf({ type, enum: words, items }: Property): Choice['type'] {
  if (words) return 'words';
  if (type === 'array' || items) return 'list of numbers';
  if (type === 'boolean') return 'switch';
  return type === 'integer' ? 'whole number' : 'number';
}
