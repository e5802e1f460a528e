/** `autoencoder train DATA`: learn a model, with its report, beside PCA. */
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Learned, learn } from '../../applications/learn.ts';
import { commonSchema, makeRecipe, type Recipe } from '../../applications/recipe.ts';
import { DataError, InterruptedError, OptionError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeModelFile } from '../../model/file/model-file.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { networkFamilies } from '../../model/networks/networks.ts';
import { renderReport } from '../../report/report.ts';
import { nextCommands, parameterCount, trainingReport } from '../../report/training-report.ts';
import { type Checkpoint, encodeCheckpoint } from '../../training/checkpoint.ts';
import type { EpochRecord } from '../../training/events.ts';
import { addDataFlags, type DataFlags, readData } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { addSchemaFlags, amountParser } from '../flags.ts';
import { CHECKPOINT_FILE, MODEL_FILE } from '../model-argument.ts';
import { METRICS_FILE, makeFolder, outputFolder, REPORT_FILE, readCheckpoint, type Setup } from '../run-folder.ts';
import { duration, makeTerminal, short, type Terminal, table } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly resume?: string;
  readonly checkpointEvery?: number;
  readonly json?: boolean;
  readonly [option: string]: unknown;
}

export function addTrain(program: Command, signal: AbortSignal): void {
  const command = program
    .command('train')
    .summary('learn an autoencoder from data')
    .description('Learns an autoencoder and writes the model, its figures and a report to look at.')
    .argument(
      '[data]',
      'a named set (see: autoencoder datasets), a file, a folder of pictures, or - for standard input',
    )
    .option('--out <folder>', 'where results go (default: runs/<data>-<kind>, numbered)')
    .option('--overwrite', 'replace the results that are in --out already')
    .option('--resume <folder>', 'go on with an interrupted run')
    .option(
      '--checkpoint-every <seconds>',
      'how often an unfinished run is saved',
      amountParser('--checkpoint-every'),
      10,
    )
    .option('--json', 'print one JSON object on standard output, everything else on standard error');
  addSchemaFlags(command, commonSchema, 'Training:');
  for (const kind of kinds) addSchemaFlags(command, kind.options, `Kind ${kind.name} (${kind.summary}):`);
  for (const family of networkFamilies) addSchemaFlags(command, family.options, `Network ${family.name}:`);
  addDataFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    `
Examples:
  autoencoder train digits
  autoencoder train mnist --latent 32
  autoencoder train sensors.csv --columns temperature,pressure --latent 1 --hidden 16,8
  autoencoder train photos/ --kind variational --latent 64 --beta 0.5
  autoencoder train --resume runs/digits-vanilla`,
  );
  command.action((data: string | undefined, flags: Flags) => {
    if (flags.resume !== undefined) refuseBesideResume(command, data);
    return run(data, flags, signal);
  });
}

/** A run goes on as it began: what else is asked for would do nothing, or break the promise that resuming changes nothing. */
function refuseBesideResume(command: Command, data: string | undefined): void {
  const besides = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags)
    .filter((flag) => !['--resume', '--json', '--checkpoint-every'].includes(flag));
  const [first] = data === undefined ? besides : [data, ...besides];
  if (first === undefined) return;
  throw new OptionError({
    where: '--resume',
    expected: 'nothing else but --checkpoint-every and --json: the run goes on as it began',
    got: first,
    fix: `leave ${first} out, or train anew in another folder`,
  });
}

async function run(data: string | undefined, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const resumed = flags.resume === undefined ? undefined : await readCheckpoint(flags.resume);
  const setup = resumed?.setup ?? setupFrom(data, flags);
  const recipe = makeRecipe(setup.options);
  const folder = flags.resume ?? outputFolder(setup, recipe.architecture.kind, flags);
  const isNew = await makeFolder(folder);
  try {
    await trainInto(folder, { setup, recipe, from: resumed?.checkpoint, flags, terminal, signal });
  } catch (error) {
    if (error instanceof InterruptedError && existsSync(join(folder, CHECKPOINT_FILE)))
      terminal.note(`Go on with: autoencoder train --resume ${folder}`);
    // What failed before it began leaves no trace.
    if (isNew && (await readdir(folder)).length === 0) await rmdir(folder);
    throw error;
  }
}

interface TrainCommand {
  readonly setup: Setup;
  readonly recipe: Recipe;
  readonly from: Checkpoint | undefined;
  readonly flags: Flags;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function trainInto(folder: string, command: TrainCommand): Promise<void> {
  const { setup, recipe, from, flags, terminal, signal } = command;
  const source = await readData(setup.data, setup, terminal, signal);
  const engine = await openEngine(setup);
  terminal.note(
    `Training ${recipe.architecture.kind} on ${source.train.name} (${engine.name}, ${engine.threads} thread${engine.threads > 1 ? 's' : ''}) → ${folder}`,
  );
  const learning = learn({
    source,
    recipe,
    engine,
    clock: () => performance.now(),
    signal,
    from,
    checkpointSeconds: flags.checkpointEvery,
    checkFingerprint: (fingerprint) => {
      if (setup.fingerprint !== undefined && setup.fingerprint !== fingerprint) throw changedData(setup.data);
      setup.fingerprint = fingerprint;
    },
    checkpoint: async (state) => {
      const keep: Setup = { ...setup, threads: engine.threads };
      await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, keep));
    },
  });
  const learned = await follow(learning, folder, terminal);
  await writeResults(learned, { recipe, folder, data: dataWords(setup), engine });
  tell(learned, { recipe, folder, setup, terminal });
}

