/** `autoencoder next-frame`: what comes next in clips, by a model trained on such clips. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { type FrameErrors, fitNextFrame, frameErrors, nextFrames, windowsOf } from '../../applications/next-frame.ts';
import { NEXT_FRAME_FILE } from '../../applications/next-frame-file.ts';
import type { TrainedModel } from '../../applications/trained.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { flagOf } from '../../base/options.ts';
import type { Clip } from '../../data/clips.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodePicture } from '../../data/picture-files.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { nextFrameReport } from '../../report/next-frame-report.ts';
import { givenFlags, notBeside, refuseBesideResume } from '../beside.ts';
import { BOUNCING_CLIPS, BOUNCING_SIZE, readClipData } from '../clip-data.ts';
import { addEngineFlags, type EngineFlags, engineWords, openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { CHECKPOINT_FILE } from '../model-argument.ts';
import {
  type NextFrameSetup,
  readNextFrameCheckpoint,
  readNextFrameFolder,
  saveNextFrameCheckpoint,
  writeNextFrameFolder,
} from '../next-frame-folder.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE } from '../run-folder.ts';
import { addTrainingFlags, trainingOptions } from '../subject.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { changedData, followIn } from '../training-run.ts';

interface Flags extends EngineFlags, ResultFlags {
  readonly fit?: string;
  readonly resume?: string;
  readonly frames?: number;
  readonly bounce?: number;
  readonly size?: number;
  readonly clips?: number;
  readonly limit?: number;
  readonly check?: boolean;
  readonly [option: string]: unknown;
}

const FRAMES = 8;

export function addNextFrame(program: Command, signal: AbortSignal): void {
  const command = program
    .command('next-frame')
    .summary('what comes next in clips')
    .description(
      'Tells the next frames of clips, learned from such clips: folders of frames, animated files, or arrays [clips, time, height, width]; beside showing the last frame, and going on as the last two changed.',
    )
    .argument('[model]', 'the folder of a model made with --fit')
    .argument('[clip]', 'a clip: a folder of frames or an animated file; its last frames are gone on from')
    .option('--fit <clips>', 'train a model on these clips first, with any option of: autoencoder train --help')
    .option('--resume <folder>', 'go on with an interrupted training')
    .option('--check', 'the clips go on: tell their frames from those before, and say how near that comes')
    .option('--frames <n>', `frames shown, and frames told from them (default: ${FRAMES})`, countParser('--frames'))
    .option(
      '--bounce <n>',
      'the data are small pictures: make clips of n of them flying about and bouncing off the edges',
      countParser('--bounce'),
    )
    .option('--size <n>', `of --bounce: height and width of a frame (default: ${BOUNCING_SIZE})`, countParser('--size'))
    .option('--clips <n>', `of --bounce: clips to make (default: ${BOUNCING_CLIPS})`, countParser('--clips'))
    .option('--limit <n>', 'use the first n clips', countParser('--limit'));
  addResultFlags(command);
  addTrainingFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder next-frame --fit clips/ --frames 10 --out radar\n  autoencoder next-frame radar tonight/ --out coming\n  autoencoder next-frame radar clips.npy --check\n  autoencoder next-frame --fit digits --bounce 2',
  );
  command.action((model: string | undefined, clip: string | undefined, flags: Flags) =>
    run(model, clip, flags, signal),
  );
}

/** Flags of making clips, and all others that a model is made by. */
const BOUNCING = ['size', 'clips'];
const MAKING = ['frames', 'bounce', ...BOUNCING];

