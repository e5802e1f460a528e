/** The formats that everybody has, to stand beside: JPEG, WebP and AVIF by sharp, which is loaded only on use. */
import { bytesOf, type Picture, unit } from './picture.ts';
import { loadSharp } from './pictures.ts';

export const pictureFormats = ['jpeg', 'webp', 'avif'] as const;

export type PictureFormat = (typeof pictureFormats)[number];

/** What a format makes of a picture. */
export interface Packed {
  readonly bytes: Uint8Array;
  /** Unpacked again. */
  readonly picture: Picture;
}

/** Packs and unpacks, at a quality from 1 to 100 with the library's defaults otherwise (colours halved, as in 4:2:0, for all three). */
export async function pack(picture: Picture, format: PictureFormat, quality: number): Promise<Packed> {
  const sharp = await loadSharp(picture.name);
  const { width, height, channels } = picture;
  const area = width * height;
  const planes = bytesOf(picture.values);
  const pixels = Uint8Array.from(
    { length: planes.length },
    (_, at) => planes[(at % channels) * area + Math.floor(at / channels)],
  );
  const raw = sharp(pixels, { raw: { width, height, channels } });
  const subsampled = { quality, chromaSubsampling: '4:2:0' };
  const bytes = await (format === 'jpeg'
    ? raw.jpeg(subsampled)
    : format === 'webp'
      ? raw.webp({ quality })
      : raw.avif(subsampled)
  ).toBuffer();
  const { data, info } = await sharp(bytes)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const back = Uint8Array.from(
    { length: planes.length },
    (_, at) => data[(at % area) * info.channels + Math.floor(at / area)],
  );
  return { bytes, picture: { ...picture, values: unit(back) } };
}

/** Bytes of a grey picture of two values without loss, by sharp; undefined where that is not installed. */
export async function packWhole(picture: Picture, format: 'png' | 'webp'): Promise<number | undefined> {
  const sharp = await loadSharp(picture.name).catch(() => undefined);
  const { width, height, values } = picture;
  const raw = sharp?.(bytesOf(values), { raw: { width, height, channels: 1 }, limitInputPixels: false });
  const packed =
    format === 'png'
      ? raw?.png({ palette: true, colours: 2, compressionLevel: 9, effort: 10 })
      : raw?.webp({ lossless: true, effort: 6 });
  return (await packed?.toBuffer())?.length;
}
