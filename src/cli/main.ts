#!/usr/bin/env node
/** The `autoencoder` command. */
import { Command, CommanderError } from 'commander';
import { AutoencoderError, InterruptedError } from '../base/errors.ts';
import { addAnomalies } from './commands/anomalies.ts';
import { addComplete } from './commands/complete.ts';
import { addCompress } from './commands/compress.ts';
import { addDatasets } from './commands/datasets.ts';
import { addDecode } from './commands/decode.ts';
import { addDecompress } from './commands/decompress.ts';
import { addDenoise } from './commands/denoise.ts';
import { addEncode } from './commands/encode.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addFeatures } from './commands/features.ts';
import { addForecast } from './commands/forecast.ts';
import { addGenerate } from './commands/generate.ts';
import { addImport } from './commands/import.ts';
import { addImpute } from './commands/impute.ts';
import { addInfo } from './commands/info.ts';
import { addInpaint } from './commands/inpaint.ts';
import { addInterpolate } from './commands/interpolate.ts';
import { addLabelErrors } from './commands/label-errors.ts';
import { addIndex } from './commands/make-index.ts';
import { addNextFrame } from './commands/next-frame.ts';
import { addRecommend } from './commands/recommend.ts';
import { addReconstruct } from './commands/reconstruct.ts';
import { addReduce } from './commands/reduce.ts';
import { addSearch } from './commands/search.ts';
import { addServe } from './commands/serve.ts';
import { addShard } from './commands/shard.ts';
import { addStudio } from './commands/studio.ts';
import { addSwap } from './commands/swap.ts';
import { addTrain } from './commands/train.ts';
import { addTranslate } from './commands/translate.ts';
import { addUpscale } from './commands/upscale.ts';
import { addWorker } from './commands/worker.ts';
import { packageVersion } from './version.ts';

const USAGE_EXIT_CODE = 2;

/** Runs the command line and gives the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => {
    // The second time, the user means it.
    if (controller.signal.aborted) process.exit(130);
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
  program.addHelpText('after', '\nBegin with:\n  autoencoder train digits');
  addTrain(program, controller.signal);
  addInfo(program);
  addEvaluate(program, controller.signal);
  addEncode(program, controller.signal);
  addDecode(program, controller.signal);
  addReconstruct(program, controller.signal);
  addReduce(program, controller.signal);
  addAnomalies(program, controller.signal);
  addImpute(program, controller.signal);
  addFeatures(program, controller.signal);
  addLabelErrors(program, controller.signal);
  addForecast(program, controller.signal);
  addRecommend(program, controller.signal);
  addTranslate(program, controller.signal);
  addComplete(program, controller.signal);
  addDenoise(program, controller.signal);
  addInpaint(program, controller.signal);
  addUpscale(program, controller.signal);
  addNextFrame(program, controller.signal);
  addSwap(program, controller.signal);
  addGenerate(program, controller.signal);
  addInterpolate(program, controller.signal);
  addIndex(program, controller.signal);
  addSearch(program, controller.signal);
  addCompress(program, controller.signal);
  addDecompress(program, controller.signal);
  addExport(program);
  addImport(program);
  addServe(program, controller.signal);
  addStudio(program, controller.signal);
  addShard(program, controller.signal);
  addWorker(program, controller.signal);
  addDatasets(program);
  for (const command of program.commands) command.exitOverride().showSuggestionAfterError();
  try {
    await program.parseAsync(words);
    return 0;
  } catch (error) {
    return exitCodeOf(error, program);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function exitCodeOf(error: unknown, program: Command): number {
  // Commander has printed its message already; help and version are no errors.
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : USAGE_EXIT_CODE;
  if (error instanceof InterruptedError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
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
