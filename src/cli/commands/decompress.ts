/** `autoencoder decompress`: pictures from .aec files. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { openCodec } from '../../applications/codec/codec.ts';
import { DataError, InterruptedError } from '../../base/errors.ts';
import { fileError, readBytes, writeFileAtomic } from '../../data/files.ts';
import { imageFiles } from '../../data/formats/images.ts';
import { encodePicture } from '../../data/picture-files.ts';
import { readCodecFolder } from '../codec-folder.ts';
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
    .description('Makes pictures of .aec files again, as PNG; one as JPEG or WebP, where --out ends so.')
    .argument('<codec>', 'the folder of the codec that the files were made with')
    .argument('<file...>', '.aec files, or folders of them');
  addResultFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder decompress photo-codec beach.aec --out beach.png\n  autoencoder decompress photo-codec small/ --out album-again',
  );
  command.action((codec: string, files: string[], flags: Flags) => run(codec, files, flags, signal));
}

async function run(folder: string, named: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const files = (await Promise.all(named.map(filesIn))).flat();
  const { out } = flags;
  const isFile = out !== undefined && imageFiles.test(out);
  if (isFile) requireOne(out, files.length);
  const place = isFile ? dirname(out) : outputFolder(files[0], 'decompressed', [], flags);
  const targets = isFile ? [out] : files.map((file) => join(place, `${basename(file, ENDING)}.png`));
  for (const target of targets) refuseExisting(target, flags);
  const parts = await readCodecFolder(folder, await openEngine(flags));
  const codec = openCodec(parts);
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
