/** `autoencoder inpaint`: holes in pictures filled, by a model trained on whole ones. */
import type { Command } from 'commander';
import { type Holes, holeShapes, inpaint } from '../../applications/inpaint.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { grey, type Picture } from '../../data/picture.ts';
import { readPicture } from '../../data/picture-files.ts';
import { amountParser, oneOf } from '../flags.ts';
import { repairPictures } from '../restoration-answer.ts';
import { addRestorationFlags, type RestorationFlags, restorationRun, trainRestoration } from '../restoration-use.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags extends RestorationFlags {
  readonly holes?: Holes['holes'];
  /** In percent of the picture. */
  readonly share?: number;
  readonly mask?: string;
  readonly rectangle?: Rectangle;
  readonly colour?: readonly number[];
}

type Rectangle = readonly [left: number, top: number, width: number, height: number];

/** How far each of a pixel's numbers may be from the colour of a hole, of 255. */
const TOLERANCE = 12;
const SHARE = 20;

export function addInpaint(program: Command, signal: AbortSignal): void {
  const command = program
    .command('inpaint')
    .summary('holes in pictures filled')
    .description(
      'Fills holes, scratches and lost pixels of pictures of any size with what may have been there, by a model trained on whole pictures. What is not in a hole stays as it is.',
    )
    .option('--mask <picture>', 'holes are where this picture, of the same size, is white')
    .option('--rectangle <left,top,width,height>', 'the hole, in pixels', parseRectangle)
    .option('--colour <rrggbb>', 'holes are where the picture has this colour, or nearly', parseColour)
    .addOption(
      oneOf(program.createOption('--holes <name>', 'what is learned, or made by --spoil (default: mixed)'), holeShapes),
    )
    .option('--share <percent>', `how much of a picture these holes take (default: ${SHARE})`, parseShare);
  addRestorationFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder inpaint --fit photos/ --out filler\n  autoencoder inpaint filler scan.png --mask scratches.png --out mended.png\n  autoencoder inpaint filler photo.jpg --rectangle 120,40,32,64\n  autoencoder inpaint filler poster.png --colour ff00ff\n  autoencoder inpaint filler photos/ --spoil --holes strokes',
  );
  command.action(async (model: string | undefined, pictures: string[], flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    const words = model === undefined ? [] : [model, ...pictures];
    const { holes, share } = flags;
    const over = (before: Holes): Holes => ({
      holes: holes ?? before.holes,
      share: share === undefined ? before.share : share / 100,
    });
    const run = await restorationRun(inpaint, words, flags, () => over({ holes: 'mixed', share: SHARE / 100 }));
    if (run) return trainRestoration(inpaint, run, terminal, signal);
    const mark = await markFrom(flags);
    return repairPictures(inpaint, words, flags, { howFrom: over, mark }, terminal, signal);
  });
}

/** What makes holes of pixels. @throws OptionError where none or two of the flags say so. */
async function markFrom(flags: Flags): Promise<((picture: Picture) => Picture) | undefined> {
  const given = (['mask', 'rectangle', 'colour'] as const).filter((name) => flags[name] !== undefined);
  if (given.length !== (flags.spoil ? 0 : 1))
    throw new OptionError({
      where: 'autoencoder inpaint',
      expected: flags.spoil ? 'no holes besides those that --spoil makes' : 'one of --mask, --rectangle and --colour',
      got: given.length === 0 ? 'none' : given.map((name) => `--${name}`).join(' and '),
      fix: 'say where the holes are in one way',
    });
  const { mask, rectangle, colour } = flags;
  if (mask !== undefined) {
    const { picture } = await readPicture(mask);
    return (whole) => withHoles(whole, maskOf(picture, whole, mask));
  }
  if (rectangle) {
    const [left, top, width, height] = rectangle;
    return (whole) => {
      if (left + width > whole.width || top + height > whole.height)
        throw new DataError({
          where: whole.name,
          expected: `a picture that --rectangle ${rectangle.join(',')} lies in`,
          got: `${whole.width}×${whole.height} pixels`,
          fix: 'give left, top, width and height in pixels',
        });
      return withHoles(
        whole,
        (row, column) => row >= top && row < top + height && column >= left && column < left + width,
      );
    };
  }
  return colour && ((whole) => withHoles(whole, ofColour(whole, colour)));
}

type IsHole = (row: number, column: number) => boolean;

/** @throws DataError for a picture that has none, or nothing else. */
function withHoles(picture: Picture, isHole: IsHole): Picture {
  const { height, width } = picture;
  const area = height * width;
  let holes = 0;
  const values = picture.values.map((value, at) => {
    const within = at % area;
    if (!isHole(Math.floor(within / width), within % width)) return value;
    holes++;
    return NaN;
  });
  if (holes > 0 && holes < values.length) return { ...picture, values };
  throw new DataError({
    where: picture.name,
    expected: 'holes, and something around them',
    got: holes === 0 ? 'no hole' : 'nothing but a hole',
    fix: 'look at what --mask, --rectangle or --colour says',
  });
}

function maskOf(mask: Picture, { name, height, width }: Picture, file: string): IsHole {
  if (mask.height !== height || mask.width !== width)
    throw new DataError({
      where: `--mask ${file}`,
      expected: `${width}×${height} pixels, as ${name} has`,
      got: `${mask.width}×${mask.height}`,
      fix: 'give a mask of the size of the picture',
    });
  const { values } = grey(mask);
  return (row, column) => values[row * width + column] > 0.5;
}

function ofColour({ channels, height, width, values }: Picture, colour: readonly number[]): IsHole {
  const wanted = channels === 1 ? [0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]] : colour;
  return (row, column) =>
    wanted.every(
      (value, channel) => Math.abs(255 * values[(channel * height + row) * width + column] - value) <= TOLERANCE,
    );
}

function parseRectangle(text: string): Rectangle {
  const [left, top, width, height, ...more] = text.split(',').map(Number);
  const isWhole = [left, top, width, height].every((value) => Number.isInteger(value) && value >= 0);
  if (isWhole && more.length === 0 && width > 0 && height > 0) return [left, top, width, height];
  throw new OptionError({
    where: '--rectangle',
    expected: 'left,top,width,height in pixels',
    got: JSON.stringify(text),
    fix: 'for example --rectangle 120,40,32,64',
  });
}

function parseColour(text: string): readonly number[] {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (match) return match.slice(1).map((digits) => Number.parseInt(digits, 16));
  throw new OptionError({
    where: '--colour',
    expected: 'red, green and blue as six hexadecimal digits',
    got: JSON.stringify(text),
    fix: 'for example --colour ff00ff',
  });
}

function parseShare(text: string): number {
  const percent = amountParser('--share')(text);
  if (percent > 0 && percent < 100) return percent;
  throw new OptionError({
    where: '--share',
    expected: 'percent of a picture, above 0 and below 100',
    got: text,
    fix: 'for example --share 20',
  });
}
