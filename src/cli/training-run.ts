/** A training run in its folder: read, learn, follow, keep; what `train` does, and every command that is told to `--fit`. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginLearning, type LearnRequest, learningSteps } from '../applications/begin-learning.ts';
import { beginTogether } from '../applications/begin-together.ts';
import { type Learned, learnFrom } from '../applications/learn.ts';
import type { Recipe } from '../applications/recipe.ts';
import { DataError, InterruptedError } from '../base/errors.ts';
import { writeFileAtomic } from '../data/files.ts';
import type { RankSession } from '../distributed/mpi/session.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile, MODEL_FILE } from '../model/file/model-file.ts';
import { logged } from '../report/logs/run-log.ts';
import { renderReport } from '../report/report.ts';
import { trainingReport } from '../report/training-report.ts';
import { type Checkpoint, encodeCheckpoint } from '../training/checkpoint.ts';
import { type EpochRecord, finish, type TrainingEvent } from '../training/events.ts';
import { engineWords, openEngine } from './engine-flags.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { setupHere } from './rank-run.ts';
import { METRICS_FILE, makeFolder, REPORT_FILE, removeUnused, type Setup } from './run-folder.ts';
import { openLogs } from './run-logs.ts';
import { duration, short, silentTerminal, type Terminal } from './terminal.ts';
import { openTrainingData, type TrainingDataRequest } from './training-data.ts';

export interface TrainingRun extends TrainingDataRequest {
  readonly from?: Checkpoint;
  /** As of `learn`. */
  readonly check?: LearnRequest['check'];
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** Told what happens, besides the terminal. */
  readonly onEvent?: (event: TrainingEvent) => void;
}

/** Trains, and leaves model, metrics and report in `folder`; when interrupted, a checkpoint to go on from. */
export async function trainInto(folder: string, run: TrainingRun): Promise<Learned> {
  const make = (): Promise<string | undefined> => makeFolder(folder);
  const made = await (run.session ? run.session.together(make) : make());
  try {
    return await trained(folder, run);
  } catch (error) {
    if (error instanceof InterruptedError && existsSync(join(folder, CHECKPOINT_FILE)))
      run.terminal.note(`Go on with: autoencoder train --resume ${folder}`);
    // What failed before it began leaves no trace.
    await removeUnused(folder, made);
    throw error;
  }
}

async function trained(folder: string, run: TrainingRun): Promise<Learned> {
  const data = await openTrainingData(folder, run);
  try {
    return await learned(folder, data.source, run);
  } finally {
    await data.end();
  }
}

async function learned(
  folder: string,
  source: LearnRequest['source'],
  { setup, recipe, from, check, checkpointEvery, terminal, signal, onEvent, session }: TrainingRun,
): Promise<Learned> {
  const engine = await openEngine(session ? setupHere(setup) : setup);
  const name = 'windows' in source ? source.parts.train.name : source.train.name;
  const words = session ? `${session.ranks.size} ranks of ${engineWords(engine)}` : engineWords(engine);
  terminal.note(`Training ${recipe.architecture.kind} on ${name} (${words}) → ${folder}`);
  const request: LearnRequest = {
    source,
    recipe,
    engine,
    clock: () => performance.now(),
    signal,
    from,
    check,
    checkpointSeconds: checkpointEvery,
    checkFingerprint: keepFingerprint(setup),
    checkpoint: async (state) => {
      // Another number of ranks may go on, each with other threads.
      const keep: Setup = session ? setup : { ...setup, threads: engine.threads };
      await writeFileAtomic(join(folder, CHECKPOINT_FILE), await encodeCheckpoint(state, keep));
    },
    syncEvery: setup.syncEvery,
    onTrained: session?.leave,
  };
  const learning = learnFrom(await (session ? beginTogether(request, session, setup.data) : beginLearning(request)));
  const logs = await openLogs(setup.log ?? [], { folder, options: setup.options });
  const told = logged(learning, logs, (message) => terminal.note(`Not logged: ${message}`));
  const result = await follow(told, folder, terminal, onEvent);
  await writeResults(result, { recipe, folder, data: dataWords(setup), engine });
  return result;
}

