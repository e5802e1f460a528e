/** `autoencoder swap`: faces (or whatever two sets of pictures have of their own) exchanged, marked as made; and swapped pictures told. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fitSwap, laidIn, swapped, type TwoSets, WARP } from '../../applications/swap.ts';
import { type DetectionQuality, fitSwapDetector } from '../../applications/swap-detector.ts';
import { SWAP_FILE } from '../../applications/swap-file.ts';
import { type SwapQuality, swapQuality } from '../../applications/swap-quality.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { flagOf } from '../../base/options.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { type Picture, striped } from '../../data/picture.ts';
import { encodeSynthetic } from '../../data/picture-files.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { swapReport } from '../../report/swap-report.ts';
import { givenFlags, notBeside, refuseBesideResume } from '../beside.ts';
import { readData } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags, engineWords, openEngine } from '../engine-flags.ts';
import { amountParser, countParser, oneOf } from '../flags.ts';
import { CHECKPOINT_FILE } from '../model-argument.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE } from '../run-folder.ts';
import { addTrainingFlags, trainingOptions } from '../subject.ts';
import { isDrawn, pictures, readSwapData, requireConsent, targetsOf } from '../swap-data.ts';
import { detected, fileName } from '../swap-detection.ts';
import {
  readSwapCheckpoint,
  readSwapFolder,
  type SwapSetup,
  saveSwapCheckpoint,
  writeSwapFolder,
} from '../swap-folder.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { changedData, followIn } from '../training-run.ts';

interface Flags extends EngineFlags, ResultFlags {
  readonly fit?: string;
  readonly and?: string;
  readonly resume?: string;
  readonly warp?: number;
  readonly limit?: number;
  readonly to?: string;
  readonly lay?: 'whole' | 'face';
  readonly mark?: 'embedded' | 'both';
  readonly strict?: boolean;
  readonly detect?: boolean;
  readonly iHaveConsent?: boolean;
  readonly [option: string]: unknown;
}

export function addSwap(program: Command, signal: AbortSignal): void {
  const command = program
    .command('swap')
    .summary('faces of two people exchanged, and swapped pictures told')
    .description(
      'Learns what the pictures of two people (or two of anything) have in common and what each has of its own, and shows one in the place of the other, with the same pose and expression. Every picture that it makes says so in its metadata. What is swapped is also told from what is real (--detect).',
    )
    .argument('[model]', 'the folder of a model made with --fit')
    .argument('[pictures]', 'pictures of one of the two, or of both with labels')
    .option('--fit <data>', 'learn from these first: pictures with two labels, such as a folder of two folders')
    .option('--and <data>', 'the pictures of the second, where --fit has those of the first')
    .option('--resume <folder>', 'go on with an interrupted training')
    .option('--to <name>', 'whom the pictures are to show (default: the other one, where labels say who they are)')
    .addOption(
      oneOf(
        program.createOption(
          '--lay <what>',
          'the whole picture as made, or the face laid into the one that was given (default: whole)',
        ),
        ['whole', 'face'],
      ),
    )
    .addOption(
      oneOf(
        program.createOption(
          '--mark <where>',
          'how pictures say that they are made: in their metadata, or also to the eye (default: embedded)',
        ),
        ['embedded', 'both'],
      ),
    )
    .option('--detect', 'say of each picture how likely it is swapped')
    .option('--i-have-consent', 'those who are seen in the pictures agree to this use of them')
    .option('--warp <share>', `how far pictures are bent to learn from (default: ${WARP})`, amountParser('--warp'))
    .option('--strict', 'end with an error where a picture cannot be read; otherwise it is left out')
    .option('--limit <n>', 'use the first n pictures', countParser('--limit'));
  addResultFlags(command);
  addTrainingFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder swap --fit portraits --out two\n  autoencoder swap two portraits --limit 50 --out exchanged\n  autoencoder swap --fit faces/ --i-have-consent\n  autoencoder swap two mine/ --to Ada --lay face --i-have-consent\n  autoencoder swap two suspicious/ --detect',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run(model, data, flags, signal),
  );
}

async function run(
  model: string | undefined,
  data: string | undefined,
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const training = Object.keys(trainingOptions(flags)).map(flagOf);
  const words = [model, data].filter((word) => word !== undefined);
  const questions = ['to', 'lay', 'mark', 'detect'];
  if (flags.resume !== undefined) {
    const own = ['fit', 'and', 'out', 'overwrite', 'limit', 'strict', 'threads', 'warp', ...questions];
    refuseBesideResume([...words, ...givenFlags(flags, own), ...training]);
    const { checkpoint, setup } = await readSwapCheckpoint(flags.resume);
    return made({ folder: flags.resume, setup, checkpoint }, terminal, signal);
  }
  if (flags.fit !== undefined) {
    const { fit, and, warp, limit, strict, engine, threads } = flags;
    const [besides] = [...words, ...givenFlags(flags, questions)];
    if (besides !== undefined) throw notBeside('--fit', 'no other pictures and no other model beside it', besides);
    requireConsent(and === undefined ? [fit] : [fit, and], flags.iHaveConsent);
    const held = [REPORT_FILE, SWAP_FILE, CHECKPOINT_FILE, MODEL_FILE];
    const setup: SwapSetup = {
      use: 'swap',
      fit,
      and,
      warp,
      limit,
      strict,
      engine,
      threads,
      options: trainingOptions(flags),
    };
    return made({ folder: outputFolder(fit, 'swap', held, flags), setup }, terminal, signal);
  }
  if (model === undefined || data === undefined)
    throw new OptionError({
      where: 'autoencoder swap',
      expected: 'the folder of a model and pictures, or --fit with pictures of two',
      got: model === undefined ? 'neither' : 'no pictures',
      fix: 'try: autoencoder swap --fit portraits',
    });
  const [making] = [...givenFlags(flags, ['and', 'warp']), ...training];
  if (making !== undefined)
    throw notBeside(making, '--fit beside it: it says how a model is made', `${model}, which is made already`);
  return used(model, data, flags, terminal, signal);
}

interface Run {
  readonly folder: string;
  readonly setup: SwapSetup;
  readonly checkpoint?: Parameters<typeof fitSwap>[0]['from'];
}

async function made({ folder, setup: given, checkpoint }: Run, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { train, test } = await readSwapData(given, terminal, signal);
  const fingerprint = createHash('sha256').update(train.values).update(train.labels).digest('hex');
  if (given.fingerprint !== undefined && given.fingerprint !== fingerprint) throw changedData(given.fit);
  const setup = { ...given, fingerprint };
  const engine = await openEngine(setup);
  terminal.note(
    `Learning from ${train.labels.length.toLocaleString('en')} pictures of ${train.names.join(' and ')} (${engineWords(engine)}) → ${folder}`,
  );
  const fitted = await followIn(
    folder,
    'swap',
    () =>
      fitSwap({
        sets: train,
        test,
        engine,
        warp: setup.warp,
        options: setup.options,
        clock: () => performance.now(),
        from: checkpoint,
        checkpoint: (state) => saveSwapCheckpoint(folder, state, { ...setup, threads: engine.threads }),
        signal,
      }),
    terminal,
  );
  const { trained, learned, chosen, measured, result } = fitted;
  const quality = await swapQuality(trained, learned, measured);
  const random = createRandom(Number(setup.options.seed ?? 0)).fork('detector');
  const { detector, quality: detection } = await fitSwapDetector(trained, chosen, measured, random);
  await writeSwapFolder(folder, {
    trained,
    detector,
    isDrawn: [setup.fit, setup.and].every((name) => name === undefined || isDrawn(name)),
  });
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, await swapReport({ trained, measured, quality, detection, folder }));
  for (const line of [
    '',
    `Learned in ${duration(result.seconds)}.`,
    '',
    ...qualityLines(measured, quality, detection),
    '',
    ...placeLines({ Report: report, Model: `${folder}  (autoencoder swap ${folder} PICTURES)` }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    report,
    data: train.name,
    names: train.names,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    results: quality,
    detector: detection,
    seconds: result.seconds,
  });
}

function qualityLines({ names }: TwoSets, quality: SwapQuality, detection: DetectionQuality): string[] {
  const share = (value: number): string => `${short(Number((100 * value).toFixed(1)))} %`;
  return [
    `${quality.pictures} pictures of ${names.join(' and ')} that nothing was learned from:`,
    '',
    ...table([
      ['a linear classifier takes the real ones for whom they are', share(quality.recognised)],
      ['… and the swapped ones for the other', share(quality.takenForOther)],
      ['squared error of a picture by its own decoder', short(quality.rebuilt)],
      ['… swapped, and swapped back', short(quality.thereAndBack)],
      ['… of the mean picture, which knows no pose', short(quality.mean)],
      ['the detector tells swapped from real (area under the ROC curve)', short(Number(detection.whole.toFixed(3)))],
      ['… swapped faces laid into real pictures', short(Number(detection.laidIn.toFixed(3)))],
    ]).map((row) => `  ${row}`),
  ];
}

async function used(
  folder: string,
  name: string,
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { trained, detector, isDrawn: isOfDrawn } = await readSwapFolder(folder, await openEngine(flags));
  const { train, test } = await readData(name, { limit: flags.limit, strict: flags.strict }, terminal, signal);
  const source = pictures(test ?? train);
  const [channels, height, width] = trained.model.blueprint.shape;
  if (source.shape.slice(1).join() !== [channels, height, width].join())
    throw new DataError({
      where: source.name,
      expected: `pictures of [${channels},${height},${width}] (channels, height, width), as the model was trained on`,
      got: `[${source.shape.slice(1)}]`,
      fix: 'scale or crop them to that size',
    });
  const file = (at: number): string => fileName(source, at);
  if (flags.detect) {
    const [other] = (['to', 'lay', 'mark'] as const).filter((flag) => flags[flag] !== undefined);
    if (other !== undefined)
      throw notBeside(`--${other}`, 'no --detect beside it: nothing is swapped then', '--detect');
    const rows = await detected(trained, detector, source, name);
    for (const row of table(
      rows.map(({ picture, chance, marked }) => [
        picture,
        `${short(Number((100 * chance).toFixed(1)))} %`,
        marked ? 'says that it is made' : '',
      ]),
    ))
      terminal.say(row.trimEnd());
    return terminal.result({ model: folder, data: source.name, swapped: rows });
  }
  requireConsent(isOfDrawn ? [name] : [name, folder], flags.iHaveConsent);
  const targets = targetsOf(source.labels, trained.card.data.labelNames, source.shape[0], flags.to);
  const told = await swapped(trained, { values: source.values, labels: targets.map((label) => 1 - label) });
  const shape = [channels, height, width] as const;
  const whole = flags.lay === 'face' ? laidIn(told, source.values, shape) : told;
  const place = outputFolder(name, 'swapped', ['0001.png', `${file(0).replace(/\.[^./]*$/, '')}.png`], flags);
  const size = sizeOf(shape);
  const files: string[] = [];
  for (const [at] of targets.entries()) {
    const values = whole.slice(at * size, (at + 1) * size);
    const picture: Picture = { name: file(at), channels: channels === 1 ? 1 : 3, height, width, values };
    const path = join(place, `${file(at).replace(/\.[^./]*$/, '')}.png`);
    await makeFolder(join(path, '..'));
    await writeFileAtomic(path, await encodeSynthetic(flags.mark === 'both' ? striped(picture) : picture, path));
    files.push(path);
  }
  for (const line of placeLines({ Pictures: place })) terminal.say(line);
  terminal.say('Each says in its metadata that a trained program made it (trainedAlgorithmicMedia).');
  terminal.result({ model: folder, data: source.name, files });
}
