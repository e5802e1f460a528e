#!/usr/bin/env node
/** The `autoencoder` command. */
import '../engine/without-reports.ts';
import { Command, CommanderError } from 'commander';
import { AutoencoderError, InterruptedError, OptionError } from '../base/errors.ts';
import { isOtherRank } from '../distributed/mpi/started.ts';
import { ToldElsewhere } from './told-elsewhere.ts';
import { packageVersion } from './version.ts';

const USAGE_EXIT_CODE = 2;

/** Commands that several ranks do together, if started so; all others, each does for itself. */
const TOGETHER = ['train'];

type Add = (program: Command, signal: AbortSignal) => void;

/** In the order of --help. Only what is asked for is loaded: all of them take more than a second. */
const commands: Readonly<Record<string, () => Promise<Add>>> = {
  train: async () => (await import('./commands/train.ts')).addTrain,
  tune: async () => (await import('./commands/tune.ts')).addTune,
  info: async () => (await import('./commands/info.ts')).addInfo,
  evaluate: async () => (await import('./commands/evaluate.ts')).addEvaluate,
  encode: async () => (await import('./commands/encode.ts')).addEncode,
  decode: async () => (await import('./commands/decode.ts')).addDecode,
  reconstruct: async () => (await import('./commands/reconstruct.ts')).addReconstruct,
  reduce: async () => (await import('./commands/reduce.ts')).addReduce,
  anomalies: async () => (await import('./commands/anomalies.ts')).addAnomalies,
  impute: async () => (await import('./commands/impute.ts')).addImpute,
  features: async () => (await import('./commands/features.ts')).addFeatures,
  'label-errors': async () => (await import('./commands/label-errors.ts')).addLabelErrors,
  forecast: async () => (await import('./commands/forecast.ts')).addForecast,
  recommend: async () => (await import('./commands/recommend.ts')).addRecommend,
  translate: async () => (await import('./commands/translate.ts')).addTranslate,
  complete: async () => (await import('./commands/complete.ts')).addComplete,
  denoise: async () => (await import('./commands/denoise.ts')).addDenoise,
  inpaint: async () => (await import('./commands/inpaint.ts')).addInpaint,
  upscale: async () => (await import('./commands/upscale.ts')).addUpscale,
  'next-frame': async () => (await import('./commands/next-frame.ts')).addNextFrame,
  swap: async () => (await import('./commands/swap.ts')).addSwap,
  generate: async () => (await import('./commands/generate.ts')).addGenerate,
  interpolate: async () => (await import('./commands/interpolate.ts')).addInterpolate,
  index: async () => (await import('./commands/make-index.ts')).addIndex,
  search: async () => (await import('./commands/search.ts')).addSearch,
  compress: async () => (await import('./commands/compress.ts')).addCompress,
  decompress: async () => (await import('./commands/decompress.ts')).addDecompress,
  export: async () => (await import('./commands/export.ts')).addExport,
  import: async () => (await import('./commands/import.ts')).addImport,
  serve: async () => (await import('./commands/serve.ts')).addServe,
  studio: async () => (await import('./commands/studio.ts')).addStudio,
  shard: async () => (await import('./commands/shard.ts')).addShard,
  worker: async () => (await import('./commands/worker.ts')).addWorker,
  datasets: async () => (await import('./commands/datasets.ts')).addDatasets,
};

/** Runs the command line and gives the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const controller = new AbortController();
  // Of ranks that do one thing together, the first speaks for all.
  const isQuiet = TOGETHER.includes(words[2]) && isOtherRank(process.env);
  const interrupt = (): void => {
    // The second time, the user means it.
    if (controller.signal.aborted) process.exit(130);
    if (!isQuiet)
      process.stderr.write('\nInterrupted: stopping at the next safe point … (once more to stop at once)\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const program = new Command('autoencoder')
    .description('Trains autoencoders and puts them to use.')
    .version(packageVersion())
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false });
  program.exitOverride();
  if (isQuiet) program.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  program.addHelpText('after', '\nBegin with:\n  autoencoder train digits');
  for (const name of namedIn(words.slice(2))) {
    const add = await commands[name]();
    add(program, controller.signal);
  }
  for (const command of program.commands) command.exitOverride().showSuggestionAfterError();
  try {
    await program.parseAsync(words);
    return 0;
  } catch (error) {
    return exitCodeOf(error, program, isQuiet);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** The commands that these words need: one, or, for help and for words that name none, all. */
function namedIn([asked = '']: readonly string[]): readonly string[] {
  if (Object.hasOwn(commands, asked)) return [asked];
  return asked === '--version' || asked === '-V' ? [] : Object.keys(commands);
}

function exitCodeOf(error: unknown, program: Command, isQuiet: boolean): number {
  // Commander has printed its message already; help and version are no errors.
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : USAGE_EXIT_CODE;
  if (error instanceof InterruptedError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  // All ranks are given the same options.
  if (error instanceof ToldElsewhere || (isQuiet && error instanceof OptionError)) return error.exitCode;
  if (error instanceof AutoencoderError) {
    process.stderr.write(`error: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `internal error in ${program.name()}, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure. Without one for what is only told on the
// way (`2>&1 | head`), the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv);
