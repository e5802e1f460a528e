/** A codec made from pictures, in its folder, with a page that says how it stands beside JPEG, WebP and AVIF. */
import { basename, join } from 'node:path';
import { bdRate, type RatePoint } from '../applications/codec/bd-rate.ts';
import { curveOf, curveOfFormat } from '../applications/codec/beside.ts';
import { openCodec } from '../applications/codec/codec.ts';
import { codecFiles, readCodec } from '../applications/codec/codec-file.ts';
import { CODEC_FILE } from '../applications/codec/codec-packing.ts';
import { fitCodec } from '../applications/codec/fit-codec.ts';
import { OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';
import { writeFileAtomic } from '../data/files.ts';
import { folderOf } from '../data/folder.ts';
import type { Picture } from '../data/picture.ts';
import { type PictureFormat, pictureFormats } from '../data/picture-formats.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { codecReport } from '../report/codec-report.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import { givenFlags, refuseBesideResume } from './beside.ts';
import { besideFrom, type CodecFlags } from './codec-answer.ts';
import { type CodecSetup, readCodecCheckpoint, saveCodecCheckpoint, writeCodecFolder } from './codec-folder.ts';
import { engineWords, openEngine } from './engine-flags.ts';
import { CHECKPOINT_FILE } from './model-argument.ts';
import { fingerprintOf, readPictureData } from './picture-data.ts';
import { outputFolder, REPORT_FILE } from './run-folder.ts';
import { trainingOptions } from './subject.ts';
import { duration, placeLines, type Terminal, table } from './terminal.ts';
import { changedData, followIn } from './training-run.ts';

/** Pieces of an epoch, and their height and width. */
const PATCHES = 4000;
const PATCH = 64;
/** Pictures that are measured on, at most. */
const MEASURED = 12;
/** Of the pictures, where no others are there to measure on. */
const HELD_OUT = 0.1;

/** A format beside the codec. */
export interface Beside {
  readonly name: PictureFormat;
  readonly curve: readonly RatePoint[];
  /** Bits of the codec, in percent of those of the format: −20 takes a fifth less. NaN where no quality is reached by both. */
  readonly bdRate: number;
}

export async function fitFolder(
  name: string,
  words: readonly string[],
  flags: CodecFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const [besides] = [...words, ...(flags.quality === undefined ? [] : [flagOf('quality')])];
  if (besides !== undefined)
    throw new OptionError({
      where: '--fit',
      expected: 'no codec and no other pictures beside it',
      got: besides,
      fix: 'make the codec first, and then use it: autoencoder compress FOLDER PICTURES',
    });
  // A format that there is not is told before anything is read.
  besideFrom(flags);
  const folder = outputFolder(name, 'codec', [REPORT_FILE, CODEC_FILE, CHECKPOINT_FILE, MODEL_FILE], flags);
  const { beside, patches, patch, limit, strict, engine, threads } = flags;
  const options = trainingOptions(flags);
  const setup = { use: 'compress' as const, fit: name, patches, patch, limit, strict, engine, threads, options };
  return made({ folder, setup: { ...setup, ...(beside ? { beside: [...beside] } : {}) } }, terminal, signal);
}

/** Goes on with an interrupted training. @throws OptionError for anything beside `--resume`, which says it all. */
export async function resumeFolder(
  folder: string,
  words: readonly string[],
  flags: CodecFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const others = Object.keys(flags).filter((name) => !['resume', 'json', 'engine'].includes(name));
  refuseBesideResume([...words, ...givenFlags(flags, others)]);
  const { checkpoint, setup } = await readCodecCheckpoint(folder);
  return made({ folder, setup, checkpoint }, terminal, signal);
}

interface CodecRun {
  readonly folder: string;
  readonly setup: CodecSetup;
  readonly checkpoint?: Checkpoint;
}

/** Trains, measures, and leaves the codec and a page in the folder; when interrupted, a checkpoint to go on from. */
async function made(
  { folder, setup: given, checkpoint }: CodecRun,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const formats = besideFrom(given) ?? pictureFormats;
  const data = await readPictureData(given.fit, given, terminal, signal);
  const fingerprint = fingerprintOf(data.pictures);
  if (given.fingerprint !== undefined && given.fingerprint !== fingerprint) throw changedData(given.fit);
  const setup = { ...given, fingerprint };
  const [learned, measured] = partsOf(data.pictures, data.test);
  const engine = await openEngine(setup);
  terminal.note(`Learning from ${learned.length} pictures of ${data.name} (${engineWords(engine)}) → ${folder}`);
  const { patches = PATCHES, patch, options } = setup;
  const fitted = await followIn(
    folder,
    'compress',
    () =>
      fitCodec({
        name: data.name,
        engine,
        pictures: learned,
        patches,
        patch: patch ?? Math.min(PATCH, ...learned.map(({ height, width }) => Math.min(height, width))),
        options,
        clock: () => performance.now(),
        from: checkpoint,
        checkpoint: (state) => saveCodecCheckpoint(folder, state, { ...setup, threads: engine.threads }),
        signal,
      }),
    terminal,
  );
  const files = await codecFiles(fitted);
  await writeCodecFolder(folder, files);
  const codec = openCodec(await readCodec(folderOf(files, folder), engine));
  const bar = terminal.bar(codec.qualities * measured.length);
  const curve = await curveOf(codec, measured, {
    signal,
    step: (done) => bar.to(done, `measuring on ${measured.length} pictures`),
  });
  const beside: Beside[] = [];
  for (const format of formats) {
    const other = await curveOfFormat(format, measured, signal);
    beside.push({ name: format, curve: other, bdRate: bdRate(curve, other) });
  }
  bar.end('Measured.');
  await codec.dispose();
  const report = join(folder, REPORT_FILE);
  const page = {
    title: `A codec of ${basename(data.name)}`,
    folder,
    curve,
    beside,
    pictures: measured.length,
    coded: [],
  };
  await writeFileAtomic(report, await codecReport(page));
  const { seconds } = fitted.result;
  for (const line of [
    '',
    `Learned from ${learned.length} pictures in ${duration(seconds)}. On ${measured.length} that nothing was learned from:`,
    '',
    ...curveLines(curve),
    '',
    ...besideLines(beside),
    ...placeLines({ Report: report, Codec: `${folder}  (autoencoder compress ${folder} PICTURE)` }),
  ])
    terminal.say(line);
  terminal.result({
    codec: folder,
    report,
    data: data.name,
    pictures: learned.length,
    measured: measured.length,
    epochs: fitted.result.history.length,
    results: curve,
    bdRate: Object.fromEntries(beside.map(({ name: format, bdRate: rate }) => [format, rate])),
    skipped: data.skipped,
    seconds,
  });
}

/** What is learned from, and what is measured on. */
function partsOf(
  pictures: readonly Picture[],
  test: readonly Picture[] | undefined,
): readonly [readonly Picture[], readonly Picture[]] {
  if (test) return [pictures, test.slice(0, MEASURED)];
  const held = Math.min(MEASURED, Math.ceil(HELD_OUT * pictures.length));
  return [pictures.slice(0, pictures.length - held), pictures.slice(pictures.length - held)];
}

function curveLines(curve: readonly RatePoint[]): string[] {
  return table([
    ['quality', 'bits a pixel', 'PSNR'],
    ...curve.map(({ bitsPerPixel, psnr }, at) => [`${at + 1}`, bitsPerPixel.toFixed(3), `${psnr.toFixed(2)} dB`]),
  ]).map((line) => `  ${line}`);
}

function besideLines(beside: readonly Beside[]): string[] {
  const known = beside.filter(({ bdRate: rate }) => Number.isFinite(rate));
  if (known.length === 0) return [];
  return [
    'Bits for the same PSNR, on average over the qualities that both reach (BD-rate):',
    '',
    ...table(known.map(({ name, bdRate: rate }) => [`than ${name}`, `${rate > 0 ? '+' : ''}${rate.toFixed(1)} %`])).map(
      (line) => `  ${line}`,
    ),
    '',
  ];
}
