/** Pictures repaired by a model made for it: without noise, without holes, larger. */
import {
  createRandom,
  denoise,
  inpaint,
  type Picture,
  picturesOf,
  type Restoration,
  restorer,
  upscale,
} from 'autoencoder/browser';
import type { RepairJob } from '../../offline/job.ts';
import { shownOf } from '../shown.ts';
import { keep } from './keep.ts';
import { type Block, type Field, follow, number, type StudioUse, type UseContext, words } from './use.ts';

/** What a page has the patience for. */
const PIECES = 800;
const PIECE = 32;
const LEAST_PIECE = 16;
const MOST_PICTURES = 300;

interface Repair<How extends object> {
  readonly name: string;
  readonly about: string;
  readonly use: Restoration<How>;
  readonly fields: readonly Field[];
  /** What a page that does it asks for. */
  readonly asks: Pick<RepairJob, 'about' | 'holes'>;
  how(answers: UseContext['answers']): How;
}

function repairing<How extends object>({ name, about, use, fields, asks, how }: Repair<How>): StudioUse {
  return {
    name,
    about,
    makesModel: true,
    command: use.name,
    refusal({ source: { train } }) {
      const pictures = train.form === 'array' ? picturesOf(train) : undefined;
      if (!pictures) return 'Pictures are needed.';
      return shortestSide(pictures) < LEAST_PIECE
        ? `Pictures of at least ${LEAST_PIECE} pixels a side are needed.`
        : undefined;
    },
    fields: () => [...fields, number('epochs', 4, 'how often the pieces of pictures are gone through', 1, 100)],
    async run(context) {
      const { source, answers, engine, signal } = context;
      const all = source.train.form === 'array' ? (picturesOf(source.train) ?? []) : [];
      const pictures = all.slice(0, MOST_PICTURES);
      const asked = how(answers);
      const own = await restorer(use, pictures, asked, {
        engine,
        signal,
        patches: PIECES,
        patch: Math.min(PIECE, shortestSide(pictures.map((picture) => use.trim?.(picture, asked) ?? picture))),
        epochs: Number(answers.epochs),
        channels: [24],
        residual: 3,
        onEvent: follow(context),
      });
      context.progress('Repairing pictures that it did not learn from');
      const held = own.held.slice(0, 4);
      const [measured] = await own.measure(held, { how: asked });
      const [best] = Object.entries(measured.baselines).sort((a, b) => b[1].psnr - a[1].psnr);
      const gain = best ? measured.model.psnr - best[1].psnr : Number.NaN;
      const blocks: Block[] = [
        {
          block: 'words',
          tone: 'verdict',
          text:
            gain > 0
              ? `It repairs ${gain.toFixed(2)} dB better than ${best[0]}, the best of the simple ways.`
              : `${best?.[0] ?? 'A simple way'} repairs ${(-gain).toFixed(2)} dB better: give it more epochs, or more pictures.`,
        },
        {
          block: 'table',
          name: 'How near to the original, on pictures that nothing was learned from',
          columns: ['by', 'PSNR (dB)', 'SSIM'],
          rows: [
            ['this model', measured.model.psnr, measured.model.ssim],
            ...Object.entries(measured.baselines).map(([way, { psnr, ssim }]) => [way, psnr, ssim]),
          ],
          about: 'More is better; 1 dB more is a fifth less error.',
        },
      ];
      for (const [at, original] of held.entries()) {
        const picture = use.trim ? use.trim(original, asked) : original;
        const spoiled = use.spoil(picture, asked, createRandom(at).fork('shown'));
        const repaired = await own.repair(spoiled);
        blocks.push({
          block: 'comparison',
          name: `Picture ${at + 1}`,
          versions: [
            { name: 'before', shown: shownOf(spoiled) },
            { name: 'after', shown: shownOf(repaired) },
            { name: 'original', shown: shownOf(picture) },
          ],
        });
      }
      const files = await own.files();
      const job = { does: 'repair', title: name, use: use.name, how: asked, ...asks } as const;
      const page = await context.page(job, files['model.safetensors']);
      await own.dispose();
      return [
        ...blocks,
        {
          block: 'words',
          tone: 'quiet',
          text: 'To take along: a page of one file that repairs pictures without a network.',
        },
        { block: 'file', name: `${use.name}.html`, type: 'text/html', bytes: new TextEncoder().encode(page) },
        ...keep(use.name, 'PICTURES', files),
      ];
    },
  };
}

function shortestSide(pictures: readonly Picture[]): number {
  return pictures.reduce((least, { height, width }) => Math.min(least, height, width), Infinity);
}

export const cleaner = repairing({
  name: 'Denoise',
  about: 'Pictures without the noise of their making.',
  use: denoise,
  fields: [
    words('noise', ['gaussian', 'salt-and-pepper', 'poisson'], 'gaussian', 'of what sort'),
    number('level', 25, 'how strong: a deviation of 255, or percent of the pixels', 1, 100),
  ],
  asks: { about: 'Choose pictures with such noise as it learned to take away.' },
  how: ({ noise, level }) => {
    const sort = noise === 'poisson' || noise === 'salt-and-pepper' ? noise : 'gaussian';
    const strength = Number(level) / (sort === 'salt-and-pepper' ? 100 : 255);
    return { noise: sort, from: strength, to: strength };
  },
});

export const filler = repairing({
  name: 'Inpaint',
  about: 'Holes in pictures filled with what is likely.',
  use: inpaint,
  fields: [number('missing', 15, 'percent of the picture', 1, 80)],
  asks: {
    about: 'Choose pictures in which what is to be filled in is transparent: erase it in any program that draws.',
    holes: 'transparent',
  },
  how: ({ missing }) => ({ holes: 'rectangles' as const, share: Number(missing) / 100 }),
});

export const enlarger = repairing({
  name: 'Upscale',
  about: 'More pixels than there were.',
  use: upscale,
  fields: [words('factor', ['2', '3', '4'], '2', 'how many times as many a side')],
  asks: { about: 'Choose small pictures.' },
  how: ({ factor }) => ({ factor: factor === '4' ? (4 as const) : factor === '3' ? (3 as const) : (2 as const) }),
});
