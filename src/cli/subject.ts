/** What an application works on: a trained model with data, or, with `--fit`, data that a model is trained on first. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LearnRequest } from '../applications/begin-learning.ts';
import { trainedOn } from '../applications/kept.ts';
import { datasetFor, type Gaps, knownColumns } from '../applications/learn.ts';
import { commonSchema, makeRecipe, withDefaults } from '../applications/recipe.ts';
import { heldQueries } from '../applications/search-quality.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { OptionError } from '../base/errors.ts';
import { flagOf, optionNames } from '../base/options.ts';
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { kinds } from '../model/kinds/kinds.ts';
import { networkFamilies } from '../model/networks/networks.ts';
import { addDataFlags, type DataFlags, examplesFor, readData } from './data-flags.ts';
import { addEngineFlags, type EngineFlags, openEngine } from './engine-flags.ts';
import { addSchemaFlags } from './flags.ts';
import { readModel } from './model-argument.ts';
import type { ResultFlags } from './result-flags.ts';
import { outputFolder, REPORT_FILE } from './run-folder.ts';
import type { Terminal } from './terminal.ts';
import { trainInto } from './training-run.ts';

export interface SubjectFlags extends DataFlags, EngineFlags {
  readonly fit?: string;
  readonly [option: string]: unknown;
}

export interface Subject extends TrainedModel {
  /** Where the model is. */
  readonly modelFile: string;
  /** The data that was named; of a set in two parts, the training part. */
  readonly data: Dataset;
  /** What the model did not learn from, as far as that is known: the test part, the held-out rows, or all of the data. */
  readonly measured: Dataset;
  /** What the model learned from, where it was trained now. */
  readonly learnedFrom?: Dataset;
}

export interface SubjectWords {
  readonly command: string;
  readonly model?: string;
  readonly data?: string;
  /** What the command trains where the user does not say otherwise, by the names of options. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Whether the data may have gaps where the training had none. */
  readonly gaps?: Gaps;
  /** Shown a model that is to be trained, with the names of the labels, before that; may throw. */
  readonly check?: LearnRequest['check'];
}

const schemas = [
  commonSchema,
  ...kinds.map(({ options }) => options),
  ...networkFamilies.map(({ options }) => options),
];
const trainingFlags = [...new Set(schemas.flatMap(optionNames))];

/** `[model] [data]`, `--fit <data>` with everything that `train` understands, and how data is read. */
export function addSubjectFlags(command: Command): void {
  command
    .argument('[model]', 'a model.safetensors, or the folder of a run')
    .argument('[data]', 'data like that the model was trained on')
    .option('--fit <data>', 'train a model on this first, with any option of: autoencoder train --help');
  addTrainingFlags(command);
  addDataFlags(command);
  addEngineFlags(command);
}

/** Everything that `train` understands, told by its own help: here it would bury what the command is about. */
export function addTrainingFlags(command: Command): void {
  const known = new Set(command.options.map(({ long }) => long));
  // A flag of the command's own stays what it is (features has --labels, and so have kinds).
  for (const schema of schemas) addSchemaFlags(command, schema, 'Training:', known);
  for (const option of command.options) if (!known.has(option.long)) option.hideHelp();
}

/** Where results go, with the model in `model` where one is trained. @throws OptionError as `outputFolder`. */
export function subjectFolder(words: SubjectWords, flags: SubjectFlags & ResultFlags): string {
  return outputFolder(flags.fit ?? words.data ?? '', words.command, [REPORT_FILE, 'model'], flags);
}

/**
 * Reads the model and the data, or trains in `folder`.
 *
 * @throws OptionError for words that do not go together, and what reading and training throw.
 */
