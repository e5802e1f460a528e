/**
 * What is searched: options with the values they may take. An option belongs to all models, to some kinds, or to some networks; it is
 * only there where one of its owners was chosen (the tree of "tree-structured" Parzen estimators).
 */
import * as z from 'zod';
import { OptionError } from '../../base/errors.ts';
import { flagOf, optionNames } from '../../base/options.ts';
import { type SearchHint, searchHintOf } from '../../base/search-range.ts';
import { findKind, findNetwork } from '../../model/blueprint.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { networkFamilies } from '../../model/networks/networks.ts';
import { commonSchema } from '../recipe.ts';

export type Options = Readonly<Record<string, unknown>>;

export type Range =
  /** Numbers from … to, both included; on a logarithmic scale each doubling is as likely as any other. */
  | {
      readonly type: 'range';
      readonly from: number;
      readonly to: number;
      readonly scale: 'linear' | 'log';
      readonly isWhole: boolean;
    }
  /** One of some values. */
  | { readonly type: 'choice'; readonly values: readonly unknown[] };

export interface Dimension {
  /** Of the option, in camel case. */
  readonly name: string;
  readonly range: Range;
}

/** In the order they are drawn in: first what decides which others there are. */
export type Space = readonly Dimension[];

/** An option's schema as JSON. */
export interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly search?: unknown;
}

const OWNERS = ['kind', 'network'];

/** The kind and the network that the defaults make. */
export interface Chosen {
  readonly kind: string;
  readonly network: string;
}

/** What the data and the options that are fixed decide before anything is searched. */
export interface SpaceFacts extends Chosen {
  /** What is fixed, by the names of options. */
  readonly given: Options;
  /** Numbers in an example. */
  readonly features: number;
  /** Of the model that the defaults make. */
  readonly latent: number;
  readonly batchSize: number;
  /** Whether what is measured can tell which purpose a model serves better, or only how well it was trained. */
  readonly judgesPurpose: boolean;
}

/** Every option that its schema says is worth a search, of the kind and the network that the defaults make. */
export function defaultSpace(facts: SpaceFacts): Space {
  const { given, kind, network, judgesPurpose } = facts;
  const chosen = [commonSchema, findKind(kind).options, findNetwork(network).options];
  return chosen.flatMap((schema) =>
    Object.entries(propertiesOf(schema)).flatMap(([name, property]): Dimension[] => {
      const hint = searchHintOf(property);
      if (!hint || given[name] !== undefined || (hint.of === 'purpose' && !judgesPurpose)) return [];
      const range = narrowed(name, rangeOf(hint, property), facts);
      return isPoint(range) ? [] : [{ name, range }];
    }),
  );
}

/** What an option is; where several kinds or networks have one of that name, that of the chosen ones. */
export function propertyOf(name: string, chosen: Chosen): Property {
  const own = [findKind(chosen.kind).options, findNetwork(chosen.network).options];
  const schema = [...own, ...schemas].find((candidate) => optionNames(candidate).includes(name));
  if (!schema) throw new Error(`internal: no option ${name}`);
  return propertiesOf(schema)[name];
}

/** Names of all options that any model has. */
export function allOptionNames(): string[] {
  return [...new Set(schemas.flatMap(optionNames))];
}

/** Whether the model that `options` make has the option of that name; `otherwise` says what is chosen where they do not. */
export function isActive(name: string, options: Options, otherwise: Chosen): boolean {
  const owned = [
    commonSchema,
    findKind(String(options.kind ?? otherwise.kind)).options,
    findNetwork(String(options.network ?? otherwise.network)).options,
  ];
  return owned.some((schema) => optionNames(schema).includes(name));
}

/**
 * Whether the model that `options` could make has the option of that name, for one of the kinds and networks that the space has.
 *
 * @throws OptionError for an option that none of them has.
 */
