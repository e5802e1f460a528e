/** `autoencoder compress`: pictures as .aec files of a learned codec, beside JPEG, WebP and AVIF. */
import type { Command } from 'commander';
import { pictureFormats } from '../../data/picture-formats.ts';
import { type CodecFlags, compressPictures } from '../codec-answer.ts';
import { isSetFolder } from '../codec-folder.ts';
import { fitFolder, resumeFolder } from '../codec-use.ts';
import { addEngineFlags } from '../engine-flags.ts';
import { countParser, parseList } from '../flags.ts';
import { addResultFlags } from '../result-flags.ts';
import { compressSet, fitSetFolder } from '../set-codec-use.ts';
import { addTrainingFlags } from '../subject.ts';
import { makeTerminal } from '../terminal.ts';

export function addCompress(program: Command, signal: AbortSignal): void {
  const command = program
    .command('compress')
    .summary('pictures as small files, by a learned codec')
    .description(
      'Writes pictures as .aec files, and says how many bytes JPEG, WebP and AVIF take for pictures as near to the originals. With --fit, makes the codec first, from pictures.',
    )
    .argument('[codec]', 'the folder of a codec made with --fit')
    .argument('[picture...]', 'pictures, or folders of pictures')
    .option('--fit <pictures>', 'make a codec from these pictures, with any option of: autoencoder train --help')
    .option('--resume <folder>', 'go on with an interrupted training')
    .option('--quality <n>', 'from 1, the smallest files, to 8 (default: 4)', countParser('--quality'))
    .option(
      '--lossless',
      'instead, files that give back every byte of the pictures; with --fit: a codec of sets, all black or white pictures of one size in one file',
    )
    .option(
      '--beside <a,b,…>',
      `formats to compare with: ${pictureFormats.join(', ')}; or none (default: all, for up to 12 pictures)`,
      parseList,
    )
    .option('--strict', 'end with an error where a picture cannot be read; otherwise it is left out')
    .option('--limit <n>', 'use the first n pictures', countParser('--limit'))
    .option('--patches <n>', 'pieces of pictures in an epoch (default: 4000)', countParser('--patches'))
    .option('--patch <n>', 'height and width of a piece (default: 64)', countParser('--patch'));
  addResultFlags(command);
  addTrainingFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder compress --fit photos/ --out photo-codec\n  autoencoder compress photo-codec beach.png --quality 3 --out beach.aec\n  autoencoder compress photo-codec album/ --out small\n  autoencoder compress photo-codec scan.png --lossless --out scan.aec\n  autoencoder decompress photo-codec small/ --out album-again\n  autoencoder compress --fit textures\n  autoencoder compress --fit mnist --lossless --out digit-codec\n  autoencoder compress digit-codec mnist --binarize sample --out digits.aec',
  );
  command.action(async (codec: string | undefined, pictures: string[], flags: CodecFlags) => {
    const terminal = makeTerminal(flags.json ?? false);
    const words = codec === undefined ? [] : [codec, ...pictures];
    if (flags.resume !== undefined) return resumeFolder(flags.resume, words, flags, terminal, signal);
    if (flags.fit !== undefined) {
      const fit = flags.lossless ? fitSetFolder : fitFolder;
      return fit(flags.fit, words, flags, terminal, signal);
    }
    if (codec !== undefined && (await isSetFolder(codec))) return compressSet(codec, pictures, flags, terminal, signal);
    return compressPictures(codec, pictures, flags, terminal, signal);
  });
}
