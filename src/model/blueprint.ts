/** All that a model is besides its numbers, as plain JSON: the data's shape, kind, network, likelihood and their options. */
import * as z from 'zod';
import { OptionError } from '../base/errors.ts';
import { optionNames, parseOptions, suggestion } from '../base/options.ts';
import { searched } from '../base/search-range.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Kind } from './kinds/kind.ts';
import { kinds } from './kinds/kinds.ts';
import type { NetworkFamily } from './networks/network.ts';
import { networkFamilies } from './networks/networks.ts';
import type { CategoryGroup } from './terms/mixed.ts';

/** What reconstruction is measured by; each is the negative logarithm of a likelihood. */
const losses = ['squared-error', 'cross-entropy', 'mixed', 'categorical', 'multinomial'] as const;

const jsonObject = z.record(z.string(), z.json());

/** How a blueprint is read from a model file. */
export const blueprintSchema = z
  .strictObject({
    kind: z.strictObject({ name: z.string(), options: jsonObject }),
    network: z.strictObject({ name: z.string(), options: jsonObject }),
    latent: z.int().min(1),
    loss: z.enum(losses),
    output: z.enum(['linear', 'sigmoid']),
    /** Of the data around its reconstruction: 1, or learned. */
    variance: z.enum(['fixed', 'learned']).default('fixed'),
    /** Shape of one example. */
    shape: z.array(z.int().min(1)).min(1),
    /** `sample`: every time an example is seen in training, its values in 0…1 are drawn as 0 or 1 with that chance. */
    binarize: z.enum(['none', 'sample']),
    /** Whether examples may have missing (NaN) entries. */
    hasMissing: z.boolean(),
    /** What entries are that an example does not list: 0, or missing; `none` where examples are whole. */
    absent: z.enum(['none', 'zero', 'missing']).default('none'),
    /** Classes that encoder and decoder are told of; 0 where they are told none. */
    classes: z.int().min(0).default(0),
    /** `each`: every class has a decoder of its own behind the one encoder. */
    decoders: z.enum(['one', 'each']).default('one'),
    /** For `mixed`: where the one-hot groups of category columns are, as [from, to) in ascending order; all other entries are numbers. */
    categories: z.array(z.tuple([z.int().min(0), z.int()])).default([]),
    /** For `categorical`: how many different tokens there are. Values are whole numbers below it; 0 where they are not tokens. */
    vocabulary: z.int().min(0).default(0),
    /** Numbers that stand for a token on its way into the network and out of it; 0 where tokens go in one-hot. */
    embedding: z.int().min(0).default(0),
    /** What raw values are multiplied by in the graph: 1/255 for bytes. */
    inputScale: z.number(),
    /** Steps at the end of an example that the encoder is not shown: the decoder has to tell them. */
    ahead: z.int().min(0).default(0),
  })
  .refine(({ ahead, shape }) => ahead < shape[0], 'the encoder must be shown something')
  .refine(({ ahead, shape }) => ahead === 0 || shape.length === 2, 'only series have steps ahead')
  .refine(({ decoders, classes }) => decoders === 'one' || classes > 0, 'decoders of classes need classes')
  .refine(({ loss, vocabulary }) => (loss === 'categorical') === vocabulary > 0, 'categorical is the loss of tokens')
  .refine(({ embedding, vocabulary }) => embedding === 0 || vocabulary > 0, 'only tokens are embedded')
  .refine(({ absent, hasMissing }) => absent !== 'missing' || hasMissing, 'entries that are absent are missing')
  .refine(
    ({ absent, inputScale, shape }) => absent === 'none' || (inputScale === 1 && shape.length === 1),
    'examples that list their entries are rows of numbers',
  )
  .refine(({ loss, shape }) => loss !== 'mixed' || shape.length === 1, 'mixed is the loss of rows of a table')
  .refine(
    ({ categories, shape }) =>
      categories.every(([from, to], at) => {
        const end = at === 0 ? 0 : categories[at - 1][1];
        return from >= end && to > from && to <= sizeOf(shape);
      }),
    'categories must be groups within the shape, in ascending order',
  );

export type Blueprint = z.infer<typeof blueprintSchema>;

/** Numbers that stand for a token where the user does not say; smaller vocabularies are not embedded. */
const EMBEDDING = 32;