async function run(
  model: string | undefined,
  clip: string | undefined,
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const training = Object.keys(trainingOptions(flags)).map(flagOf);
  const words = [model, clip].filter((word) => word !== undefined);
  const [loose] = flags.bounce === undefined ? givenFlags(flags, BOUNCING) : [];
  if (loose !== undefined) throw notBeside(loose, '--bounce beside it: it says how clips are made', 'none');
  if (flags.resume !== undefined) {
    const own = ['fit', 'out', 'overwrite', 'limit', 'threads', 'check', ...MAKING];
    refuseBesideResume([...words, ...givenFlags(flags, own), ...training]);
    const { checkpoint, setup } = await readNextFrameCheckpoint(flags.resume);
    return made({ folder: flags.resume, setup, checkpoint }, terminal, signal);
  }
  if (flags.fit !== undefined) {
    const [besides] = [...words, ...givenFlags(flags, ['check'])];
    if (besides !== undefined) throw notBeside('--fit', 'no clip and no other model beside it', besides);
    const held = [REPORT_FILE, NEXT_FRAME_FILE, CHECKPOINT_FILE, MODEL_FILE];
    const { fit, frames = FRAMES, bounce, size, clips, limit, engine, threads } = flags;
    const options = trainingOptions(flags);
    const setup: NextFrameSetup = {
      use: 'next-frame',
      fit,
      frames,
      bounce,
      size,
      clips,
      limit,
      engine,
      threads,
      options,
    };
    return made({ folder: outputFolder(fit, 'next-frame', held, flags), setup }, terminal, signal);
  }
  if (model === undefined || clip === undefined)
    throw new OptionError({
      where: 'autoencoder next-frame',
      expected: 'the folder of a model and a clip, or --fit with clips',
      got: model === undefined ? 'neither' : 'no clip',
      fix: 'try: autoencoder next-frame --fit digits --bounce 2',
    });
  const [making] = [...givenFlags(flags, ['frames']), ...training];
  if (making !== undefined)
    throw notBeside(making, '--fit beside it: it says how a model is made', `${model}, which is made already`);
  return told(model, clip, flags, terminal, signal);
}

interface Run {
  readonly folder: string;
  readonly setup: NextFrameSetup;
  readonly checkpoint?: Parameters<typeof fitNextFrame>[0]['from'];
}

async function made({ folder, setup: given, checkpoint }: Run, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { name, clips, test } = await readClipData(given.fit, given, terminal, signal);
  const hash = createHash('sha256');
  for (const { shape, values } of clips) hash.update(shape.join()).update(values);
  const fingerprint = hash.digest('hex');
  if (given.fingerprint !== undefined && given.fingerprint !== fingerprint) throw changedData(given.fit);
  const setup = { ...given, fingerprint };
  const engine = await openEngine(setup);
  terminal.note(
    `Learning from ${clips.length.toLocaleString('en')} clips of ${name} (${engineWords(engine)}) → ${folder}`,
  );
  const { trained, result, errors, measured } = await followIn(
    folder,
    'next-frame',
    () =>
      fitNextFrame({
        name,
        engine,
        clips,
        test,
        frames: setup.frames,
        options: setup.options,
        clock: () => performance.now(),
        from: checkpoint,
        checkpoint: (state) => saveNextFrameCheckpoint(folder, state, { ...setup, threads: engine.threads }),
        signal,
      }),
    terminal,
  );
  await writeNextFrameFolder(folder, trained);
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, await nextFrameReport({ trained, windows: measured, errors, data: name, folder }));
  for (const line of [
    '',
    `Learned from ${trained.card.data.examples.toLocaleString('en')} pieces of clips in ${duration(result.seconds)}.`,
    '',
    ...errorLines(errors),
    '',
    ...placeLines({ Report: report, Model: `${folder}  (autoencoder next-frame ${folder} CLIP)` }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    report,
    data: name,
    clips: clips.length,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    ...figures(errors),
    seconds: result.seconds,
  });
}

function figures({ windows, model, lastFrame, extrapolation }: FrameErrors) {
  return { measured: windows, results: model, baselines: { lastFrame, extrapolation } };
}

