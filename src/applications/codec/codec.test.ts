import { beforeAll, describe, expect, test, vi } from 'vitest';
import { crc32 } from '../../base/crc32.ts';
import { DataError, ModelFileError, OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { decodeAec } from '../../codec/container.ts';
import { makeTextures } from '../../data/builtin/textures.ts';
import { folderOf } from '../../data/folder.ts';
import { bytesOf, crop, makePicture, type Picture, picturesOf } from '../../data/picture.ts';
import { nodeEngine } from '../../engine/node.ts';
import { webEngine } from '../../engine/web.ts';
import { finish } from '../../training/events.ts';
import { psnr } from '../picture-quality.ts';
import { type Codec, type CodecParts, openCodec, readCodes } from './codec.ts';
import { codecFiles, readCodec } from './codec-file.ts';
import type { CodecFiles } from './codec-packing.ts';
import { fitCodec } from './fit-codec.ts';
import { makeTransform } from './transform.ts';

vi.setConfig({ hookTimeout: 180_000, testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });
const textures = picturesOf(makeTextures(24, createRandom(3))) ?? [];

/** A picture of soft waves: something that a code of few bits can tell. */
function waves(channels: 1 | 3, width: number, height: number): Picture {
  return makePicture(
    { name: 'waves', channels, width, height },
    (channel, y, x) => 0.5 + 0.2 * Math.sin(x / 9 + channel) + 0.2 * Math.cos(y / 7 - channel),
  );
}

let files: CodecFiles;
let parts: CodecParts;
let codec: Codec;

beforeAll(async () => {
  const options = { epochs: 2, seed: 1 };
  const request = { name: 'textures', engine, pictures: textures, patches: 64, patch: 48, options, clock: () => 0 };
  files = await codecFiles(await finish(fitCodec(request)));
  parts = await readCodec(folderOf(files), engine);
  codec = openCodec(parts);
});

/** The file with a right checksum, whatever it says. */
function sealed(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const end = changed.length - 4;
  new DataView(changed.buffer).setUint32(end, crc32(changed.subarray(0, end)));
  return changed;
}

describe('a picture there and back', () => {
  test.each([
    [1, 1, 1],
    [3, 1, 1],
    [1, 7, 130],
    [3, 33, 17],
    [1, 64, 64],
  ] as const)('%i channels, %i×%i: the same size, and near', async (channels, width, height) => {
    const picture = waves(channels, width, height);
    const back = await codec.decompress(await codec.compress(picture, codec.qualities));
    expect([back.channels, back.width, back.height]).toEqual([channels, width, height]);
    expect(psnr(back, picture)).toBeGreaterThan(30);
  });

  test('the higher the quality, the larger the file and the nearer the picture; smaller than the bytes of the picture by far', async () => {
    const [picture] = textures;
    let [size, nearness] = [0, 0];
    for (const quality of [1, 3, 5, 8]) {
      const bytes = await codec.compress(picture, quality);
      const near = psnr(await codec.decompress(bytes), picture);
      expect(bytes.length).toBeGreaterThan(size);
      expect(near).toBeGreaterThan(nearness);
      [size, nearness] = [bytes.length, near];
    }
    expect((await codec.compress(picture, 1)).length).toBeLessThan(64 * 8);
  });

  test('the same picture gives the same bytes', async () => {
    expect(await codec.compress(textures[1], 4)).toEqual(await codec.compress(textures[1], 4));
  });
});

test('wide pictures go through in pieces, and no seam is seen', async () => {
  const transform = makeTransform(parts.trained);
  const picture = waves(1, 2600, 24);
  const cells = await transform.analyse(picture);
  expect([cells.width, cells.height]).toEqual([325, 3]);
  // Around the end of the first piece, as a picture of its own, whose edges are far enough.
  const [from, cut] = [880, 240];
  const near = await transform.analyse(crop(picture, 0, from, 24, cut));
  const { cell } = transform;
  for (let channel = 0; channel < cells.channels; channel++)
    for (let x = 4; x < near.width - 4; x++) {
      const whole = cells.values[(channel * 3 + 1) * cells.width + from / cell + x];
      expect(Math.abs(near.values[(channel * 3 + 1) * near.width + x] - whole)).toBeLessThan(1e-4);
    }
  // And back: the cells of the same part alone.
  const back = await transform.synthesise(cells, 2600, 24);
  expect(psnr(back, picture)).toBeGreaterThan(30);
  const part = await transform.synthesise(near, cut, 24);
  for (let x = 32; x < cut - 32; x++)
    expect(Math.abs(part.values[12 * cut + x] - back.values[12 * 2600 + from + x])).toBeLessThan(1e-4);
  await transform.dispose();
});

test('a file made in Node has the same whole numbers and the same pixels, but for one step, in the web engine', async () => {
  const web = await readCodec(folderOf(files), webEngine({ threads: 1 }));
  expect(web.fingerprint).toEqual(parts.fingerprint);
  const other = openCodec(web);
  for (const picture of [textures[2], waves(3, 50, 41)]) {
    const bytes = await codec.compress(picture, 5);
    const file = decodeAec(bytes, 'x');
    const size = { channels: web.trained.model.codeChannels, cell: 8 };
    expect(readCodes(file, web, size, 'x')).toEqual(readCodes(file, parts, size, 'x'));
    const [here, there] = [await codec.decompress(bytes), await other.decompress(bytes)];
    for (const [at, value] of here.values.entries())
      expect(Math.abs(there.values[at] - value)).toBeLessThan(1.01 / 255);
  }
  await other.dispose();
});

describe('without loss', () => {
  const random = createRandom(6);
  test.each<[string, Picture]>([
    ['grey', textures[3]],
    ['in colour', waves(3, 37, 21)],
    ['noise', makePicture({ name: 'x', channels: 3, width: 9, height: 8 }, () => random.integer(256) / 255)],
    [
      'too many bytes to be handed on one by one',
      makePicture({ name: 'x', channels: 1, width: 500, height: 400 }, () => random.integer(256) / 255),
    ],
    ['of two values', makePicture({ name: 'x', channels: 1, width: 28, height: 28 }, (_, y, x) => (x > y ? 0.8 : 0))],
    ['of one pixel', waves(3, 1, 1)],
  ])('%s: every byte comes back', async (_, picture) => {
    const bytes = await codec.compress(picture, 'lossless');
    const back = await codec.decompress(bytes);
    expect([back.width, back.height, back.channels]).toEqual([picture.width, picture.height, picture.channels]);
    expect(bytesOf(back.values)).toEqual(bytesOf(picture.values));
    // Smooth ones take less than their bytes; noise takes hardly more.
    expect(bytes.length).toBeLessThan(1.2 * picture.values.length + 60);
  });

  test('altered: an error, or another picture where the checksum was made right', async () => {
    const bytes = await codec.compress(textures[4], 'lossless');
    const random = createRandom(7);
    for (let time = 0; time < 40; time++) {
      const altered = bytes.slice();
      altered[29 + random.integer(bytes.length - 33)] ^= 1 << random.integer(8);
      await expect(codec.decompress(altered)).rejects.toThrow('cut short or altered');
      const read = await codec.decompress(sealed(altered)).catch((error: unknown) => error);
      if (read instanceof Error) expect(read).toBeInstanceOf(DataError);
    }
  });
});

describe('says what is wrong', () => {
  test('a quality that there is not', async () => {
    for (const quality of [0, 9, 2.5, Number.NaN])
      await expect(codec.compress(textures[0], quality)).rejects.toThrow(OptionError);
  });

  test('a picture too large', async () => {
    const picture = { name: 'wide', channels: 1, width: 70_000, height: 1, values: new Float32Array(70_000) } as const;
    await expect(codec.compress(picture, 1)).rejects.toThrow('got 70000×1; scale it down');
  });

  test('a file of another model', async () => {
    const bytes = await codec.compress(textures[0], 2);
    bytes[17] ^= 1;
    await expect(codec.decompress(sealed(bytes), 'x.aec')).rejects.toThrow('x.aec: expected a file of this model');
  });

  test('files whose checksum is right and whose content is not', async () => {
    const bytes = await codec.compress(textures[0], 4);
    const random = createRandom(4);
    for (let time = 0; time < 60; time++) {
      const altered = bytes.slice();
      altered[29 + random.integer(bytes.length - 33)] ^= 1 << random.integer(8);
      await expect(codec.decompress(sealed(altered), 'x')).rejects.toThrow(DataError);
    }
    const wide = bytes.slice();
    new DataView(wide.buffer).setUint32(8, 60_000);
    new DataView(wide.buffer).setUint32(12, 4000);
    await expect(codec.decompress(sealed(wide), 'x')).rejects.toThrow('bytes for 60000×4000 pixels');
    const coloured = bytes.slice();
    coloured[7] = 3;
    await expect(codec.decompress(sealed(coloured), 'x')).rejects.toThrow('expected 3 parts, got 1');
  });

  test('damaged tables, and those of another model', async () => {
    const text = new TextDecoder().decode(files['codec.json']);
    const withTables = (change: (text: string) => string): Promise<CodecParts> =>
      readCodec(folderOf({ ...files, 'codec.json': new TextEncoder().encode(change(text)) }), engine);
    const other = (from: string, to: string) => withTables((own) => own.replace(from, to));
    await expect(withTables((own) => own.slice(0, 200))).rejects.toThrow('text that does not parse');
    await expect(other('"version":1', '"version":2')).rejects.toThrow('a codec with a valid version');
    await expect(other('"order":[', '"order":[1,')).rejects.toThrow('an order of 64 channels');
    await expect(other('"met":"', '"met":"AAAA')).rejects.toThrow(ModelFileError);
    await expect(other('"sha256":"', '"sha256":"0')).rejects.toThrow('64 hexadecimal digits');
    const hash = /"sha256":"(.)/.exec(text)?.[1] ?? '';
    const wrong = other(`"sha256":"${hash}`, `"sha256":"${hash === '0' ? '1' : '0'}`);
    await expect(wrong).rejects.toThrow('the model that codec.json was made with');
  });

  test('too few pictures, and pictures smaller than a piece', async () => {
    const fit = (pictures: readonly Picture[], patch: number) =>
      finish(fitCodec({ name: 'few', engine, pictures, patches: 8, patch, options: {}, clock: () => 0 }));
    await expect(fit(textures.slice(0, 1), 48)).rejects.toThrow('at least 2 pictures');
    await expect(fit(textures, 65)).rejects.toThrow('pictures of at least 65×65 pixels');
  });

  test('a kind that does not round, and a code that is no map', async () => {
    const fit = (options: Readonly<Record<string, unknown>>) =>
      finish(fitCodec({ name: 'x', engine, pictures: textures, patches: 16, patch: 48, options, clock: () => 0 }));
    await expect(fit({ kind: 'denoising', epochs: 1 })).rejects.toThrow('whose code is a rounded map');
    await expect(fit({ network: 'dense', epochs: 1 })).rejects.toThrow('its code a map');
  });
});
