/** What `translate` and `complete` share: their flags, and how a model of texts is trained, kept and gone on with. */
import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { TEXTS_FILE } from '../applications/text-file.ts';
import type { FitTextsRequest } from '../applications/text-model.ts';
import { OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';
import type { Source } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import type { TrainingEvent } from '../training/events.ts';
import { givenFlags, refuseBesideResume } from './beside.ts';
import { addDataFlags, type DataFlags, readData } from './data-flags.ts';
import { addEngineFlags, type EngineFlags, openEngine } from './engine-flags.ts';
import { amountParser, countParser, oneOf } from './flags.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { addResultFlags, type ResultFlags } from './result-flags.ts';
import { outputFolder, REPORT_FILE } from './run-folder.ts';
import { addTrainingFlags, trainingOptions } from './subject.ts';
import type { Terminal } from './terminal.ts';
import { readTextCheckpoint, saveTextCheckpoint, type TextSetup, type Use } from './text-folder.ts';
import { changedData, followIn } from './training-run.ts';

export interface TextFlags extends DataFlags, EngineFlags, ResultFlags {
  readonly fit?: string;
  readonly resume?: string;
  /** Different pieces; 0 for characters. */
  readonly pieces?: number;
  readonly length?: number;
  readonly sample?: number;
  readonly interpolate?: boolean;
  readonly temperature?: number;
  /** Of the table that is written. */
  readonly format?: string;
  readonly [option: string]: unknown;
}

/** Texts that are written between two, both ends included. */
export const STEPS = 6;

export function addTextFlags(command: Command, pieces: number): void {
  command
    .option('--resume <folder>', 'go on with an interrupted training')
    .option(
      '--pieces <n>',
      `different pieces of words that texts are cut into, or characters (default: ${pieces})`,
      (text) => (text === 'characters' ? 0 : countParser('--pieces')(text)),
    )
    .option('--interpolate', `write the texts between the two that are given, ${STEPS} with these`)
    .option(
      '--sample <n>',
      'write n new texts from codes drawn at random (--kind variational)',
      countParser('--sample'),
    )
    .option(
      '--temperature <t>',
      '0 writes what is most likely, 1 draws by the chances that the model gives (default: 0)',
      amountParser('--temperature'),
    );
  addResultFlags(command);
  command.addOption(
    oneOf(command.createOption('--format <name>', 'of the table of texts that --out gets (default: csv)'), [
      'csv',
      'parquet',
      'jsonl',
    ]),
  );
  addTrainingFlags(command);
  addDataFlags(command);
  addEngineFlags(command);
}

/** Flags that ask something of a model. */
const QUESTIONS = ['sample', 'interpolate', 'lines', 'reference', 'temperature', 'format'];
/** Flags that say what is read of data. */
const READING = ['columns', 'label', 'time', 'header', 'limit'];

/** A training, as it begins or goes on. */
export interface TextRun {
  readonly folder: string;
  readonly setup: TextSetup;
  readonly checkpoint?: Checkpoint;
}

/**
 * What is to be trained: what the flags say, or what was interrupted.
 *
 * @throws OptionError for words that do not go together.
 */
export async function textRun(
  use: Use,
  words: readonly string[],
  flags: TextFlags,
  more: Pick<TextSetup, 'into' | 'isRunning' | 'length'>,
): Promise<TextRun | undefined> {
  if (flags.resume !== undefined) {
    refuseBesideResume([
      ...words,
      ...givenFlags(flags, [
        'fit',
        'into',
        'out',
        'overwrite',
        'pieces',
        'length',
        'window',
        ...QUESTIONS,
        ...READING,
        'threads',
      ]),
      ...Object.keys(trainingOptions(flags)).map(flagOf),
    ]);
    return { folder: flags.resume, ...(await readTextCheckpoint(flags.resume, use)) };
  }
  if (flags.fit === undefined) return undefined;
  const [besides] = [...words, ...givenFlags(flags, QUESTIONS)];
  if (besides !== undefined)
    throw new OptionError({
      where: '--fit',
      expected: 'no texts and no other model beside it',
      got: besides,
      fix: `make the model first, and then use it: autoencoder ${use} FOLDER …`,
    });
  const [role] = givenFlags(flags, ['label', 'time']);
  if (role !== undefined)
    throw new OptionError({
      where: role,
      expected: 'columns of text alone',
      got: role,
      fix: `leave ${role} out; --columns names the columns of text`,
    });
  const { columns, header, limit, pieces, engine, threads } = flags;
  const folder = outputFolder(flags.fit, use, [REPORT_FILE, TEXTS_FILE, CHECKPOINT_FILE, 'model'], flags);
  const setup: TextSetup = {
    use,
    fit: flags.fit,
    columns,
    header,
    limit,
    pieces,
    engine,
    threads,
    options: trainingOptions(flags),
    ...more,
  };
  return { folder, setup };
}

/** The training of these texts. @throws DataError where it began with others. */
export function trainingOf(run: TextRun, texts: readonly string[]): TextRun {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(JSON.stringify(text));
  const fingerprint = hash.digest('hex');
  const { setup } = run;
  if (setup.fingerprint !== undefined && setup.fingerprint !== fingerprint) throw changedData(setup.fit);
  return { ...run, setup: { ...setup, fingerprint } };
}

/** Everything but what is learned from. */
export type TextTraining = Pick<
  FitTextsRequest,
  'engine' | 'options' | 'length' | 'clock' | 'from' | 'checkpoint' | 'signal'
>;

/** Trains by `learning`, and tells about it; when interrupted, a checkpoint is left to go on from. */
export async function trainTexts<Fitted>(
  { folder, setup, checkpoint }: TextRun,
  learning: (training: TextTraining) => AsyncGenerator<TrainingEvent, Fitted>,
  engine: Engine,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Fitted> {
  return followIn(
    folder,
    setup.use,
    () =>
      learning({
        engine,
        options: setup.options,
        length: setup.length,
        clock: () => performance.now(),
        from: checkpoint,
        checkpoint: (state) => saveTextCheckpoint(folder, state, { ...setup, threads: engine.threads }),
        signal,
      }),
    terminal,
  );
}

/** The training part and the test part, as texts; of a file without a known ending, its lines. */
export async function readTextData(
  name: string,
  { columns, header, limit }: Pick<TextSetup, 'columns' | 'header' | 'limit'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ readonly train: Source; readonly test?: Source }> {
  return readData(name, { columns, header, limit, cells: 'texts', otherwise: 'text' }, terminal, signal);
}

export function openTextEngine({ engine, threads }: TextSetup): Promise<Engine> {
  return openEngine({ engine, threads });
}

/** @throws OptionError for options that say how a model is made, beside one that is. */
export function refuseTraining(use: Use, model: string | undefined, flags: TextFlags): string {
  if (model === undefined)
    throw new OptionError({
      where: `autoencoder ${use}`,
      expected: `the folder of a model and ${use === 'translate' ? 'lines to translate' : 'how texts begin'}, or --fit with data`,
      got: 'neither',
      fix: `try: autoencoder ${use} --fit sentences`,
    });
  const [making] = [
    ...givenFlags(flags, ['into', 'pieces', 'length', 'window', ...READING]),
    ...Object.keys(trainingOptions(flags))
      .filter((name) => name !== 'seed')
      .map(flagOf),
  ];
  if (making === undefined) return model;
  throw new OptionError({
    where: making,
    expected: '--fit beside it: it says how a model is made',
    got: `${model}, which is made already`,
    fix: 'leave it out, or make a model with --fit DATA',
  });
}

/** @throws OptionError for texts and flags of which only one would be answered. */
export function refuseTwoQuestions(use: Use, texts: readonly string[], flags: TextFlags): void {
  const asked = [
    ...(texts.length > 0 && !flags.interpolate ? [JSON.stringify(texts[0])] : []),
    ...givenFlags(flags, ['lines', 'sample', 'interpolate']),
  ];
  if (asked.length <= 1) return;
  throw new OptionError({
    where: `autoencoder ${use}`,
    expected: 'one question at a time',
    got: asked.join(' and '),
    fix: 'ask one after the other',
  });
}
