/** `autoencoder tune DATA`: the options with which a model of this data is best. */
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type EndedJob, type Job, methods } from '../../applications/tuning/decide.ts';
import { objectiveNames } from '../../applications/tuning/objectives.ts';
import { planTuning, pointOf, type TuningPlan, taskFor } from '../../applications/tuning/plan.ts';
import { nothingTrained, resultOf, type Tuned } from '../../applications/tuning/result.ts';
import { search } from '../../applications/tuning/search.ts';
import { InterruptedError, OptionError } from '../../base/errors.ts';
import { flagOf } from '../../base/options.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { valueWords } from '../../report/tune-charts.ts';
import { passedOverWords, tuneReport } from '../../report/tune-report.ts';
import { givenFlags, refuseBesideResume } from '../beside.ts';
import { addDataFlags, type DataFlags, readData } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags, givenThreads } from '../engine-flags.ts';
import { amountParser, countParser, oneOf } from '../flags.ts';
import { readModel } from '../model-argument.ts';
import { makeFolder, outputFolder, REPORT_FILE } from '../run-folder.ts';
import { addTrainingFlags, trainingOptions } from '../subject.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { dataWords } from '../training-run.ts';
import { type TrialWorkers, trialWorkers } from '../trial-workers.ts';
import {
  readTuneFolder,
  TRIALS_FILE,
  TRIALS_FOLDER,
  TUNE_FILE,
  type TuneSetup,
  trialModel,
  writeLog,
  writeTuneSetup,
} from '../tune-folder.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly search?: string;
  readonly method?: string;
  readonly objective?: string;
  readonly trials?: number;
  readonly minutes?: number;
  readonly parallel?: number;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly resume?: string;
  readonly json?: boolean;
  readonly [option: string]: unknown;
}

/** Flags that a search which goes on has in its folder. */
const OWN = ['search', 'method', 'objective', 'trials', 'minutes', 'parallel', 'out', 'overwrite', 'threads'];
const READING = ['columns', 'label', 'time', 'header', 'limit', 'strict'];
const DEFAULTS = { method: 'tpe-asha', objective: 'mse', trials: 30 };

export function addTune(program: Command, signal: AbortSignal): void {
  const command = program
    .command('tune')
    .summary('search the options for the best model of data')
    .description(
      'Trains many models with different options, stops those that promise little, and keeps the best, with a report of what mattered. Any option of autoencoder train --help fixes that option for all of them; --epochs is the most that one is trained for.',
    )
    .argument('[data]', 'a named set (see: autoencoder datasets), a file, a folder of pictures')
    .option(
      '--search <space>',
      'what to search: name=FROM..TO, name=FROM..TO:log, name=A|B|C or a name alone, with commas between (default: what is worth it for this data and network)',
    )
    .addOption(
      oneOf(
        program.createOption(
          '--method <name>',
          `how: tpe proposes by what was good, asha stops early, random does neither (default: ${DEFAULTS.method})`,
        ),
        methods,
      ),
    )
    .addOption(
      oneOf(
        program.createOption(
          '--objective <name>',
          `what to lower: the validation mse, which compares across kinds; the loss, which does not; or, without labels, how often made anomalies pass for normal (default: ${DEFAULTS.objective})`,
        ),
        objectiveNames,
      ),
    )
    .addOption(
      program
        .createOption(
          '--trials <n>',
          `models to try at most (default: ${DEFAULTS.trials}, or any number with --minutes)`,
        )
        .argParser(countParser('--trials')),
    )
    .addOption(
      program
        .createOption('--minutes <m>', 'begin nothing that would not end within so many minutes')
        .argParser(amountParser('--minutes')),
    )
    .addOption(
      program
        .createOption('--parallel <n>', 'models at a time, each in a process (default: all cores, over --threads)')
        .argParser(countParser('--parallel')),
    )
    .option('--out <folder>', 'where results go (default: runs/<data>-tune, numbered)')
    .option('--overwrite', 'replace the results that are in --out already')
    .option('--resume <folder>', 'go on with an interrupted search')
    .option('--json', 'print one JSON object on standard output, everything else on standard error');
  addTrainingFlags(command);
  addDataFlags(command);
  addEngineFlags(command, '1 for each model');
  command.addHelpText(
    'after',
    `
Examples:
  autoencoder tune digits --minutes 5
  autoencoder tune mnist --latent 16 --trials 50 --search "learningRate=1e-4..1e-2:log,hidden=256,64|512,128"
  autoencoder tune photos/ --search "kind=vanilla|denoising,channels,latent=16..128:log"
  autoencoder tune normal.csv --objective anomalies
  autoencoder tune --resume runs/digits-tune`,
  );
  command.action((data: string | undefined, flags: Flags) => run(data, flags, signal));
}