/** What a user chooses of a blueprint; the rest follows from the data. */
export const architectureSchema = z.strictObject({
  kind: z.string().default('vanilla').describe('kind of autoencoder'),
  network: z
    .string()
    .optional()
    .describe('network that the kind is trained on (default: what suits the shape of the data)'),
  latent: z
    .int()
    .min(1)
    .optional()
    .describe('numbers in the code (default: 32, or half of the columns of a narrow table)')
    .meta(searched('purpose', { from: 1, to: 128, scale: 'log' })),
  loss: z
    .enum(['auto', ...losses])
    .default('auto')
    .describe(
      'what reconstruction is measured by; mixed: each column of a table as what it is; categorical: values are tokens; multinomial: values are counts, 0 or more (auto: mixed for tables with categories, else squared error)',
    ),
  embedding: z
    .int()
    .min(0)
    .optional()
    .describe(
      `numbers that stand for a token of --loss categorical in the network; 0: it goes in one-hot (default: ${EMBEDDING}, for vocabularies above that)`,
    ),
  output: z
    .enum(['auto', 'linear', 'sigmoid'])
    .default('auto')
    .describe('last non-linearity: auto is sigmoid where the data lies in 0…1, else linear'),
  variance: z
    .enum(['auto', 'fixed', 'learned'])
    .default('auto')
    .describe(
      'variance of numbers around their reconstruction: 1, or learned; for mixed, of each column (auto: learned for kinds that draw their codes)',
    ),
  decoders: z
    .enum(['one', 'each'])
    .default('one')
    .describe(
      'each: a decoder for every class, behind one encoder that is not told it (--label; see autoencoder swap)',
    ),
  binarize: z
    .enum(['none', 'sample'])
    .default('none')
    .describe('draw values in 0…1 as 0 or 1 anew at every step ("dynamic binarisation")'),
});

export type Architecture = z.infer<typeof architectureSchema>;

/** What the data says about a model for it. */
export interface DataFacts {
  readonly shape: readonly number[];
  readonly hasMissing: boolean;
  /** What entries are that an example does not list; absent where examples are whole. */
  readonly absent?: 'zero' | 'missing';
  readonly isBytes: boolean;
  /** All (scaled) values lie in 0 … 1. */
  readonly isUnitRange: boolean;
  /** Some (scaled) values are below 0. */
  readonly hasNegative?: boolean;
  /** Training examples. */
  readonly count?: number;
  /** Rows of a table: where the one-hot groups of its category columns are. Absent for data that is no table. */
  readonly categories?: readonly CategoryGroup[];
  /** Values are tokens, of which there are that many. */
  readonly vocabulary?: number;
  /** Classes that the examples are labelled with; none when absent. */
  readonly classes?: number;
  /** Steps at the end of an example that are to be told from those before. */
  readonly ahead?: number;
}

/** Fills in a blueprint from what the user chose and what the data is; kind and network options come unparsed. */
export function makeBlueprint(
  architecture: Architecture,
  options: { readonly kind: Readonly<Record<string, unknown>>; readonly network: Readonly<Record<string, unknown>> },
  data: DataFacts,
): Blueprint {
  const kind = findKind(architecture.kind);
  const network =
    architecture.network === undefined ? networkFor(data, options.network) : findNetwork(architecture.network);
  // A token is one of many, and as wide as its one-hot form.
  const features = sizeOf(data.shape) * Math.max(1, data.vocabulary ?? 1);
  const networkOptions = parseOptions(network.options, options.network, `--network ${network.name}`);
  const latent = latentFor(architecture, network.map?.(networkOptions)?.latent(data.shape), features);
  const loss = lossFor(architecture, data);
  if (architecture.binarize === 'sample' && !data.isUnitRange)
    throw new OptionError({
      where: '--binarize sample',
      expected: 'data between 0 and 1, to be read as chances',
      got: 'values outside',
      fix: 'use --scale minmax, or leave --binarize out',
    });
  const facts = { latent, examples: data.count, classes: data.classes };
  const kindOptions = parseOptions(kind.options, { ...kind.defaults?.(facts), ...options.kind }, `--kind ${kind.name}`);
  kind.check?.(kindOptions, facts);
  const {
    allowsOvercomplete,
    labels,
    isStochastic,
    weighsReconstruction = false,
  } = kind.make(kindOptions, data.classes);
  const hasClasses = labels !== undefined || architecture.decoders === 'each';
  if (hasClasses && !data.classes)
    throw new OptionError({
      where: labels ? `--kind ${kind.name}` : '--decoders each',
      expected: 'data with labels, as this form of it asks for',
      got: 'none',
      fix: `name the column of labels with --label, or leave ${labels ? '--labels' : '--decoders'} out`,
    });
  if (latent >= features && !allowsOvercomplete)
    throw new OptionError({
      where: '--latent',
      expected: `a code narrower than the data's ${features} numbers`,
      got: `${latent}`,
      fix: `choose --latent below ${features}, or a kind that bears wide codes (--kind sparse)`,
    });
  return blueprintSchema.parse({
    kind: { name: kind.name, options: kindOptions },
    network: { name: network.name, options: networkOptions },
    latent,
    loss,
    output: architecture.output === 'auto' ? (data.isUnitRange ? 'sigmoid' : 'linear') : architecture.output,
    variance: varianceFor(architecture, loss, isStochastic && !weighsReconstruction),
    shape: [...data.shape],
    binarize: architecture.binarize,
    hasMissing: data.hasMissing,
    absent: data.absent ?? 'none',
    classes: hasClasses ? data.classes : 0,
    decoders: architecture.decoders,
    categories: loss === 'mixed' ? data.categories : [],
    vocabulary: data.vocabulary ?? 0,
    embedding: embeddingFor(architecture, data),
    inputScale: data.isBytes ? 1 / 255 : 1,
    ahead: data.ahead ?? 0,
  });
}

