/** The codec on the Kodak photos, trained on others: bits beside JPEG at equal PSNR, where files are small. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bdRate, formatCurve, pictureCodec, type RatePoint, readPictures } from 'autoencoder';
import { readBmp } from '../bmp.ts';
import { engine, measureRow } from '../row.ts';

/** Bits a pixel up to which is compared. */
const MOST = 0.5;

const small = (curve: readonly RatePoint[]): RatePoint[] => curve.filter(({ bitsPerPixel }) => bitsPerPixel <= MOST);

/** A curve that others published, of all 24 photos. */
function published(folder: string, name: string): RatePoint[] {
  const { results } = JSON.parse(readFileSync(join(folder, 'kodak', 'published-rd', `${name}.json`), 'utf8'));
  const psnr: number[] = results.psnr ?? results['psnr-rgb'];
  return psnr.map((value, at) => ({ bitsPerPixel: results.bpp[at], psnr: value }));
}

await measureRow({
  name: 'codec-kodak',
  what: 'compress, Kodak photos (those of the data folder); trained on grey pieces of Train400, tables with the colours of Set5',
  measure: `BD-rate beside JPEG (sharp's defaults, 4:2:0) up to ${MOST} bits a pixel, by the PSNR of red, green and blue, in percent`,
  bar: { atMost: 0 },
  published: 'JPEG 0, BPG about −60 % (CompressAI’s curves)',
  async run(seed, folder) {
    const { pictures } = await readPictures(join(folder, 'natural-images', 'Train400'));
    const set5 = join(folder, 'natural-images', 'Set5');
    const coloured = readdirSync(set5)
      .filter((name) => name.endsWith('.bmp'))
      .sort()
      .map((name) => readBmp(join(set5, name)));
    const codec = await pictureCodec([...coloured, ...pictures], {
      engine: engine(),
      seed,
      patches: 9600,
      epochs: 5,
      learningRate: 3e-3,
    });
    const { pictures: photos } = await readPictures(join(folder, 'kodak'));
    const curve = await codec.curve(photos);
    const began = performance.now();
    await codec.decompress(await codec.compress(photos[0], 4));
    const seconds = (performance.now() - began) / 1000;
    const beside = async (format: 'jpeg' | 'webp' | 'avif'): Promise<number> =>
      bdRate(small(curve), small(await formatCurve(format, photos)));
    const besidePublished = (name: string): number => bdRate(small(curve), small(published(folder, name)));
    return {
      value: await beside('jpeg'),
      others: {
        webp: await beside('webp'),
        avif: await beside('avif'),
        'published JPEG': besidePublished('jpeg'),
        'published JPEG 2000': besidePublished('jpeg2000'),
        'published WebP': besidePublished('webp'),
        'published BPG': besidePublished('bpg_444_x265_ycbcr'),
        'published factorized prior': besidePublished('compressai-bmshj2018-factorized_mse_cuda'),
        'seconds of one photo, there and back': seconds,
        ...Object.fromEntries(
          curve.flatMap(({ bitsPerPixel, psnr }, at) => [
            [`bits a pixel, quality ${at + 1}`, bitsPerPixel],
            [`PSNR, quality ${at + 1}`, psnr],
          ]),
        ),
      },
    };
  },
});