async function run(data: string | undefined, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const { folder, setup, log } = await begun(data, flags);
  const source = await readData(setup.setup.data, setup.setup, terminal, signal);
  const plan = planTuning(source, { ...setup, options: setup.setup.options });
  await makeFolder(join(folder, TRIALS_FOLDER));
  if (flags.resume === undefined) {
    await rm(join(folder, TRIALS_FOLDER), { recursive: true, force: true });
    await mkdir(join(folder, TRIALS_FOLDER));
    for (const file of [MODEL_FILE, REPORT_FILE, TRIALS_FILE]) await rm(join(folder, file), { force: true });
    await writeTuneSetup(folder, setup);
  }
  terminal.note(
    `Tuning on ${source.train.name}: up to ${setup.trials === UNLIMITED ? 'any number of' : setup.trials} models by ${plan.method}, ${setup.parallel} at a time${setup.minutes === undefined ? '' : `, for ${duration(60 * setup.minutes)}`} → ${folder}`,
  );
  for (const { name, range } of plan.space)
    terminal.note(
      `  ${name}  ${range.type === 'choice' ? range.values.map(valueWords).join(' | ') : `${range.from} … ${range.to}${range.scale === 'log' ? ', logarithmic' : ''}`}`,
    );
  if (log.length > 0) terminal.note(`Going on after ${log.length} trainings that ended.`);
  const workers = trialWorkers({ setup: setup.setup, objective: setup.objective, folder });
  const ended = await searched(plan, { folder, setup, log, workers, terminal, signal });
  const tuned = resultOf(plan, ended);
  if (!tuned) throw nothingTrained(ended);
  await finished(plan, tuned, { folder, setup, terminal });
}

/** What to do where: as the flags say, or as the folder of an interrupted search does. */
async function begun(
  data: string | undefined,
  flags: Flags,
): Promise<{ folder: string; setup: TuneSetup; log: EndedJob[] }> {
  const options = trainingOptions(flags);
  if (flags.resume !== undefined) {
    const words = data === undefined ? [] : [data];
    refuseBesideResume([...words, ...givenFlags(flags, [...OWN, ...READING]), ...Object.keys(options).map(flagOf)]);
    return { folder: flags.resume, ...(await readTuneFolder(flags.resume)) };
  }
  if (data === undefined)
    throw new OptionError({
      where: 'autoencoder tune',
      expected: 'the name of the data',
      got: 'none',
      fix: 'try: autoencoder tune digits --minutes 5 (or --resume FOLDER)',
    });
  if (data === '-')
    throw new OptionError({
      where: 'autoencoder tune -',
      expected: 'data that several processes can read',
      got: 'standard input',
      fix: 'write it to a file first',
    });
  const { columns, label, time, header, limit, strict, engine, minutes } = flags;
  const threads = givenThreads(flags) ?? 1;
  if (minutes === 0)
    throw new OptionError({ where: '--minutes', expected: 'more than 0', got: '0', fix: 'leave it out for any time' });
  const setup: TuneSetup = {
    setup: { data, columns, label, time, header, limit, strict, engine, threads, options },
    search: flags.search,
    method: flags.method ?? DEFAULTS.method,
    objective: flags.objective ?? DEFAULTS.objective,
    trials: flags.trials ?? (minutes === undefined ? DEFAULTS.trials : UNLIMITED),
    minutes,
    parallel: flags.parallel ?? Math.max(1, Math.floor(availableParallelism() / threads)),
  };
  return { folder: outputFolder(data, 'tune', [MODEL_FILE, TUNE_FILE], flags), setup, log: [] };
}

/** More trials than any time is enough for. */
const UNLIMITED = 1_000_000;

