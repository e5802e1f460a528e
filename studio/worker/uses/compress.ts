/** A codec of one's own, beside the browser's JPEG and WebP. */
import {
  bdRate,
  bytesOf,
  type Codec,
  decodeCodec,
  encodeCodec,
  fitCodec,
  openCodec,
  type Picture,
  pictureQuality,
  picturesOf,
  type RatePoint,
} from 'autoencoder/browser';
import { shownOf } from './restore.ts';
import { type Block, follow, number, type StudioUse } from './use.ts';

const MEASURED = 6;
const PIECES = 800;
const PIECE = 32;
const LADDER = [0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95];

export const compress: StudioUse = {
  name: 'Compress',
  about: 'A codec that is made for your pictures, beside JPEG and WebP.',
  makesModel: true,
  command: 'compress',
  refusal({ source: { train } }) {
    const pictures = train.form === 'array' ? picturesOf(train) : undefined;
    if (!pictures) return 'Pictures are needed.';
    return Math.min(pictures[0].height, pictures[0].width) < PIECE
      ? `Pictures of at least ${PIECE} pixels a side are needed.`
      : undefined;
  },
  fields: () => [
    number('quality', 4, 'of the pictures shown: from 1, the smallest files, to 8', 1, 8),
    number('epochs', 6, 'how often the pieces of pictures are gone through', 1, 100),
  ],
  async run(context) {
    const { source, answers, engine, signal } = context;
    const pictures = source.train.form === 'array' ? (picturesOf(source.train) ?? []) : [];
    const measured = pictures.slice(-MEASURED);
    const tell = follow(context);
    const fitting = fitCodec({
      name: source.train.name,
      engine,
      pictures: pictures.slice(0, -MEASURED),
      patches: PIECES,
      patch: PIECE,
      options: { epochs: Number(answers.epochs) },
      clock: () => performance.now(),
      signal,
    });
    for (;;) {
      const { value, done } = await fitting.next();
      if (!done) {
        tell(value);
        continue;
      }
      const codec = openCodec(await decodeCodec(await encodeCodec(value), engine));
      const blocks = await results(codec, measured, Number(answers.quality), context.progress);
      await codec.dispose();
      return blocks;
    }
  },
};

async function results(
  codec: Codec,
  pictures: readonly Picture[],
  quality: number,
  progress: (text: string, share?: number) => void,
): Promise<Block[]> {
  const own: RatePoint[] = [];
  for (let level = 1; level <= codec.qualities; level++) {
    progress('Measuring the codec', level / codec.qualities);
    own.push(
      await meanOf(pictures, async (picture) => {
        const bytes = await codec.compress(picture, level);
        return { bytes, back: await codec.decompress(bytes) };
      }),
    );
  }
  const others: { name: string; type: string; points: RatePoint[] }[] = [
    { name: 'JPEG', type: 'image/jpeg', points: [] },
    { name: 'WebP', type: 'image/webp', points: [] },
  ];
  for (const { name, type, points } of others)
    for (const [at, level] of LADDER.entries()) {
      progress(`Measuring ${name}`, at / LADDER.length);
      points.push(await meanOf(pictures, (picture) => byBrowser(picture, type, level)));
    }
  const curve = (points: readonly RatePoint[]): { x: number[]; y: number[] } => ({
    x: points.map(({ bitsPerPixel }) => bitsPerPixel),
    y: points.map(({ psnr }) => psnr),
  });
  const all = [{ name: 'this codec', points: own }, ...others];
  const rates = [...new Set(all.flatMap(({ points }) => curve(points).x))].sort((a, b) => a - b);
  const comparisons: Block[] = [];
  for (const picture of pictures.slice(0, 3)) {
    const bytes = await codec.compress(picture, quality);
    const back = await codec.decompress(bytes);
    const jpeg = await nearestInSize(picture, 'image/jpeg', bytes.length);
    comparisons.push({
      block: 'comparison',
      name: `${bytes.length} bytes; as JPEG ${jpeg.bytes.length}`,
      versions: [
        { name: 'this codec', shown: shownOf(back) },
        { name: 'JPEG', shown: shownOf(jpeg.back) },
        { name: 'original', shown: shownOf(picture) },
      ],
    });
  }
  return [
    ...others.map(({ name, points }): Block => {
      const rate = bdRate(own, points);
      return {
        block: 'words',
        tone: 'verdict',
        text: Number.isNaN(rate)
          ? `No quality is reached by both this codec and ${name}.`
          : `For pictures as near to the original it takes ${Math.abs(rate).toFixed(0)} % ${rate < 0 ? 'fewer' : 'more'} bits than ${name}.`,
      };
    }),
    {
      block: 'curves',
      name: 'PSNR (dB) by bits a pixel',
      x: rates,
      xName: 'bits a pixel',
      lines: all.map(({ name, points }) => {
        const { x, y } = curve(points);
        return { name, values: rates.map((rate) => along(x, y, rate)) };
      }),
    },
    ...comparisons,
    {
      block: 'words',
      tone: 'quiet',
      text: 'Small pictures take many bits for the heads of their files, in every format.',
    },
  ];
}

interface Packed {
  readonly bytes: Uint8Array;
  readonly back: Picture;
}

async function meanOf(pictures: readonly Picture[], pack: (picture: Picture) => Promise<Packed>): Promise<RatePoint> {
  let [bits, decibels] = [0, 0];
  for (const picture of pictures) {
    const { bytes, back } = await pack(picture);
    bits += (8 * bytes.length) / (picture.width * picture.height) / pictures.length;
    decibels += pictureQuality(back, picture).psnr / pictures.length;
  }
  return { bitsPerPixel: bits, psnr: decibels };
}

/** The largest file of a type that is no larger than `size`, by halving. */
async function nearestInSize(picture: Picture, type: string, size: number): Promise<Packed> {
  let [low, high] = [0, 1];
  let best = await byBrowser(picture, type, 0);
  for (let round = 0; round < 6; round++) {
    const middle = (low + high) / 2;
    const packed = await byBrowser(picture, type, middle);
    if (packed.bytes.length <= size) {
      best = packed;
      low = middle;
    } else high = middle;
  }
  return best;
}

async function byBrowser(picture: Picture, type: string, quality: number): Promise<Packed> {
  const { width, height, channels, values } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to pack pictures with');
  const image = context.createImageData(width, height);
  const area = width * height;
  const planes = bytesOf(values);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * pixel + channel] = planes[(channels === 3 ? channel : 0) * area + pixel];
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  const blob = await canvas.convertToBlob({ type, quality });
  const bitmap = await createImageBitmap(blob);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const back = Float32Array.from(
    { length: channels * area },
    (_, at) => data[4 * (at % area) + Math.floor(at / area)] / 255,
  );
  return { bytes: new Uint8Array(await blob.arrayBuffer()), back: { ...picture, values: back } };
}

/** The curve at `rate` on the straight line between its points; nothing beyond them. */
function along(x: readonly number[], y: readonly number[], rate: number): number | null {
  const next = x.findIndex((known) => known >= rate);
  if (next < 0 || (next === 0 && x[0] !== rate)) return null;
  if (x[next] === rate) return y[next];
  const share = (rate - x[next - 1]) / (x[next] - x[next - 1]);
  return y[next - 1] + share * (y[next] - y[next - 1]);
}