export async function readSubject(
  words: SubjectWords,
  flags: SubjectFlags,
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Subject> {
  if (flags.fit !== undefined) return fitted(flags.fit, words, flags, folder, terminal, signal);
  const named = namedModel(words, flags);
  const trained = await openModel(named.model, flags);
  const { card, modelFile } = trained;
  const source = await readData(named.data, flags, terminal, signal);
  const data = examplesFor(card, source.train, modelFile, terminal, words);
  const measured = source.test ? datasetFor(card, knownColumns(card, source.test).source, modelFile, words) : data;
  return { ...trained, data, measured };
}

/** A model that is trained already, at work. */
export async function openModel(name: string, flags: EngineFlags): Promise<TrainedModel & Pick<Subject, 'modelFile'>> {
  const read = await readModel(name);
  return { ...trainedOn(await openEngine(flags), read), modelFile: read.file };
}

/** Data to learn or to search from, and other data to measure on: as far as the subject knows what was learned from, else parts of its data. */
export function heldApart(
  { data, measured, learnedFrom }: Pick<Subject, 'data' | 'measured' | 'learnedFrom'>,
  random: Random,
): { readonly known: Dataset; readonly held: Dataset } {
  if (learnedFrom) return { known: learnedFrom, held: measured };
  if (measured !== data) return { known: data, held: measured };
  const { among, queries } = heldQueries(data, random);
  return { known: among, held: queries };
}

/** The options of training that were given, by their names. */
export function trainingOptions(flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = trainingFlags.filter((name) => flags[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, flags[name]]));
}

/** Model and data, where nothing is to be trained. @throws OptionError where one is missing, or options of training stand beside them. */
export function namedModel(
  words: SubjectWords,
  flags: SubjectFlags,
): { readonly model: string; readonly data: string } {
  const { model, data } = words;
  if (model === undefined || data === undefined)
    throw new OptionError({
      where: `autoencoder ${words.command}`,
      expected: 'a model and data, or --fit with data',
      got: model === undefined ? 'neither' : 'one word',
      fix: `try: autoencoder ${words.command} --fit ${model ?? 'digits'}`,
    });
  refuseTraining(flags);
  return { model, data };
}

/** @throws OptionError for an option of training beside a model that is trained already. */
export function refuseTraining(flags: Readonly<Record<string, unknown>>): void {
  const [given] = Object.keys(trainingOptions(flags));
  if (given === undefined) return;
  throw new OptionError({
    where: flagOf(given),
    expected: 'no training option beside a model that is trained already',
    got: `${flagOf(given)} without --fit`,
    fix: 'leave it out, or train with --fit DATA',
  });
}

/** @throws OptionError for a model or data beside `--fit`. */
export function refuseWords({ command, model }: SubjectWords): void {
  if (model === undefined) return;
  throw new OptionError({
    where: '--fit',
    expected: 'no model and no other data beside it',
    got: model,
    fix: `leave out ${model}, or --fit: autoencoder ${command} MODEL DATA`,
  });
}

async function fitted(
  name: string,
  words: SubjectWords,
  flags: SubjectFlags,
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Subject> {
  refuseWords(words);
  const { gaps } = words;
  const { columns, label, time, target, header, limit, strict, engine: engineName, threads } = flags;
  const options = withDefaults(words.defaults ?? {}, trainingOptions(flags));
  const setup = {
    data: name,
    columns,
    label,
    time,
    target,
    header,
    limit,
    strict,
    // What it was learned from is worked on afterwards.
    from: 'memory' as const,
    engine: engineName,
    threads,
    options,
  };
  const learned = await trainInto(folder, { setup, recipe: makeRecipe(options), check: words.check, terminal, signal });
  const { model, parameters, card, runner, parts } = learned;
  // What was left out was told when it was learned from.
  const source = await readData(name, flags, { note: () => {} }, signal);
  return {
    engine: await openEngine(flags),
    runner,
    model,
    parameters,
    card,
    modelFile: join(folder, MODEL_FILE),
    data: datasetFor(card, source.train, name, { gaps }),
    measured: parts.test ?? parts.validation,
    learnedFrom: parts.train,
  };
}
