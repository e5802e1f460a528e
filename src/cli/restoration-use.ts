/** What `denoise`, `inpaint` and `upscale` share: their flags, and how a model that repairs is trained, kept and gone on with. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { measureRestoration, type Repaired, type Restoration, type TrialResult } from '../applications/restoration.ts';
import { RESTORATION_FILE } from '../applications/restoration-file.ts';
import { fitRestoration, PATCH, PATCHES } from '../applications/restoration-training.ts';
import { openRestorer } from '../applications/restorer.ts';
import { OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';
import { createRandom } from '../base/random.ts';
import { writeFileAtomic } from '../data/files.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { restorationReport } from '../report/restoration-report.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import { givenFlags, refuseBesideResume } from './beside.ts';
import { addEngineFlags, type EngineFlags, engineWords, openEngine } from './engine-flags.ts';
import { countParser } from './flags.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { fingerprintOf, type PictureFlags, readPictureData } from './picture-data.ts';
import {
  type RestorationSetup,
  readRestorationCheckpoint,
  saveRestorationCheckpoint,
  writeRestorationFolder,
} from './restoration-folder.ts';
import { addResultFlags, type ResultFlags } from './result-flags.ts';
import { outputFolder, REPORT_FILE } from './run-folder.ts';
import { addTrainingFlags, trainingOptions } from './subject.ts';
import { duration, placeLines, short, type Terminal, table } from './terminal.ts';
import { changedData, followIn } from './training-run.ts';

export interface RestorationFlags extends PictureFlags, EngineFlags, ResultFlags {
  readonly fit?: string;
  readonly resume?: string;
  readonly patches?: number;
  readonly patch?: number;
  readonly clean?: string;
  readonly spoil?: boolean;
  readonly [option: string]: unknown;
}

export function addRestorationFlags(command: Command): void {
  command
    .argument('[model]', 'the folder of a model made with --fit')
    .argument('[picture...]', 'pictures, or folders of pictures')
    .option(
      '--fit <pictures>',
      'train a model on these good pictures first, with any option of: autoencoder train --help',
    )
    .option('--resume <folder>', 'go on with an interrupted training')
    .option('--spoil', 'the pictures are good ones: spoil them first, and say how well they are repaired')
    .option('--clean <pictures>', 'the good pictures, by the same names: say how near the repaired ones come')
    .option('--strict', 'end with an error where a picture cannot be read; otherwise it is left out')
    .option('--limit <n>', 'use the first n pictures', countParser('--limit'))
    .option('--patches <n>', `pieces of pictures in an epoch (default: ${PATCHES})`, countParser('--patches'))
    .option('--patch <n>', `height and width of a piece (default: ${PATCH})`, countParser('--patch'));
  addResultFlags(command);
  addTrainingFlags(command);
  addEngineFlags(command);
}

export interface RestorationRun<How> {
  readonly folder: string;
  readonly setup: RestorationSetup;
  readonly how: How;
  readonly checkpoint?: Checkpoint;
}

/** Flags that ask something of a model, or say where. */
const QUESTIONS = ['spoil', 'clean'];

/**
 * What is to be trained: what the flags say, with pictures spoiled as `howOf` says, or what was interrupted; undefined where a model is to
 * be used.
 *
 * @throws OptionError for words that do not go together.
 */
export async function restorationRun<How>(
  use: Restoration<How>,
  words: readonly string[],
  flags: RestorationFlags,
  howOf: () => How,
): Promise<RestorationRun<How> | undefined> {
  const training = Object.keys(trainingOptions(flags)).map(flagOf);
  if (flags.resume !== undefined) {
    const own = ['fit', 'out', 'overwrite', 'patches', 'patch', 'limit', 'strict', 'threads', ...QUESTIONS];
    refuseBesideResume([...words, ...givenFlags(flags, own), ...training]);
    const { checkpoint, setup } = await readRestorationCheckpoint(flags.resume, use.name);
    return { folder: flags.resume, setup, checkpoint, how: use.schema.parse(setup.how) };
  }
  if (flags.fit === undefined) return undefined;
  const [besides] = [...words, ...givenFlags(flags, QUESTIONS)];
  if (besides !== undefined)
    throw new OptionError({
      where: '--fit',
      expected: 'no other pictures and no other model beside it',
      got: besides,
      fix: `make the model first, and then use it: autoencoder ${use.name} FOLDER PICTURES`,
    });
  const how = howOf();
  const { fit, patches, patch, limit, strict, engine, threads } = flags;
  const held = [REPORT_FILE, RESTORATION_FILE, CHECKPOINT_FILE, MODEL_FILE];
  const setup = {
    use: use.name,
    fit,
    how: JSON.parse(JSON.stringify(how)),
    patches,
    patch,
    limit,
    strict,
    engine,
    threads,
    options: trainingOptions(flags),
  };
  return { folder: outputFolder(fit, use.name, held, flags), setup, how };
}

