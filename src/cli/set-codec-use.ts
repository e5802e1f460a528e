/** `compress` of whole sets: a codec of them is made, and writes all pictures as one file. */
import { basename, dirname, extname, join } from 'node:path';
import { CODEC_FILE } from '../applications/codec/codec-packing.ts';
import { fitSetCodec } from '../applications/codec/fit-set-codec.ts';
import { type BesideSet, besideSet, type CodedSet, codedSet } from '../applications/codec/set-beside.ts';
import { openSetCodec, type SetCodec, twoValuesOf } from '../applications/codec/set-codec.ts';
import { readSetCodec, setCodecFiles } from '../applications/codec/set-codec-file.ts';
import { InterruptedError, OptionError } from '../base/errors.ts';
import { flagOf } from '../base/options.ts';
import { createRandom } from '../base/random.ts';
import { writeFileAtomic } from '../data/files.ts';
import { folderOf } from '../data/folder.ts';
import { drawn, type Picture } from '../data/picture.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { type CodecFlags, requireCodecWords } from './codec-answer.ts';
import { openCodecFolder, writeCodecFolder } from './codec-folder.ts';
import { engineWords, openEngine } from './engine-flags.ts';
import { refuseExisting } from './output-file.ts';
import { readPictureData } from './picture-data.ts';
import { makeFolder, outputFolder } from './run-folder.ts';
import { trainingOptions } from './subject.ts';
import { duration, placeLines, type Terminal, table } from './terminal.ts';
import { follow } from './training-run.ts';

const ENDING = '.aec';
/** Pictures that a new codec is measured on, at most. */
const MEASURED = 1000;
/** Of the pictures, where no others are there to measure on. */
const HELD_OUT = 0.1;

/** `compress --fit PICTURES --lossless`. */
export async function fitSetFolder(
  name: string,
  words: readonly string[],
  flags: CodecFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  refuse('--fit with --lossless', [
    ...words,
    ...['quality', 'beside', 'patches', 'patch'].filter((other) => flags[other] !== undefined).map(flagOf),
  ]);
  const folder = outputFolder(name, 'codec', [CODEC_FILE, MODEL_FILE], flags);
  const data = await readPictureData(name, flags, terminal, signal);
  const engine = await openEngine(flags);
  await makeFolder(folder);
  const held = data.test ? 0 : Math.min(MEASURED, Math.ceil(HELD_OUT * data.pictures.length));
  const learned = data.pictures.slice(0, data.pictures.length - held);
  terminal.note(`Learning from ${learned.length} pictures of ${data.name} (${engineWords(engine)}) → ${folder}`);
  const options = trainingOptions(flags);
  const fitting = fitSetCodec({
    name: data.name,
    engine,
    pictures: learned,
    options,
    clock: () => performance.now(),
    signal,
  });
  const fitted = await follow(fitting, folder, terminal);
  const files = await setCodecFiles(fitted);
  await writeCodecFolder(folder, files);
  const codec = openSetCodec(await readSetCodec(folderOf(files, folder), engine), folder);
  const random = drawing(flags);
  const measured = (data.test ?? data.pictures.slice(learned.length)).slice(0, MEASURED);
  const pictures = twoValuesOf(measured) ? measured : measured.map((picture) => drawn(picture, random));
  const coded = await packed(codec, pictures, terminal, signal);
  const beside = await besideSet(pictures);
  await codec.dispose();
  const { seconds } = fitted.result;
  for (const line of [
    '',
    `Learned from ${learned.length} pictures in ${duration(seconds)}. ${pictures.length} others as one file; every pixel came back:`,
    '',
    ...setLines(coded, beside, pictures),
    '',
    ...placeLines({ Codec: `${folder}  (autoencoder compress ${folder} PICTURES --out FILE${ENDING})` }),
  ])
    terminal.say(line);
  terminal.result({
    codec: folder,
    data: data.name,
    pictures: learned.length,
    measured: pictures.length,
    epochs: fitted.result.history.length,
    ...figuresOf(coded, beside),
    skipped: data.skipped,
    seconds,
  });
}