/** The same training on a rank that is not the first: it computes, and leaves nothing. */
export async function trainBeside(
  folder: string,
  { setup, recipe, from, signal }: Pick<TrainingRun, 'setup' | 'recipe' | 'from' | 'signal'>,
  session: RankSession,
): Promise<void> {
  // Rank 0 makes the folder, before any machine that sees the same one looks for it.
  await session.together(async () => {});
  const data = await openTrainingData(folder, { setup, recipe, terminal: silentTerminal(), signal, session });
  try {
    const request: LearnRequest = {
      source: data.source,
      recipe,
      engine: await openEngine(setupHere(setup)),
      clock: () => performance.now(),
      signal,
      from,
      checkFingerprint: keepFingerprint(setup),
      syncEvery: setup.syncEvery,
    };
    await finish(learningSteps(await beginTogether(request, session, setup.data)));
    session.leave();
  } finally {
    await data.end();
  }
}

function keepFingerprint(setup: Setup): (fingerprint: string) => void {
  return (fingerprint) => {
    if (setup.fingerprint !== undefined && setup.fingerprint !== fingerprint) throw changedData(setup.data);
    setup.fingerprint = fingerprint;
  };
}

/**
 * Follows the training of a use in a folder of its own; when it is interrupted, says how to go on from the checkpoint that it left. What
 * failed before it began leaves no trace.
 */
export async function followIn<Result>(
  folder: string,
  use: string,
  learning: () => AsyncGenerator<TrainingEvent, Result>,
  terminal: Terminal,
): Promise<Result> {
  const made = await makeFolder(folder);
  try {
    return await follow(learning(), folder, terminal);
  } catch (error) {
    if (error instanceof InterruptedError && existsSync(join(folder, CHECKPOINT_FILE)))
      terminal.note(`Go on with: autoencoder ${use} --resume ${folder}`);
    await removeUnused(folder, made);
    throw error;
  }
}

/** Shows what happens, keeps `metrics.jsonl` up to date, and gives what was learned. */
export async function follow<Result>(
  learning: AsyncGenerator<TrainingEvent, Result>,
  folder: string,
  terminal: Terminal,
  onEvent: (event: TrainingEvent) => void = () => {},
): Promise<Result> {
  const lines: string[] = [];
  let bar: ReturnType<Terminal['bar']> | undefined;
  try {
    for (;;) {
      const { value, done } = await learning.next();
      if (done) {
        bar?.end('Trained.');
        return value;
      }
      onEvent(value);
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

async function writeResults(
  learned: Learned,
  {
    recipe,
    folder,
    data,
    engine,
  }: { readonly recipe: Recipe; readonly folder: string; readonly data: string; readonly engine: Engine },
): Promise<void> {
  const modelFile = join(folder, MODEL_FILE);
  const report = await trainingReport(learned, { engine, recipe, data, modelFile });
  await writeFileAtomic(modelFile, await encodeModelFile(learned, learned.model));
  await writeFileAtomic(join(folder, REPORT_FILE), renderReport(report));
  await rm(join(folder, CHECKPOINT_FILE), { force: true });
}

/** The data's name with the flags it was read with, as one would type them. */
export function dataWords({ data, columns, label, time, header }: Setup): string {
  const flags = { columns: columns?.join(','), label, time, header };
  const words = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, quoted(String(value))],
  );
  return [quoted(data), ...words].join(' ');
}

/** For a shell, where it needs to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function changedData(name: string): DataError {
  return new DataError({
    where: name,
    expected: 'the data that the run began with',
    got: 'other values',
    fix: 'put the old data back, or train anew',
  });
}
