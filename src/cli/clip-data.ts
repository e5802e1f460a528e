/** Clips as a command's argument: folders of frames, animated files, arrays, and clips made of small pictures. */
import { existsSync } from 'node:fs';
import { DataError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { bouncingClips, type Clip, clipsOf, readClips } from '../data/clips.ts';
import type { Source } from '../data/dataset.ts';
import { sizeOf } from '../graph/tensor.ts';
import { readData } from './data-flags.ts';
import type { NextFrameSetup } from './next-frame-folder.ts';
import type { Terminal } from './terminal.ts';

export interface ClipData {
  readonly name: string;
  readonly clips: readonly Clip[];
  readonly test?: readonly Clip[];
}

/** Of `--bounce`, where the user does not say. */
export const BOUNCING_SIZE = 40;
export const BOUNCING_CLIPS = 2000;

type Reading = Pick<NextFrameSetup, 'frames' | 'bounce' | 'size' | 'clips' | 'limit'>;

/** @throws DataError for data that are no clips. */
export async function readClipData(
  name: string,
  reading: Reading,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ClipData> {
  const { bounce, limit } = reading;
  if (bounce === undefined && existsSync(name) && !/\.np[yz](:|$)/.test(name)) {
    terminal.note(`Reading clips of ${name} …`);
    const clips = await readClips(name, signal);
    return { name, clips: clips.slice(0, limit) };
  }
  const { train, test } = await readData(name, bounce === undefined ? { limit } : {}, terminal, signal);
  const random = createRandom(0).fork('bouncing');
  const clipsIn = (source: Source, part: 'train' | 'test'): readonly Clip[] => {
    if (bounce === undefined) return asClips(source);
    const { size = BOUNCING_SIZE, clips = BOUNCING_CLIPS, frames } = reading;
    const count = part === 'train' ? clips : Math.ceil(clips / 10);
    return bouncingClips(smallPictures(source, size), {
      count,
      time: 2 * frames,
      size,
      objects: bounce,
      random: random.fork(part),
    });
  };
  return { name: train.name, clips: clipsIn(train, 'train'), ...(test ? { test: clipsIn(test, 'test') } : {}) };
}

function asClips(source: Source): Clip[] {
  const clips = source.form === 'array' ? clipsOf(source) : undefined;
  if (clips) return clips;
  throw new DataError({
    where: source.name,
    expected: 'clips: bytes of shape [clips, time, height, width] or [clips, time, channels, height, width]',
    got: source.form === 'table' ? 'a table' : `shape [${source.shape}]`,
    fix: 'name a folder of frames, or make clips of small pictures with --bounce 2',
  });
}

function smallPictures(source: Source, size: number) {
  const isSmall =
    source.form === 'array' &&
    source.shape.length === 4 &&
    source.shape[1] === 1 &&
    source.shape[2] < size &&
    source.shape[3] < size;
  if (isSmall && source.values instanceof Uint8Array && sizeOf(source.shape) > 0) return source;
  throw new DataError({
    where: source.name,
    expected: `grey pictures smaller than ${size}×${size}, to bounce`,
    got: source.form === 'table' ? 'a table' : `shape [${source.shape}]`,
    fix: 'for example --fit digits --bounce 2, or raise --size',
  });
}