function setupFrom(data: string | undefined, flags: Flags): Setup {
  if (data === undefined)
    throw new OptionError({
      where: 'autoencoder train',
      expected: 'the name of the data',
      got: 'none',
      fix: 'try: autoencoder train digits (or --resume FOLDER)',
    });
  const {
    columns,
    label,
    header,
    limit,
    engine,
    threads,
    out: _,
    overwrite: __,
    resume: ___,
    json: ____,
    checkpointEvery: _____,
    ...options
  } = flags;
  return { data, columns, label, header, limit, engine, threads, options };
}

/** Shows what happens, keeps `metrics.jsonl` up to date, and gives what was learned. */
async function follow(learning: ReturnType<typeof learn>, folder: string, terminal: Terminal): Promise<Learned> {
  const lines: string[] = [];
  let bar: ReturnType<Terminal['bar']> | undefined;
  try {
    for (;;) {
      const { value, done } = await learning.next();
      if (done) {
        bar?.end('Trained.');
        return value;
      }
      if (value.type === 'progress') {
        bar ??= terminal.bar(value.steps);
        const rate = `${Math.round(value.examplesPerSecond).toLocaleString('en')} examples/s`;
        bar.to(
          value.step,
          `epoch ${value.epoch}/${value.epochs}  loss ${short(value.loss)}  ${rate}  ${duration(value.secondsLeft)} left`,
        );
      } else if (value.type === 'epoch') {
        lines.push(JSON.stringify(value.record));
        await writeFileAtomic(join(folder, METRICS_FILE), `${lines.join('\n')}\n`);
        if (!process.stderr.isTTY) terminal.note(epochLine(value.record, value.isBest));
      } else if (value.type === 'stage') {
        bar?.end('Pretrained.');
        bar = undefined;
        terminal.note(
          value.stage > value.stages ? 'Training the whole.' : `Pretraining layer ${value.stage} of ${value.stages}.`,
        );
      } else if (value.type === 'resumed') {
        for (const record of value.history) lines.push(JSON.stringify(record));
        terminal.note(`Going on in epoch ${value.history.length + 1}.`);
      } else {
        terminal.note(`No better validation loss since epoch ${value.bestEpoch}: stopped after ${value.epoch}.`);
      }
    }
  } catch (error) {
    bar?.end('Stopped.');
    throw error;
  }
}

function epochLine({ epoch, train, validation, seconds }: EpochRecord, isBest: boolean): string {
  return `epoch ${epoch}  train ${short(train.loss)}  validation ${short(validation.loss)}  mse ${short(validation.mse)}  ${duration(seconds)}${isBest ? '  best' : ''}`;
}

interface Run {
  readonly recipe: Recipe;
  readonly folder: string;
}

async function writeResults(
  learned: Learned,
  {
    recipe,
    folder,
    data,
    engine,
  }: Run & { readonly data: string; readonly engine: Awaited<ReturnType<typeof openEngine>> },
): Promise<void> {
  const modelFile = join(folder, MODEL_FILE);
  const report = await trainingReport(learned, { engine, recipe, data, modelFile });
  await writeFileAtomic(modelFile, await encodeModelFile(learned, learned.model));
  await writeFileAtomic(join(folder, REPORT_FILE), renderReport(report));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** The summary on standard output: people's or programs'. */
function tell(
  learned: Learned,
  { recipe, folder, setup, terminal }: Run & { readonly setup: Setup; readonly terminal: Terminal },
): void {
  const { result, validation, test, baselines, warnings, model, parts } = learned;
  const modelFile = join(folder, MODEL_FILE);
  const { latent, shape } = model.blueprint;
  const head = ['', 'validation mse', ...(test ? ['test mse'] : [])];
  const row = (name: string, mse: number, testMse?: number): string[] => [
    name,
    short(mse),
    ...(test ? [testMse === undefined ? '' : short(testMse)] : []),
  ];
  for (const line of [
    '',
    `Learned to rebuild ${shape.join('×')} numbers from ${latent}, in ${duration(result.seconds)} (${Math.round(result.examplesPerSecond).toLocaleString('en')} examples/s).`,
    '',
    ...table([
      head,
      row(`this model (${parameterCount(learned).toLocaleString('en')} parameters)`, validation.mse, test?.mse),
      row(`PCA with ${latent} numbers`, baselines.pca.mse, baselines.pca.testMse),
      row('mean of the training examples', baselines.mean.mse),
    ]).map((line) => `  ${line}`),
    '',
    ...warnings.map(({ text, advice }) => `Warning: ${text} ${advice}`),
    ...(warnings.length > 0 ? [''] : []),
    `Report: ${join(folder, REPORT_FILE)}`,
    `Model:  ${modelFile}`,
    '',
    'Try next:',
    ...nextCommands(learned, { data: dataWords(setup), modelFile }).map(({ command }) => `  ${command}`),
  ])
    terminal.say(line);
  const last = result.history.at(result.bestEpoch - 1);
  terminal.result({
    model: modelFile,
    report: join(folder, REPORT_FILE),
    kind: model.blueprint.kind.name,
    network: model.blueprint.network.name,
    data: parts.train.name,
    parameters: parameterCount(learned),
    latent,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    seed: recipe.training.seed,
    train: last?.train ?? {},
    validation,
    ...(test ? { test } : {}),
    baselines,
    warnings,
    seconds: result.seconds,
    examplesPerSecond: result.examplesPerSecond,
  });
}

/** The data's name with the flags it was read with, as one would type them. */
function dataWords({ data, columns, label, header }: Setup): string {
  const flags = { columns: columns?.join(','), label, header };
  const words = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, quoted(String(value))],
  );
  return [quoted(data), ...words].join(' ');
}

/** For a shell, where it needs to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function changedData(name: string): DataError {
  return new DataError({
    where: name,
    expected: 'the data that the run began with',
    got: 'other values',
    fix: 'put the old data back, or train anew',
  });
}
