/** `autoencoder train DATA`: learn a model, with its report, beside PCA. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Learned } from '../../applications/learn.ts';
import { commonSchema, makeRecipe, type Recipe } from '../../applications/recipe.ts';
import { OptionError } from '../../base/errors.ts';
import type { RankSession } from '../../distributed/mpi/session.ts';
import { isStartedTogether } from '../../distributed/mpi/started.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { networkFamilies } from '../../model/networks/networks.ts';
import { nextCommands, parameterCount } from '../../report/training-report.ts';
import { addDataFlags, addFromFlag, type DataFlags } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags } from '../engine-flags.ts';
import { addSchemaFlags, amountParser, countParser, several } from '../flags.ts';
import { CHECKPOINT_FILE } from '../model-argument.ts';
import { asRank, beginCommand, requireDataOfAll } from '../rank-run.ts';
import { checkpointBytes, checkpointIn, outputFolder, REPORT_FILE, type Setup } from '../run-folder.ts';
import { checkLogs, LOG_WORDS } from '../run-logs.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { dataWords, trainBeside, trainInto } from '../training-run.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly from: 'auto' | 'memory' | 'disk';
  readonly window?: number;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly resume?: string;
  readonly checkpointEvery?: number;
  readonly syncEvery?: number;
  readonly log?: string[];
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
    .option(
      '--sync-every <steps>',
      'under mpirun: steps that each rank takes on its own between averages (default: none, every step is of all ranks)',
      countParser('--sync-every'),
    )
    .option('--log <where>', `${LOG_WORDS}; repeat it for both`, several)
    .addOption(
      program
        .createOption('--window <rows>', 'rows in memory at a time, of data on disk (default: 32 MB of them)')
        .argParser(countParser('--window')),
    )
    .option('--json', 'print one JSON object on standard output, everything else on standard error');
  addSchemaFlags(command, commonSchema, 'Training:');
  for (const kind of kinds) addSchemaFlags(command, kind.options, `Kind ${kind.name} (${kind.summary}):`);
  for (const family of networkFamilies) addSchemaFlags(command, family.options, `Network ${family.name}:`);
  addDataFlags(command);
  addFromFlag(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    `
Examples:
  autoencoder train digits
  autoencoder train mnist --latent 32
  autoencoder train sensors.csv --columns temperature,pressure --latent 1 --hidden 16,8
  autoencoder train photos/ --kind variational --latent 64 --beta 0.5
  autoencoder train digits --log tensorboard --log mlflow=http://127.0.0.1:5000
  autoencoder train "parts/*.parquet" --from disk
  autoencoder train --resume runs/digits-vanilla
  mpirun -np 2 autoencoder train digits --out model
  mpirun -np 4 autoencoder train "parts/*.parquet" --from disk --batch-size 4096`,
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
  if (isStartedTogether(process.env))
    return asRank((session) => runAs(data, flags, signal, session.ranks.size > 1 ? session : undefined));
  if (flags.syncEvery === undefined) return runAs(data, flags, signal);
  throw new OptionError({
    where: '--sync-every',
    expected: 'several ranks that are to meet',
    got: 'one process',
    fix: 'start it with mpirun -np N, or leave --sync-every out',
  });
}

/** Trains alone, or as one rank of several. */
async function runAs(
  data: string | undefined,
  flags: Flags,
  signal: AbortSignal,
  session?: RankSession,
): Promise<void> {
  const bytes = flags.resume === undefined ? undefined : await checkpointOf(flags.resume, session);
  const prepare = async () => {
    const resumed = flags.resume !== undefined && bytes ? await checkpointIn(flags.resume, bytes) : undefined;
    const setup = resumed?.setup ?? setupFrom(data, flags);
    if (session) requireDataOfAll(setup);
    return { from: resumed?.checkpoint, setup, recipe: makeRecipe(setup.options) };
  };
  const { checkpointEvery } = flags;
  if (session && session.ranks.rank > 0) {
    const prepared = await session.together(prepare);
    const folder = await beginCommand(prepared.setup, session);
    return trainBeside(folder, { ...prepared, signal }, session);
  }
  const prepareFolder = async () => {
    const prepared = await prepare();
    const { setup, recipe } = prepared;
    const held = [MODEL_FILE, CHECKPOINT_FILE];
    return { ...prepared, folder: flags.resume ?? outputFolder(setup.data, recipe.architecture.kind, held, flags) };
  };
  const { folder, setup, recipe, from } = await (session ? session.together(prepareFolder) : prepareFolder());
  if (session) await beginCommand(setup, session, folder);
  const terminal = makeTerminal(flags.json ?? false);
  const learned = await trainInto(folder, { setup, recipe, from, checkpointEvery, terminal, signal, session });
  tell(learned, { recipe, folder, setup, terminal });
}

/** The bytes of the checkpoint in `folder`, which of several ranks only the first has to see. */
async function checkpointOf(folder: string, session: RankSession | undefined): Promise<Uint8Array> {
  const read = (): Promise<Uint8Array> => checkpointBytes(folder, MODEL_FILE);
  if (!session) return read();
  const isFirst = session.ranks.rank === 0;
  return session.shared(await session.together(async () => (isFirst ? read() : new Uint8Array(0))));
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
    time,
    header,
    limit,
    strict,
    engine,
    threads,
    out: _,
    overwrite: __,
    resume: ___,
    json: ____,
    checkpointEvery: _____,
    from,
    window,
    log,
    syncEvery,
    ...options
  } = flags;
  checkLogs(log ?? []);
  return { log, data, columns, label, time, header, limit, strict, from, window, engine, threads, options, syncEvery };
}

interface Run {
  readonly recipe: Recipe;
  readonly folder: string;
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
      ...(baselines.pca ? [row(`PCA with ${latent} numbers`, baselines.pca.mse, baselines.pca.testMse)] : []),
      row('mean of the training examples', baselines.mean.mse),
    ]).map((line) => `  ${line}`),
    ...(baselines.pca ? [] : ['', `Not beside PCA: the code (${latent} numbers) is a map, or as large as an example.`]),
    '',
    ...warnings.map(({ text, advice }) => `Warning: ${text} ${advice}`),
    ...(warnings.length > 0 ? [''] : []),
    ...placeLines({ Report: join(folder, REPORT_FILE), Model: modelFile }),
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
    from: setup.from ?? 'memory',
    examples: learned.card.data.examples,
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
