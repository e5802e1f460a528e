/** All test digits of MNIST, drawn black or white, in one file, and every pixel back. */
import { gzipSync } from 'node:zlib';
import { createRandom, drawn, fromBytes, type Picture, pictureSetCodec, picturesOf, type Source } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

function picturesIn(part: Source | undefined): Picture[] {
  const pictures = part?.form === 'array' ? picturesOf(part) : undefined;
  if (!pictures) throw new Error('MNIST has no such part');
  return pictures;
}

/** Eight pixels a byte. */
function bitsOf(pixels: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pixels.length / 8));
  for (const [at, pixel] of pixels.entries()) if (pixel === 1) bits[at >> 3] |= 128 >> (at & 7);
  return bits;
}

const flat = (pictures: readonly Picture[]): Uint8Array =>
  Uint8Array.from(pictures.flatMap(({ values }) => Array.from(values)));

await measureRow({
  name: 'lossless-mnist',
  what: 'compress --lossless, all 10 000 test digits of MNIST drawn by their grey, one file; 784-512-512-40, ReLU, whole numbers, neighbours; 40 epochs of the training digits',
  measure: 'bits a pixel of the file, start and head included',
  bar: { atMost: 0.22 },
  published: 'bits back with ANS, Townsend et al. 2019: 0.19, later implementations 0.17; gzip 0.33',
  async run(seed, folder) {
    const { train, test } = await mnist(folder);
    const began = performance.now();
    const codec = await pictureSetCodec(picturesIn(train), { engine: engine(), seed, epochs: 40 });
    const trained = performance.now();
    const random = createRandom(seed).fork('binarise');
    const digits = picturesIn(test).map((picture) => drawn(picture, random));
    const pixels = flat(digits);
    const start = performance.now();
    const { bytes, bits, bitsAlone } = await codec.compress(digits);
    const written = performance.now();
    const back = flat(await codec.decompress(bytes));
    const read = performance.now();
    if (back.length !== pixels.length || back.some((pixel, at) => pixel !== pixels[at]))
      throw new Error('a pixel came back otherwise than it was');
    const model = await fromBytes((await codec.files())['model.safetensors'], { engine: engine() });
    const { loss } = await model.evaluate({
      form: 'array',
      name: 'drawn digits',
      values: pixels.map((pixel) => 255 * pixel),
      shape: [digits.length, 1, 28, 28],
    });
    return {
      value: (8 * bytes.length) / pixels.length,
      others: {
        'negative evidence bound of the network in floats, bits a pixel': loss / Math.LN2 / 784,
        'negative evidence bound, nats a digit': loss,
        'the network in whole numbers without neighbours, bits a pixel': bitsAlone / pixels.length,
        'with neighbours, without the ends of the file, bits a pixel': bits / pixels.length,
        'gzip -9 of eight pixels a byte, bits a pixel':
          (8 * gzipSync(bitsOf(pixels), { level: 9 }).length) / pixels.length,
        bytes: bytes.length,
        trainingSeconds: (trained - began) / 1000,
        writingSeconds: (written - start) / 1000,
        readingSeconds: (read - written) / 1000,
      },
    };
  },
});