/** `compress CODEC PICTURES`, with a codec of sets. */
export async function compressSet(
  folder: string,
  names: readonly string[],
  flags: CodecFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  requireCodecWords(folder, names, flags, ['binarize', 'seed']);
  refuse('a codec of sets', ['quality', 'beside'].filter((other) => flags[other] !== undefined).map(flagOf));
  const pictures: Picture[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    const data = await readPictureData(name, flags, terminal, signal);
    pictures.push(...(data.test ?? data.pictures));
    skipped.push(...data.skipped);
  }
  const file = fileFor(names[0], flags);
  refuseExisting(file, flags);
  const codec = openSetCodec(await readSetCodec(openCodecFolder(folder), await openEngine(flags)), folder);
  const random = drawing(flags);
  const set = flags.binarize === 'sample' ? pictures.map((picture) => drawn(picture, random)) : pictures;
  const coded = await packed(codec, set, terminal, signal);
  const beside = await besideSet(set);
  await codec.dispose();
  await makeFolder(dirname(file));
  await writeFileAtomic(file, coded.bytes);
  for (const line of [
    '',
    `${set.length} pictures as one file; every pixel came back:`,
    '',
    ...setLines(coded, beside, set),
    '',
    ...placeLines({ File: file }),
  ])
    terminal.say(line);
  terminal.result({ codec: folder, file, pictures: set.length, ...figuresOf(coded, beside), skipped });
}

/** Packs, and unpacks to be sure. @throws InterruptedError. */
async function packed(
  codec: SetCodec,
  pictures: readonly Picture[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<CodedSet> {
  const bar = terminal.bar(2 * pictures.length);
  const coded = await codedSet(
    codec,
    pictures,
    () => performance.now(),
    (done) => {
      if (signal.aborted) throw new InterruptedError('compress: interrupted, and nothing is written');
      bar.to(done, done < pictures.length ? 'packing' : 'unpacking, to be sure');
    },
  );
  bar.end('Packed.');
  return coded;
}

/** What pictures are drawn by, the same for the same seed. */
function drawing({ seed }: CodecFlags) {
  return createRandom(Number(seed ?? 0)).fork('binarise');
}

const NAMES: Readonly<Record<keyof BesideSet, string>> = {
  gzip: 'gzip -9, eight pixels a byte',
  png: 'PNG, side by side',
  webp: 'WebP lossless, side by side',
  neighbours: 'chances from neighbours alone',
};

function setLines(coded: CodedSet, beside: BesideSet, [{ values }, ...others]: readonly Picture[]): string[] {
  const pixels = values.length * (1 + others.length);
  const row = (name: string, bytes: number): string[] => [
    name,
    bytes.toLocaleString('en'),
    ((8 * bytes) / pixels).toFixed(4),
  ];
  return table([
    ['', 'bytes', 'bits a pixel'],
    row('this file', coded.bytes.length),
    row('what the model says', Math.round((coded.modelBitsPerPixel * pixels) / 8)),
    row('without neighbours', Math.round((coded.aloneBitsPerPixel * pixels) / 8)),
    ...Object.entries(beside).map(([name, bytes]) => row(NAMES[name as keyof BesideSet], bytes)),
  ]).map((line) => `  ${line}`);
}

function figuresOf(
  { bytes, seconds: [packing, unpacking], ...bitsPerPixel }: CodedSet,
  beside: BesideSet,
): Record<string, unknown> {
  return { bytes: bytes.length, ...bitsPerPixel, beside, packing, unpacking };
}

/** `--out` as the file or its folder. */
function fileFor(name: string, flags: CodecFlags): string {
  if (flags.out?.endsWith(ENDING)) return flags.out;
  return join(outputFolder(name, 'compressed', [], flags), `${basename(name, extname(name))}${ENDING}`);
}

function refuse(where: string, [besides]: readonly string[]): void {
  if (besides === undefined) return;
  throw new OptionError({
    where,
    expected: 'pictures, options of training and --out beside it',
    got: besides,
    fix: 'leave it out',
  });
}
