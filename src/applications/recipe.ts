/** Everything a user may choose about a training run, as one flat list of options, and its parts sorted out of it. */
import * as z from 'zod';
import { OptionError } from '../base/errors.ts';
import { flagOf, optionNames, parseOptions, suggestion } from '../base/options.ts';
import { type Architecture, architectureSchema, findKind, findNetwork } from '../model/blueprint.ts';
import { kinds } from '../model/kinds/kinds.ts';
import { networkFamilies } from '../model/networks/networks.ts';
import { defaultsFor, type TrainingOptions, trainingSchema } from '../training/options.ts';

/** How data is prepared for training. */
export const preparationSchema = z.strictObject({
  validation: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('share of the examples held out to measure on (at most 5000 by default)'),
  scale: z
    .enum(['standard', 'minmax', 'none'])
    .optional()
    .describe(
      'scaling of columns: to mean 0 and variance 1, to 0…1, or none (default: standard; minmax for cross-entropy)',
    ),
  vocabulary: z
    .int()
    .min(1)
    .optional()
    .describe('different tokens for --loss categorical (default: up to the largest in the training part)'),
});

export type Preparation = z.infer<typeof preparationSchema>;

/** Options that every kind and network takes. */
export const commonSchema = z.strictObject({
  ...architectureSchema.shape,
  ...trainingSchema.shape,
  ...preparationSchema.shape,
});

export interface Recipe {
  readonly architecture: Architecture;
  readonly training: TrainingOptions;
  /** Whether the user left these to the data's size. */
  readonly isOpen: { readonly epochs: boolean; readonly batchSize: boolean; readonly validation: boolean };
  readonly preparation: Preparation;
  /** Unparsed options of the kind and of the network. */
  readonly own: {
    readonly kind: Readonly<Record<string, unknown>>;
    readonly network: Readonly<Record<string, unknown>>;
  };
}

/**
 * Sorts flat options, e.g. `{ kind: 'variational', beta: 4, hidden: [64], epochs: 5 }`, and fills in the defaults.
 *
 * @throws OptionError for a value out of range, or for an option that this kind and network do not have.
 */
export function makeRecipe(options: Readonly<Record<string, unknown>>): Recipe {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const common = pick(given, optionNames(commonSchema));
  const architecture = parseOptions(architectureSchema, pick(common, optionNames(architectureSchema)), 'the model');
  const kindKeys = optionNames(findKind(architecture.kind).options);
  // Without a network chosen the data will choose, among those that have all the options given.
  const networkKeys =
    architecture.network === undefined
      ? networkFamilies.flatMap(({ options: own }) => optionNames(own))
      : optionNames(findNetwork(architecture.network).options);
  const known = [...optionNames(commonSchema), ...kindKeys, ...networkKeys];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownOption(unknown, known, architecture);
  return {
    architecture,
    isOpen: {
      epochs: given.epochs === undefined,
      batchSize: given.batchSize === undefined,
      validation: given.validation === undefined,
    },
    training: parseOptions(trainingSchema, pick(common, optionNames(trainingSchema)), 'training'),
    preparation: parseOptions(preparationSchema, pick(common, optionNames(preparationSchema)), 'the data'),
    own: { kind: pick(given, kindKeys), network: pick(given, networkKeys) },
  };
}

/**
 * The options `given` and, for those that were left open, `defaults`; what a default says of its own kind or network goes when another
 * one is chosen.
 */
export function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const dropped = [
    ...(given.kind === undefined || given.kind === defaults.kind
      ? []
      : kinds.flatMap(({ options }) => optionNames(options))),
    ...(given.network === undefined || given.network === defaults.network
      ? []
      : networkFamilies.flatMap(({ options }) => optionNames(options))),
  ];
  const kept = Object.entries(defaults).filter(([name]) => !dropped.includes(name));
  return { ...Object.fromEntries(kept), ...given };
}

/** Says whose option it is, where some other kind or network has it. */
function unknownOption(name: string, known: readonly string[], { kind, network }: Architecture): OptionError {
  const owners = [
    ...kinds.filter(({ options }) => optionNames(options).includes(name)).map((owner) => `kind ${owner.name}`),
    ...networkFamilies
      .filter(({ options }) => optionNames(options).includes(name))
      .map((owner) => `network ${owner.name}`),
  ];
  const flag = flagOf(name);
  return new OptionError({
    where: flag,
    expected: `an option of kind ${kind}${network === undefined ? ' or of a network' : ` or network ${network}`}`,
    got: owners.length > 0 ? `one of ${owners.join(' and ')}` : 'one that nothing has',
    fix: owners.length > 0 ? `add --${owners[0]}, or leave ${flag} out` : suggestion(name, known, flagOf),
  });
}

/** The recipe's training options for data of `count` training examples: what the user left open follows from it. */
export function trainingFor({ training, isOpen }: Recipe, count: number): TrainingOptions {
  const { epochs, batchSize } = defaultsFor(count, isOpen.batchSize ? undefined : training.batchSize);
  return {
    ...training,
    epochs: isOpen.epochs ? epochs : training.epochs,
    batchSize: isOpen.batchSize ? batchSize : training.batchSize,
  };
}

function pick(options: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}