interface Search {
  readonly folder: string;
  readonly setup: TuneSetup;
  readonly log: readonly EndedJob[];
  readonly workers: TrialWorkers;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function searched(
  plan: TuningPlan,
  { folder, setup, log, workers, terminal, signal }: Search,
): Promise<EndedJob[]> {
  try {
    return await search({
      ...plan,
      parallel: setup.parallel,
      budget: setup.minutes === undefined ? undefined : 60 * setup.minutes,
      log,
      run: (job, stop) => workers.run(taskFor(plan, job), stop),
      keep: (ended) => writeLog(folder, ended),
      onJob: (job, ended) => {
        if ('outcome' in job) terminal.note(jobLine(plan, job, ended));
      },
      clock: () => performance.now(),
      signal,
    });
  } catch (error) {
    if (error instanceof InterruptedError) terminal.note(`Go on with: autoencoder tune --resume ${folder}`);
    throw error;
  } finally {
    workers.close();
  }
}

function jobLine(plan: TuningPlan, job: Job & EndedJob, ended: readonly EndedJob[]): string {
  const { trial, rung, point, outcome, elapsed } = job;
  const best = resultOf(plan, ended)?.best;
  const words = Object.entries(point).map(([name, value]) => `${name} ${valueWords(value)}`);
  const figure = outcome.status === 'measured' ? short(outcome.value) : `failed: ${outcome.reason}`;
  return `${duration(elapsed)}  trial ${trial}  epoch ${plan.rungs[rung]}/${plan.rungs[plan.rungs.length - 1]}  ${figure}  best ${best ? short(best.value) : '–'}  ${trial === 0 ? 'defaults' : words.join('  ')}`;
}

async function finished(
  plan: TuningPlan,
  tuned: Tuned,
  { folder, setup, terminal }: Pick<Search, 'folder' | 'setup' | 'terminal'>,
): Promise<void> {
  const { trials, best, passedOver, initial, improvement, importance, options, seconds } = tuned;
  const modelFile = join(folder, MODEL_FILE);
  const report = join(folder, REPORT_FILE);
  const data = dataWords(setup.setup);
  const { limit } = setup.setup;
  const words = Object.entries({ ...options, ...(limit === undefined ? {} : { limit }) }).flatMap(([name, value]) =>
    flagWords(name, value),
  );
  const again = ['autoencoder', plan.objective.command, data, ...words].join(' ');
  await writeFileAtomic(report, tuneReport({ plan, tuned, data: setup.setup.data, modelFile, command: again }));
  // The model last: a folder that has one holds everything.
  await copyFile(trialModel(folder, best.trial), `${modelFile}.tmp`);
  await rename(`${modelFile}.tmp`, modelFile);
  await rm(join(folder, TRIALS_FOLDER), { recursive: true, force: true });
  const { card } = await readModel(modelFile);
  const count = (state: string): number => trials.filter((trial) => trial.state === state).length;
  for (const line of [
    '',
    `Tried ${trials.length} models in ${duration(seconds)}: ${count('complete')} to the end, ${count('stopped')} stopped early, ${count('failed')} failed.`,
    '',
    ...table([
      ['', plan.objective.name, ...plan.space.map(({ name }) => name)],
      ['best', short(best.value), ...plan.space.map(({ name }) => valueWords(pointOf(plan, best)[name]))],
      ...(initial
        ? [['default', short(initial.value), ...plan.space.map(({ name }) => valueWords(pointOf(plan, initial)[name]))]]
        : []),
    ]).map((line) => `  ${line}`),
    '',
    improvement === undefined
      ? 'The default model could not be trained.'
      : improvement > 0
        ? `${(100 * improvement).toFixed(1)} % below the default model (${plan.objective.words}).`
        : 'Nothing was better than the default model, which is kept.',
    ...(passedOver ? [passedOverWords(passedOver)] : []),
    ...(importance
      ? [
          `What mattered: ${importance.shares
            .slice(0, 4)
            .map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`)
            .join(', ')}.`,
        ]
      : []),
    '',
    ...placeLines({ Report: report, Model: modelFile, Trials: join(folder, TRIALS_FILE) }),
    '',
    'Try next:',
    `  ${again}`,
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    report,
    trials: join(folder, TRIALS_FILE),
    data: setup.setup.data,
    method: plan.method,
    objective: plan.objective.name,
    space: plan.space,
    rungs: plan.rungs,
    best: { trial: best.trial, value: best.value, point: pointOf(plan, best), validation: best.validation },
    ...(passedOver
      ? { passedOver: { trial: passedOver.trial.trial, value: passedOver.trial.value, worse: passedOver.worse } }
      : {}),
    ...(initial
      ? { default: { value: initial.value, point: pointOf(plan, initial), validation: initial.validation } }
      : {}),
    improvement,
    options,
    importance: importance && Object.fromEntries(importance.shares.map(({ name, share }) => [name, share])),
    counts: { trials: trials.length, complete: count('complete'), stopped: count('stopped'), failed: count('failed') },
    results: card.results,
    seed: plan.seed,
    seconds,
  });
}

/** An option as flags. */
function flagWords(name: string, value: unknown): string[] {
  if (value === undefined || value === false) return [];
  if (value === true) return [flagOf(name)];
  return [flagOf(name), Array.isArray(value) ? value.join(',') || "''" : String(value)];
}