/** Pictures on the page. */
const SHOWN = 6;

/** Trains, measures, and leaves the model and a page in the folder; when interrupted, a checkpoint to go on from. */
export async function trainRestoration<How>(
  use: Restoration<How>,
  run: RestorationRun<How>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { folder, how } = run;
  const data = await readPictureData(run.setup.fit, run.setup, terminal, signal);
  const fingerprint = fingerprintOf(data.pictures);
  if (run.setup.fingerprint !== undefined && run.setup.fingerprint !== fingerprint) throw changedData(run.setup.fit);
  const setup = { ...run.setup, fingerprint };
  const engine = await openEngine(setup);
  terminal.note(`Learning from ${data.pictures.length} pictures of ${data.name} (${engineWords(engine)}) → ${folder}`);
  const fitted = await followIn(
    folder,
    use.name,
    () =>
      fitRestoration({
        ...data,
        ...setup,
        use,
        how,
        engine,
        clock: () => performance.now(),
        from: run.checkpoint,
        checkpoint: (state) => saveRestorationCheckpoint(folder, state, { ...setup, threads: engine.threads }),
        signal,
      }),
    terminal,
  );
  await writeRestorationFolder(folder, { use: use.name, how: setup.how, trained: fitted.trained });
  const restorer = openRestorer(fitted.trained);
  const shown: Repaired[] = [];
  const bar = terminal.bar(use.trials(how).length * fitted.measured.length);
  const trials = await measureRestoration({
    use,
    restorer,
    how,
    pictures: fitted.measured,
    random: createRandom(0).fork('measure'),
    step: (done, of) => bar.to(done, `measuring picture ${done + 1} of ${of}`),
    each: (repaired) => void (shown.length < SHOWN && shown.push(repaired)),
    signal,
  });
  bar.end('Measured.');
  await restorer.dispose();
  const report = join(folder, REPORT_FILE);
  const { result, trained } = fitted;
  const page = { use: use.name, trials, shown, data: data.name, folder, skipped: data.skipped };
  await writeFileAtomic(report, await restorationReport(page));
  for (const line of [
    '',
    `Learned from ${trained.card.data.examples.toLocaleString('en')} pieces in ${duration(result.seconds)}.`,
    '',
    ...trialLines(trials, `${fitted.measured.length} pictures that nothing was learned from`),
    '',
    ...placeLines({ Report: report, Model: `${folder}  (autoencoder ${use.name} ${folder} PICTURE)` }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    report,
    data: data.name,
    how,
    pictures: data.pictures.length,
    skipped: data.skipped,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    measured: fitted.measured.length,
    results: trials,
    seconds: result.seconds,
  });
}

/** PSNR and SSIM of each trial, beside the simple ways. */
export function trialLines(trials: readonly TrialResult[], of: string): string[] {
  const names = Object.keys(trials[0].baselines);
  return [
    `PSNR in dB (SSIM) of ${of}:`,
    '',
    ...table([
      ['', 'this model', ...names],
      ...trials.map(({ name, model, baselines }) => [
        name,
        ...[model, ...names.map((way) => baselines[way])].map(
          ({ psnr, ssim }) => `${psnr.toFixed(2)} (${short(Number(ssim.toFixed(3)))})`,
        ),
      ]),
    ]).map((line) => `  ${line}`),
  ];
}
