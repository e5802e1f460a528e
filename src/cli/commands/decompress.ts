/** `autoencoder decompress`: pictures from .aec files. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { openCodec } from '../../applications/codec/codec.ts';
import { readCodec } from '../../applications/codec/codec-file.ts';
import { openSetCodec } from '../../applications/codec/set-codec.ts';
import { readSetCodec } from '../../applications/codec/set-codec-file.ts';
import { DataError, InterruptedError } from '../../base/errors.ts';
import type { ArraySource } from '../../data/dataset.ts';
import { fileError, readBytes, writeFileAtomic } from '../../data/files.ts';
import { encodeSource, isWritten, writerFor } from '../../data/formats/formats.ts';
import { imageFiles } from '../../data/formats/images.ts';
import { bytesOf, type Picture } from '../../data/picture.ts';
import { encodePicture } from '../../data/picture-files.ts';
import { isSetFolder, openCodecFolder } from '../codec-folder.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { refuseExisting, requireOne } from '../output-file.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder } from '../run-folder.ts';
import { makeTerminal, placeLines } from '../terminal.ts';

type Flags = EngineFlags & ResultFlags;

const ENDING = '.aec';

export function addDecompress(program: Command, signal: AbortSignal): void {
  const command = program
    .command('decompress')
    .summary('pictures from the files of compress')
    .description(
      'Makes pictures of .aec files again, as PNG; one as JPEG or WebP, where --out ends so. Of a file that holds a set of them, also all in one .npy, .npz or .png.',
    )
    .argument('<codec>', 'the folder of the codec that the files were made with')
    .argument('<file...>', '.aec files, or folders of them');
  addResultFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder decompress photo-codec beach.aec --out beach.png\n  autoencoder decompress photo-codec small/ --out album-again\n  autoencoder decompress digit-codec digits.aec --out digits.npy',
  );
  command.action(async (codec: string, named: string[], flags: Flags) => {
    const files = (await Promise.all(named.map(filesIn))).flat();
    return (await isSetFolder(codec))
      ? readSets(codec, files, flags, signal)
      : readSingles(codec, files, flags, signal);
  });
}

async function readSingles(folder: string, files: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const { out } = flags;
  const isFile = out !== undefined && imageFiles.test(out);
  if (isFile) requireOne(out, files.length);
  const place = isFile ? dirname(out) : outputFolder(files[0], 'decompressed', [], flags);
  const targets = isFile ? [out] : files.map((file) => join(place, `${basename(file, ENDING)}.png`));
  for (const target of targets) refuseExisting(target, flags);
  const codec = openCodec(await readCodec(openCodecFolder(folder), await openEngine(flags)));
  await makeFolder(place);
  const pictures: { file: string; picture: string; width: number; height: number }[] = [];
  for (const [at, file] of files.entries()) {
    if (signal.aborted) throw new InterruptedError(`decompress: interrupted after ${at} files, which are written`);
    const picture = await codec.decompress(await readBytes(file), file);
    await writeFileAtomic(targets[at], await encodePicture(picture, targets[at]));
    pictures.push({ file, picture: targets[at], width: picture.width, height: picture.height });
  }
  await codec.dispose();
  for (const line of placeLines({ [files.length === 1 ? 'Picture' : 'Pictures']: isFile ? out : place }))
    terminal.say(line);
  terminal.result({ codec: folder, pictures });
}

/** All pictures of a file in one, where `--out` is the name of such; else a folder with a picture each, of each file. */
async function readSets(folder: string, files: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const { out } = flags;
  const isFile = out !== undefined && (isWritten(out) || imageFiles.test(out));
  if (isFile) {
    writerFor(out);
    requireOne(out, files.length);
    refuseExisting(out, flags);
  }
  const place = isFile ? out : outputFolder(files[0], 'decompressed', [], flags);
  const codec = openSetCodec(await readSetCodec(openCodecFolder(folder), await openEngine(flags)), folder);
  const { width, height } = codec;
  await makeFolder(isFile ? dirname(place) : place);
  const sets: { file: string; pictures: number; width: number; height: number }[] = [];
  for (const [at, file] of files.entries()) {
    const pictures = await codec.decompress(await readBytes(file), file, () => {
      if (signal.aborted) throw new InterruptedError(`decompress: interrupted after ${at} files, which are written`);
    });
    if (isFile) await writeFileAtomic(place, encodeSource(place, asSource(file, pictures, width, height)));
    else await writeEach(join(place, basename(file, ENDING)), pictures, flags, signal);
    sets.push({ file, pictures: pictures.length, width, height });
  }
  await codec.dispose();
  for (const line of placeLines({ Pictures: place })) terminal.say(line);
  terminal.result({ codec: folder, pictures: place, sets });
}

/** `1.png`, `2.png`, … in a folder. */
async function writeEach(
  folder: string,
  pictures: readonly Picture[],
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const digits = `${pictures.length}`.length;
  const files = pictures.map((_, at) => join(folder, `${`${at + 1}`.padStart(digits, '0')}.png`));
  for (const file of files) refuseExisting(file, flags);
  await makeFolder(folder);
  for (const [at, picture] of pictures.entries()) {
    if (signal.aborted) throw new InterruptedError(`decompress: interrupted after ${at} pictures, which are written`);
    await writeFileAtomic(files[at], await encodePicture(picture, files[at]));
  }
}

function asSource(name: string, pictures: readonly Picture[], width: number, height: number): ArraySource {
  const values = new Uint8Array(pictures.length * width * height);
  for (const [at, picture] of pictures.entries()) values.set(bytesOf(picture.values), at * width * height);
  return { form: 'array', name, values, shape: [pictures.length, 1, height, width] };
}

/** The file itself, or those of a folder in order of their names. */
async function filesIn(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    (cause: unknown) => {
      throw fileError(cause, path, 'read');
    },
  );
  if (!isFolder) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith(ENDING)).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new DataError({
    where: path,
    expected: `a folder with files of compress (${ENDING})`,
    got: 'none',
    fix: `name a file that ends in ${ENDING}, or a folder of them`,
  });
}
