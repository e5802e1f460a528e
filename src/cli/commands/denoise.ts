/** `autoencoder denoise`: pictures without noise, by a model trained on good ones. */
import type { Command } from 'commander';
import { denoise, type Noise } from '../../applications/denoise.ts';
import { OptionError } from '../../base/errors.ts';
import { flagOf } from '../../base/options.ts';
import { repairPictures } from '../restoration-answer.ts';
import { addRestorationFlags, type RestorationFlags, restorationRun, trainRestoration } from '../restoration-use.ts';
import { makeTerminal } from '../terminal.ts';

type Range = readonly [from: number, to: number];

interface Flags extends RestorationFlags {
  /** In 0…255. */
  readonly sigma?: Range;
  /** In percent of the pixels. */
  readonly amount?: Range;
  /** Photons at white. */
  readonly peak?: Range;
}

/** Levels that are learned where the user does not say: blind to sigma, as far as papers go. */
const BLIND = '0-55';

export function addDenoise(program: Command, signal: AbortSignal): void {
  const command = program
    .command('denoise')
    .summary('pictures without noise')
    .description(
      'Takes noise out of pictures of any size, grey or in colour, by a convolutional model trained on good pictures. One model may serve a whole range of levels, without being told the level of a picture.',
    )
    .option(
      '--sigma <n|a-b>',
      `gaussian noise: its standard deviation, of 255 (default: ${BLIND}, for noise of any strength)`,
      rangeOf('--sigma', 255),
    )
    .option('--amount <n|a-b>', 'instead, salt and pepper: percent of the pixels', rangeOf('--amount', 100))
    .option(
      '--peak <n|a-b>',
      'instead, the noise of few photons (Poisson): their number at white',
      rangeOf('--peak', 1e6),
    );
  addRestorationFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder denoise --fit photos/ --out cleaner\n  autoencoder denoise cleaner noisy.png --out clean.png\n  autoencoder denoise cleaner scans/ --out cleaned\n  autoencoder denoise cleaner good-photos/ --spoil --sigma 25\n  autoencoder denoise cleaner noisy/ --clean good/ --json\n  autoencoder denoise --fit textures --amount 10-30',
  );
  command.action(async (model: string | undefined, pictures: string[], flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    const words = model === undefined ? [] : [model, ...pictures];
    const asked = noiseFrom(flags);
    const run = await restorationRun(denoise, words, flags, () => asked ?? noiseOf('sigma', rangeOf('', 255)(BLIND)));
    if (run) return trainRestoration(denoise, run, terminal, signal);
    return repairPictures(denoise, words, flags, { howFrom: (learned) => asked ?? learned }, terminal, signal);
  });
}

/** What the flags say about noise. @throws OptionError for two sorts of it, and for the kind's own words for it. */
function noiseFrom(flags: Flags): Noise | undefined {
  const own = ['noise', 'noiseLevel', 'noiseLevelFrom'].find((name) => flags[name] !== undefined);
  if (own !== undefined)
    throw new OptionError({
      where: flagOf(own),
      expected: '--sigma, --amount or --peak, which say what noise is to be taken out',
      got: flagOf(own),
      fix: 'for example --sigma 25',
    });
  const sorts = (['sigma', 'amount', 'peak'] as const).filter((name) => flags[name] !== undefined);
  if (sorts.length > 1)
    throw new OptionError({
      where: `--${sorts[1]}`,
      expected: 'one sort of noise',
      got: `--${sorts[0]} too`,
      fix: 'leave one of them out',
    });
  const [sort] = sorts;
  const range = sort && flags[sort];
  return range && noiseOf(sort, range);
}

function noiseOf(sort: 'sigma' | 'amount' | 'peak', [from, to]: Range): Noise {
  switch (sort) {
    case 'sigma':
      return { noise: 'gaussian', from: from / 255, to: to / 255 };
    case 'amount':
      return { noise: 'salt-and-pepper', from: from / 100, to: to / 100 };
    case 'peak':
      // The fewer photons, the more noise.
      return { noise: 'poisson', from: 1 / Math.sqrt(to), to: 1 / Math.sqrt(from) };
    default:
      return sort satisfies never;
  }
}

/** Reads `25` or `0-55`, of `most`; the upper one is above 0. */
function rangeOf(flag: string, most: number): (text: string) => Range {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(text.trim());
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    const isPeak = flag === '--peak';
    if (match && from <= to && to > 0 && to <= most && (!isPeak || from >= 0.1)) return [from, to];
    throw new OptionError({
      where: flag,
      expected: `a number from ${isPeak ? 0.1 : 0} to ${most}, or two with a dash between them, the smaller one first`,
      got: JSON.stringify(text),
      fix: `for example ${flag} ${isPeak ? 30 : 25}`,
    });
  };
}