export function checkReach(space: Space, options: Options, otherwise: Chosen): void {
  const choices = (owner: 'kind' | 'network'): readonly unknown[] => {
    const range = space.find(({ name }) => name === owner)?.range;
    return range?.type === 'choice' ? range.values : [options[owner] ?? otherwise[owner]];
  };
  for (const { name } of space) {
    const isThere = choices('kind').some((kind) =>
      choices('network').some((network) => isActive(name, { kind, network }, otherwise)),
    );
    if (isThere) continue;
    const kindsWith = kinds.filter((kind) => optionNames(kind.options).includes(name)).map((kind) => kind.name);
    const networksWith = networkFamilies
      .filter((family) => optionNames(family.options).includes(name))
      .map((family) => family.name);
    const owners = [...kindsWith.map((kind) => `--kind ${kind}`), ...networksWith.map((n) => `--network ${n}`)];
    throw new OptionError({
      where: `--search ${name}`,
      expected: `an option of kind ${choices('kind').join(', ')} or network ${choices('network').join(', ')}`,
      got: `one of ${owners.map((owner) => owner.slice(2)).join(', ')}`,
      fix: `add ${owners[0]}, or leave it out`,
    });
  }
}

/** Puts first what decides which others there are. */
export function ordered(dimensions: readonly Dimension[]): Space {
  const rank = ({ name }: Dimension): number => (OWNERS.includes(name) ? 0 : 1);
  return dimensions.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Checks every value against the schema of its option.
 *
 * @throws OptionError for a value that the option does not take, a range without numbers in it, or a space of one point.
 */
export function checkSpace(space: Space, given: Options): void {
  for (const { name, range } of space) {
    const where = `--search ${name}`;
    if (given[name] !== undefined)
      throw new OptionError({
        where,
        expected: `an option that is not fixed by ${flagOf(name)}`,
        got: `both, ${flagOf(name)} ${JSON.stringify(given[name])}`,
        fix: 'leave one of the two out',
      });
    if (range.type === 'range' && !(range.from < range.to))
      throw new OptionError({
        where,
        expected: 'a range from a lower number to a higher one',
        got: `${range.from}..${range.to}`,
        fix: `fix a single value with ${flagOf(name)} ${range.from}, or widen the range`,
      });
    if (range.type === 'range' && range.scale === 'log' && !(range.from > 0))
      throw new OptionError({
        where,
        expected: 'a logarithmic range that begins above 0',
        got: `${range.from}..${range.to}`,
        fix: 'begin higher, or leave :log out',
      });
    const values = range.type === 'range' ? [range.from, range.to] : range.values;
    for (const value of values) checkValue(name, value);
  }
  if (space.every(({ range }) => isPoint(range)))
    throw new OptionError({
      where: '--search',
      expected: 'at least one option with two values to choose from',
      got:
        space.length === 0 ? 'none: every option is fixed' : `one point (${space.map(({ name }) => name).join(', ')})`,
      fix: 'name a range, for example: --search learningRate=1e-4..1e-2:log',
    });
}

function checkValue(name: string, value: unknown): void {
  if (name === 'kind') findKind(String(value));
  if (name === 'network') findNetwork(String(value));
  const owners = schemas.filter((schema) => optionNames(schema).includes(name));
  const complaints = owners.map((schema) =>
    schema.safeParse({ [name]: value }).error?.issues.find(({ path }) => path[0] === name),
  );
  const [first] = complaints;
  if (first === undefined || complaints.includes(undefined)) return;
  throw new OptionError({
    where: `--search ${name}`,
    expected: `values that ${flagOf(name)} takes`,
    got: `${JSON.stringify(value)} (${first.message})`,
    fix: 'see autoencoder train --help for what it is',
  });
}

function isPoint(range: Range): boolean {
  return range.type === 'choice' ? range.values.length < 2 : !(range.from < range.to);
}

function rangeOf({ range }: SearchHint, { type }: Property): Range {
  if ('values' in range) return { type: 'choice', values: range.values };
  return { type: 'range', ...range, isWhole: type === 'integer' };
}

/**
 * To what the data bears: a code narrower than an example, unless the default one is wider (kinds that bear it are no worse for it), and steps that
 * cost at most twice as much time as the usual ones.
 */
function narrowed(name: string, range: Range, { features, latent, batchSize }: SpaceFacts): Range {
  if (name === 'latent' && range.type === 'range')
    return { ...range, to: Math.max(latent, Math.min(range.to, features - 1)) };
  if (name !== 'batchSize' || range.type !== 'choice') return range;
  const isNear = (value: unknown): boolean => Number(value) >= batchSize / 2 && Number(value) <= 2 * batchSize;
  return { ...range, values: range.values.filter(isNear) };
}

const schemas = [
  commonSchema,
  ...kinds.map(({ options }) => options),
  ...networkFamilies.map(({ options }) => options),
] as readonly z.ZodType[];

function propertiesOf(schema: z.ZodType): Readonly<Record<string, Property>> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Property> };
  return properties;
}
