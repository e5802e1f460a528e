/** A codec of one's own, beside the browser's JPEG and WebP. */
import {
  bdRate,
  bytesOf,
  type Codec,
  codecFiles,
  fitCodec,
  folderOf,
  openCodec,
  type Picture,
  pictureQuality,
  picturesOf,
  type RatePoint,
  readCodec,
} from 'autoencoder/browser';
import { shownOf } from '../shown.ts';
import { keep } from './keep.ts';
import { type Block, follow, number, type StudioUse } from './use.ts';

const MEASURED = 6;
const PIECES = 800;
const PIECE = 32;
/** Of the pictures, measured in the midst of the training, and the share of its time that this may take. */
const DRAFT_MEASURED = 2;
const DRAFT_SHARE = 0.3;
const OTHERS = [
  { name: 'JPEG', type: 'image/jpeg' },
  { name: 'WebP', type: 'image/webp' },
] as const;
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
    const { source, answers, engine, signal, progress } = context;
    const pictures = source.train.form === 'array' ? (picturesOf(source.train) ?? []) : [];
    const measured = pictures.slice(-MEASURED);
    const others = await byOthers(measured, progress);
    context.show([curvesOf(others)]);
    const tell = follow(context);
    const began = performance.now();
    let spent = 0;
    const fitting = fitCodec({
      name: source.train.name,
      engine,
      pictures: pictures.slice(0, -MEASURED),
      patches: PIECES,
      patch: PIECE,
      options: { epochs: Number(answers.epochs) },
      clock: () => performance.now(),
      signal,
      async onDraft(draft, epoch) {
        const at = performance.now();
        if (spent > DRAFT_SHARE * (at - began)) return;
        const codec = openCodec(draft);
        const points = await byCodec(codec, measured.slice(0, DRAFT_MEASURED));
        await codec.dispose();
        context.show([curvesOf([{ name: `this codec after epoch ${epoch}`, points }, ...others])]);
        spent += performance.now() - at;
      },
    });
    for (;;) {
      const { value, done } = await fitting.next();
      if (!done) {
        tell(value);
        continue;
      }
      const files = await codecFiles(value);
      const codec = openCodec(await readCodec(folderOf(files), engine));
      const own = await byCodec(codec, measured, (share) => progress('Measuring the codec', share));
      const comparisons = await sideBySide(codec, measured, Number(answers.quality));
      await codec.dispose();
      return [
        ...others.map(({ name, points }) => verdict(name, bdRate(own, points))),
        curvesOf([{ name: 'this codec', points: own }, ...others]),
        ...comparisons,
        {
          block: 'words',
          tone: 'quiet',
          text: 'Small pictures take many bits for the heads of their files, in every format.',
        },
        ...keep('compress', 'PICTURES', files),
      ];
    }
  },
};

interface Measured {
  readonly name: string;
  readonly points: readonly RatePoint[];
}

/** Every quality of a codec, on average over pictures. */
async function byCodec(
  codec: Codec,
  pictures: readonly Picture[],
  progress: (share: number) => void = () => {},
): Promise<RatePoint[]> {
  const points: RatePoint[] = [];
  for (let level = 1; level <= codec.qualities; level++) {
    progress(level / codec.qualities);
    points.push(
      await meanOf(pictures, async (picture) => {
        const bytes = await codec.compress(picture, level);
        return { bytes, back: await codec.decompress(bytes) };
      }),
    );
  }
  return points;
}

async function byOthers(
  pictures: readonly Picture[],
  progress: (text: string, share?: number) => void,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { name, type } of OTHERS) {
    const points: RatePoint[] = [];
    for (const [at, level] of LADDER.entries()) {
      progress(`Measuring ${name}`, at / LADDER.length);
      points.push(await meanOf(pictures, (picture) => byBrowser(picture, type, level)));
    }
    measured.push({ name, points });
  }
  return measured;
}

function verdict(name: string, rate: number): Block {
  return {
    block: 'words',
    tone: 'verdict',
    text: Number.isNaN(rate)
      ? `No quality is reached by both this codec and ${name}.`
      : `For pictures as near to the original it takes ${Math.abs(rate).toFixed(0)} % ${rate < 0 ? 'fewer' : 'more'} bits than ${name}.`,
  };
}

function curvesOf(all: readonly Measured[]): Block {
  const rates = [...new Set(all.flatMap(({ points }) => points.map(({ bitsPerPixel }) => bitsPerPixel)))];
  const x = rates.sort((a, b) => a - b);
  return {
    block: 'curves',
    name: 'PSNR (dB) by bits a pixel',
    x,
    xName: 'bits a pixel',
    lines: all.map(({ name, points }) => {
      const [rate, psnr] = [points.map(({ bitsPerPixel }) => bitsPerPixel), points.map(({ psnr }) => psnr)];
      return { name, values: x.map((at) => along(rate, psnr, at)) };
    }),
  };
}

/** Pictures at a quality, beside JPEG files that are as large. */
async function sideBySide(codec: Codec, pictures: readonly Picture[], quality: number): Promise<Block[]> {
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
  return comparisons;
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