/** @throws OptionError for a width of the code other than its map's. */
function latentFor({ latent }: Architecture, ofMap: number | undefined, features: number): number {
  if (ofMap === undefined) return latent ?? (features > 64 ? 32 : Math.max(1, Math.ceil(features / 2)));
  if (latent === undefined || latent === ofMap) return ofMap;
  throw new OptionError({
    where: `--latent ${latent}`,
    expected: `${ofMap}, which the channels of the code and the size of the data make`,
    got: `${latent}`,
    fix: 'leave --latent out, or --code-channels',
  });
}

/** @throws OptionError for a loss that the data is not for. */
function lossFor(
  { loss }: Architecture,
  { categories, isUnitRange, hasNegative, shape }: DataFacts,
): Blueprint['loss'] {
  if (loss === 'auto') return categories && categories.length > 0 ? 'mixed' : 'squared-error';
  if (loss === 'cross-entropy' && !isUnitRange)
    throw new OptionError({
      where: '--loss cross-entropy',
      expected: 'data between 0 and 1',
      got: 'values outside',
      fix: 'use --scale minmax, or --loss squared-error',
    });
  if (loss === 'multinomial' && hasNegative)
    throw new OptionError({
      where: '--loss multinomial',
      expected: 'counts, 0 or more',
      got: 'values below 0',
      fix: 'use --scale none or minmax, or --loss squared-error',
    });
  if (loss === 'mixed' && !categories)
    throw new OptionError({
      where: '--loss mixed',
      expected: 'a table, whose columns are numbers or categories',
      got: `examples of shape [${shape}]`,
      fix: 'use --loss squared-error, or leave --loss out',
    });
  return loss;
}

/** @throws OptionError for data that are no tokens. */
function embeddingFor({ embedding }: Architecture, { vocabulary = 0 }: DataFacts): number {
  if (embedding === undefined) return vocabulary > EMBEDDING ? EMBEDDING : 0;
  if (vocabulary > 0 || embedding === 0) return embedding;
  throw new OptionError({
    where: `--embedding ${embedding}`,
    expected: '--loss categorical beside it: only tokens are embedded',
    got: 'numbers',
    fix: 'add --loss categorical, or leave --embedding out',
  });
}

/** Learned, a noisy code finds its place: with a variance of 1 the noise of pictures drowns the divergence's other side. */
function varianceFor(
  { variance }: Architecture,
  loss: Blueprint['loss'],
  isStochastic: boolean,
): Blueprint['variance'] {
  if (loss === 'cross-entropy' || loss === 'categorical' || loss === 'multinomial') return 'fixed';
  return variance === 'auto' ? (isStochastic ? 'learned' : 'fixed') : variance;
}

/** The kind of that name. */
export function findKind(name: string): Kind {
  return find('--kind', kinds, name) as Kind;
}

/** The first network that suits the data, among those that have the options given. */
function networkFor(data: DataFacts, given: Readonly<Record<string, unknown>>): NetworkFamily {
  const families = networkFamilies as readonly NetworkFamily[];
  const having = families.filter(({ options }) =>
    Object.keys(given).every((name) => optionNames(options).includes(name)),
  );
  return having.find(({ suits }) => suits(data)) ?? having[0] ?? families[0];
}

/** The network family of that name. */
export function findNetwork(name: string): NetworkFamily {
  return find('--network', networkFamilies, name) as NetworkFamily;
}

function find<Entry extends { readonly name: string }>(where: string, list: readonly Entry[], name: string): Entry {
  const entry = list.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const names = list.map((candidate) => candidate.name);
  throw new OptionError({ where, expected: `one of ${names.join(', ')}`, got: name, fix: suggestion(name, names) });
}
