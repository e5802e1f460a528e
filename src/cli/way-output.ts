/** Where ways from example to example go: a strip for each in one picture, an animation, or rows. */
import { join } from 'node:path';
import { drawnSource } from '../applications/draw.ts';
import type { OnWays } from '../applications/interpolate.ts';
import { encodeAnimation, isAnimation } from '../data/animation.ts';
import type { ArraySource, Source } from '../data/dataset.ts';
import { writeFileAtomic } from '../data/files.ts';
import { encodeSource } from '../data/formats/formats.ts';
import { encodePngGrid } from '../data/formats/png.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { pictureShape } from '../report/pictures.ts';
import type { ExamplePlace } from './example-output.ts';
import { makeFolder } from './run-folder.ts';

export interface WrittenWays {
  readonly card: ModelCard;
  readonly walked: OnWays;
  readonly ways: number;
}

/** Writes them, and says where. */
export async function writeWays({ folder, file }: ExamplePlace, { card, walked, ways }: WrittenWays): Promise<string> {
  const source = drawnSource(card, walked);
  const { scaling, blueprint } = card;
  const isPicture = pictureShape({ scaling, shape: blueprint.shape }) !== undefined;
  const path = file ?? join(folder ?? '', isPicture ? 'ways.png' : 'ways.csv');
  const bytes = await encodeWays(path, source, ways, walked.steps);
  if (folder !== undefined) await makeFolder(folder);
  await writeFileAtomic(path, bytes);
  return path;
}

async function encodeWays(path: string, source: Source, ways: number, steps: number): Promise<Uint8Array> {
  if (isAnimation(path))
    return encodeAnimation(path, source.form === 'array' ? sideBySide(source, ways, steps) : source);
  return path.toLowerCase().endsWith('.png') ? encodePngGrid(source, steps) : encodeSource(path, source);
}

/** All ways at the same step in one picture, beside one another: `[steps, channels, height, ways · width]`. */
function sideBySide(source: ArraySource, ways: number, steps: number): ArraySource {
  const { values, shape } = source;
  if (ways === 1 || shape.length !== 4 || !(values instanceof Uint8Array)) return source;
  const [, channels, height, width] = shape;
  const wide = ways * width;
  const joined = new Uint8Array(values.length);
  for (let at = 0; at < joined.length; at++) {
    const [column, row] = [at % wide, Math.floor(at / wide)];
    const step = Math.floor(row / (channels * height));
    const way = Math.floor(column / width);
    const line = (way * steps + step) * channels * height + (row % (channels * height));
    joined[at] = values[line * width + (column % width)];
  }
  return { ...source, values: joined, shape: [steps, channels, height, wide] };
}