function errorLines({ windows, model, lastFrame, extrapolation }: FrameErrors): string[] {
  const ways = [
    ['this model', model],
    ['last frame', lastFrame],
    ['extrapolation', extrapolation],
  ] as const;
  return [
    `Mean squared error of the next ${model.bySteps.length} frames of ${windows.toLocaleString('en')} clips (pixels are 0 … 1):`,
    '',
    ...table([
      ['', 'all', 'first', 'last'],
      ...ways.map(([name, { mse, bySteps }]) =>
        [name, mse, bySteps[0], bySteps[bySteps.length - 1]].map((cell) =>
          typeof cell === 'number' ? short(cell) : cell,
        ),
      ),
    ]).map((row) => `  ${row}`),
    '',
    model.mse < lastFrame.mse
      ? `${short(100 * (1 - model.mse / lastFrame.mse))} % below the last frame.`
      : 'No better than the last frame again: train longer, or on more clips.',
  ];
}

async function told(
  folder: string,
  clip: string,
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const trained = await readNextFrameFolder(folder, await openEngine(flags));
  const [frames, ...picture] = trained.model.blueprint.shape;
  const { name, clips, test } = await readClipData(clip, { ...flags, frames }, terminal, signal);
  const asked = test ?? clips;
  const [wrongSize] = asked.filter(({ shape }) => shape.slice(1).join() !== picture.join());
  if (wrongSize)
    throw new DataError({
      where: `${clip}, ${wrongSize.name}`,
      expected: `frames of [${picture}] (channels, height, width), as the model was trained on`,
      got: `[${wrongSize.shape.slice(1)}]`,
      fix: 'scale them, or train on such clips',
    });
  if (flags.check) {
    const windows = windowsOf(asked, frames, name);
    const errors = await frameErrors(trained, windows);
    const place = outputFolder(clip, 'next-frames', [REPORT_FILE], flags);
    await makeFolder(place);
    const report = join(place, REPORT_FILE);
    await writeFileAtomic(report, await nextFrameReport({ trained, windows, errors, data: name, folder }));
    for (const line of [...errorLines(errors), '', ...placeLines({ Report: report })]) terminal.say(line);
    return terminal.result({ model: folder, data: name, report, ...figures(errors) });
  }
  await writeNext(trained, { folder, clip, clips: asked }, flags, terminal);
}

/** The frames after the end of each clip, as pictures in a folder of its own. */
async function writeNext(
  trained: TrainedModel,
  { folder, clip, clips }: { readonly folder: string; readonly clip: string; readonly clips: readonly Clip[] },
  flags: Flags,
  terminal: Terminal,
): Promise<void> {
  const [frames, channels, height, width] = trained.model.blueprint.shape;
  const size = channels * height * width;
  const short = clips.find(({ shape: [time] }) => time < frames);
  if (short)
    throw new DataError({
      where: `${clip}, ${short.name}`,
      expected: `at least ${frames} frames, which the model is shown`,
      got: `${short.shape[0]}`,
      fix: 'give a longer clip',
    });
  const shown = new Uint8Array(clips.length * frames * size);
  for (const [at, { values }] of clips.entries())
    shown.set(values.subarray(values.length - frames * size), at * frames * size);
  const told = await nextFrames(trained, { shown, count: clips.length });
  const place = outputFolder(clip, 'next-frames', ['001.png', ...clips.map(({ name }) => name)], flags);
  const files: string[] = [];
  for (const [at, { name }] of clips.entries()) {
    const own = clips.length === 1 ? place : join(place, basename(name));
    await makeFolder(own);
    for (let frame = 0; frame < frames; frame++) {
      const values = told.subarray((at * frames + frame) * size, (at * frames + frame + 1) * size);
      const file = join(own, `${String(frame + 1).padStart(3, '0')}.png`);
      await writeFileAtomic(
        file,
        await encodePicture({ name, channels: channels === 1 ? 1 : 3, height, width, values }, file),
      );
      files.push(file);
    }
  }
  for (const line of placeLines({ Frames: place })) terminal.say(line);
  terminal.result({ model: folder, frames, files });
}
