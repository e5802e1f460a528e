import { describe, expect, test } from 'vitest';
import { DataError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { type CodeModel, readSet, writeSet } from './bits-back.ts';
import { makeChances, WEIGHTS } from './neighbour-odds.ts';
import { makeNormalTables, PLACE_BITS } from './normal-tables.ts';

const width = 4;
const pixels = 16;
const one = 2 ** PLACE_BITS;
const normal = makeNormalTables(10);

/** Stripes: the first number of the code says how bright the upper half is, the second the lower; the posterior counts. */
const stripes: CodeModel = {
  width,
  pixels,
  latent: 2,
  normal,
  pixel: { chances: makeChances(), weights: Int32Array.of(0, 100, 100, 0, 0) },
  async posterior(pictures, count) {
    const means = Int32Array.from({ length: 2 * count }, (_, at) => {
      const half = pictures.subarray(at * 8, (at + 1) * 8);
      return ((half.reduce((sum, pixel) => sum + pixel, 0) - 4) * one) / 4;
    });
    return { means, levels: new Int32Array(2 * count).fill(20) };
  },
  async odds(codes, count) {
    return Int32Array.from({ length: pixels * count }, (_, at) => Math.floor((codes[Math.floor(at / 8)] * 512) / one));
  },
};

/** Its code says nothing, and its posterior is the prior: nothing is to be paid for it. */
const silent: CodeModel = {
  ...stripes,
  posterior: async (_, count) => ({ means: new Int32Array(2 * count), levels: new Int32Array(2 * count).fill(4) }),
  odds: async (_, count) => new Int32Array(pixels * count).fill(-300),
  pixel: { chances: makeChances(), weights: new Int32Array(WEIGHTS) },
};

function draw(count: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: count * pixels }, (_, at) =>
    random.uniform() < (at % 16 < 8 ? 0.85 : 0.2) ? 1 : 0,
  );
}

describe('sets there and back', () => {
  test.each([0, 1, 2, 7, 9, 100, 777])('of %i pictures', async (count) => {
    const pictures = draw(count, count);
    const { bytes } = await writeSet(pictures, count, stripes);
    expect(await readSet(bytes, count, stripes, 'x')).toEqual(pictures);
  });

  test('pictures unlike any that the model expects', async () => {
    for (const fill of [0, 1]) {
      const pictures = new Uint8Array(50 * pixels).fill(fill);
      const { bytes } = await writeSet(pictures, 50, stripes);
      expect(await readSet(bytes, 50, stripes, 'x')).toEqual(pictures);
    }
  });
});

describe('what a set takes', () => {
  test('is what the model says, and what codes are popped from at the start', async () => {
    const { bytes, bits } = await writeSet(draw(2000, 1), 2000, stripes);
    expect(8 * bytes.length).toBeGreaterThan(bits);
    // The state, and two numbers of ten bits.
    expect(8 * bytes.length).toBeLessThan(1.0005 * bits + 48 + 20 + 16);
  });

  test('is less than without bits back: the codes alone would take twenty bits a picture', async () => {
    const { bits, bitsAlone } = await writeSet(draw(2000, 1), 2000, stripes);
    const pictures = draw(2000, 1);
    let best = 0;
    // By the chances that they were drawn with.
    for (const [at, pixel] of pictures.entries()) {
      const chance = at % 16 < 8 ? 0.85 : 0.2;
      best -= Math.log2(pixel === 1 ? chance : 1 - chance);
    }
    expect(bits).toBeGreaterThan(best);
    expect(bits).toBeLessThan(best + 10 * 2000);
    expect(bitsAlone).toBeGreaterThan(best);
  });

  test('of a code that says nothing is the pixels’ alone', async () => {
    const pictures = draw(3000, 2);
    const { bits, bitsAlone } = await writeSet(pictures, 3000, silent);
    const chance = makeChances()[512 - Math.ceil(300 / 8)] / 65536;
    const expected = pictures.reduce((sum, pixel) => sum - Math.log2(pixel === 1 ? chance : 1 - chance), 0);
    expect(bits).toBe(bitsAlone);
    // What buckets of equal chance are by knots that are σ/16 apart.
    expect(Math.abs(bits / expected - 1)).toBeLessThan(1e-3);
  });
});

test('altered bytes are an error, or other pictures: never a crash', async () => {
  const pictures = draw(200, 3);
  const { bytes } = await writeSet(pictures, 200, stripes);
  const random = createRandom(8);
  let refused = 0;
  for (let time = 0; time < 200; time++) {
    const altered = bytes.slice(0, bytes.length - (time % 3));
    altered[random.integer(altered.length)] ^= 1 << random.integer(8);
    const read = await readSet(altered, 200, stripes, 'x').catch((error: unknown) => error);
    if (read instanceof Error) {
      expect(read).toBeInstanceOf(DataError);
      refused++;
    }
  }
  // What is left at the end has to be what writing began with.
  expect(refused).toBe(200);
  await expect(readSet(bytes, 199, stripes, 'x')).rejects.toThrow(DataError);
  await expect(readSet(bytes, 201, stripes, 'x')).rejects.toThrow(DataError);
  await expect(readSet(new Uint8Array(3), 1, stripes, 'x')).rejects.toThrow('another beginning');
});
