/** One picture in several versions, as the page lays them over one another. */
import { basename } from 'node:path';
import { crop, type Picture } from '../data/picture.ts';
import { encodePicture } from '../data/picture-files.ts';
import type { Comparison, PictureVersion } from './report-data.ts';

/**
 * The versions by name, in the size of `whole`; those of another size are cut where that is.
 *
 * @param side Pixels a side of what is shown, at most: the middle of larger pictures.
 */
export async function comparisonOf(
  whole: Picture,
  versions: readonly (readonly [name: string, picture: Picture])[],
  side: number,
): Promise<Comparison> {
  const [height, width] = [Math.min(side, whole.height), Math.min(side, whole.width)];
  return {
    name: basename(whole.name),
    width,
    height,
    versions: await Promise.all(
      versions.map(async ([name, picture]): Promise<PictureVersion> => {
        const scale = picture.height / whole.height;
        return { name, source: await asUrl(middle(picture, Math.round(height * scale), Math.round(width * scale))) };
      }),
    ),
  };
}

function middle(picture: Picture, height: number, width: number): Picture {
  const [top, left] = [Math.floor((picture.height - height) / 2), Math.floor((picture.width - width) / 2)];
  return crop(picture, top, left, height, width);
}

/** Holes are shown grey. */
async function asUrl(picture: Picture): Promise<string> {
  const values = picture.values.map((value) => (Number.isNaN(value) ? 0.5 : value));
  const png = await encodePicture({ ...picture, values });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
