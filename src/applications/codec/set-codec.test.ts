import { beforeAll, describe, expect, test, vi } from 'vitest';
import { crc32 } from '../../base/crc32.ts';
import { DataError, ModelFileError, OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { makeDigits } from '../../data/builtin/digits.ts';
import { folderOf } from '../../data/folder.ts';
import { bytesOf, drawn, type Picture, picturesOf } from '../../data/picture.ts';
import { nodeEngine } from '../../engine/node.ts';
import { webEngine } from '../../engine/web.ts';
import { finish } from '../../training/events.ts';
import type { CodecFiles } from './codec-packing.ts';
import { fitSetCodec } from './fit-set-codec.ts';
import { besideSet, codedSet } from './set-beside.ts';
import { openSetCodec, type SetCodec, type SetCodecParts } from './set-codec.ts';
import { isSetCodec, readSetCodec, setCodecFiles } from './set-codec-file.ts';

vi.setConfig({ hookTimeout: 180_000, testTimeout: 60_000 });

const engine = nodeEngine({ threads: 1 });
const random = createRandom(3);
const digits = picturesOf(makeDigits(1400, random)) ?? [];
const learned = digits.slice(0, 1200);
/** Black and white, and none that anything was learned from. */
const held = digits.slice(1200).map((picture) => drawn(picture, random));
const options = { hidden: [64], latent: 12, epochs: 20, seed: 1 };

function fit(pictures: readonly Picture[], more: Readonly<Record<string, unknown>> = {}) {
  return finish(fitSetCodec({ name: 'digits', engine, pictures, options: { ...options, ...more }, clock: () => 0 }));
}

let parts: SetCodecParts;
let files: CodecFiles;
let codec: SetCodec;

beforeAll(async () => {
  files = await setCodecFiles(await fit(learned));
  parts = await readSetCodec(folderOf(files), engine);
  codec = openSetCodec(parts);
});

const bytesIn = (pictures: readonly Picture[]): Uint8Array[] => pictures.map(({ values }) => bytesOf(values));

/** The file with a right checksum, whatever it says. */
function sealed(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  change(view);
  const end = changed.length - 4;
  view.setUint32(end, crc32(changed.subarray(0, end)));
  return changed;
}

describe('a set there and back', () => {
  test.each([0, 1, 5, 200])('%i pictures: every pixel, in order', async (count) => {
    const set = held.slice(0, count);
    const back = await codec.decompress((await codec.compress(set)).bytes);
    expect(bytesIn(back)).toEqual(bytesIn(set));
    expect(back.every(({ width, height, channels }) => width === 28 && height === 28 && channels === 1)).toBe(true);
  });

  test.each([
    ['two greys', [40, 90]],
    ['one dark value', [17, 17]],
    ['one bright value', [200, 200]],
  ])('of %s', async (_, [low, high]) => {
    const set = held.slice(0, 4).map((picture) => ({
      ...picture,
      values: picture.values.map((value) => (value === 1 ? high : low) / 255),
    }));
    expect(bytesIn(await codec.decompress((await codec.compress(set)).bytes))).toEqual(bytesIn(set));
  });

  test('what the native runtime wrote, WebAssembly reads, and writes again byte for byte', async () => {
    const web = openSetCodec(await readSetCodec(folderOf(files), webEngine({ threads: 1 })));
    const { bytes } = await codec.compress(held);
    const back = await web.decompress(bytes);
    expect(bytesIn(back)).toEqual(bytesIn(held));
    expect((await web.compress(held)).bytes).toEqual(bytes);
    await web.dispose();
  });
});

test('two greys are learned as black and white are', async () => {
  const greys = learned.slice(0, 200).map((picture) => {
    const { values, ...rest } = drawn(picture, createRandom(5));
    return { ...rest, values: values.map((value) => (value === 1 ? 90 : 40) / 255) };
  });
  const other = openSetCodec(
    await readSetCodec(folderOf(await setCodecFiles(await fit(greys, { epochs: 5 }))), engine),
  );
  const { bytes, bits } = await other.compress(greys);
  expect(bits).toBeLessThan(0.6 * 200 * 784);
  expect(bytesIn(await other.decompress(bytes))).toEqual(bytesIn(greys));
});

describe('what a set takes', () => {
  test('is what the model says and the ends: state, head, and the codes of the first picture', async () => {
    const { bytes, bits } = await codec.compress(held);
    expect(8 * bytes.length).toBeGreaterThan(bits);
    expect(8 * bytes.length).toBeLessThan(1.0005 * bits + 8 * 50 + 12 * 12);
  });

  test('is near to the evidence bound of the network in floats, which rounding takes hardly from', async () => {
    const { bitsAlone } = await codec.compress(held);
    const values = Uint8Array.from(held.flatMap((picture) => [...bytesOf(picture.values)]));
    const { runner, parameters } = parts.trained;
    const { reconstruction, kl } = await runner.losses(parameters, { values, count: held.length }, createRandom(1));
    const bound = [...reconstruction, ...kl].reduce((sum, nats) => sum + nats, 0) / Math.LN2;
    expect(Math.abs(bitsAlone / bound - 1)).toBeLessThan(0.02);
  });

  test('is less by what neighbours say, less than gzip takes, and much less than a bit a pixel', async () => {
    const { bits, bitsAlone } = await codec.compress(held);
    const coded = await codedSet(codec, held, () => 0);
    const { gzip } = await besideSet(held);
    expect(bits).toBeLessThan(0.995 * bitsAlone);
    expect(coded.bytes.length).toBeLessThan(gzip);
    expect(coded.bitsPerPixel).toBeLessThan(0.4);
  });
});

describe('says what is wrong', () => {
  test('pictures of more than two values, of another size, in colour', async () => {
    await expect(codec.compress(learned.slice(0, 1))).rejects.toThrow('expected two values in all');
    const values = new Float32Array(27 * 28);
    const other = { name: 'x', channels: 1, height: 27, width: 28, values } as const;
    await expect(codec.compress([other])).rejects.toThrow('expected a grey picture of 28×28 pixels');
    const coloured = { name: 'x', channels: 3, height: 28, width: 28, values: new Float32Array(3 * 784) } as const;
    await expect(codec.compress([coloured])).rejects.toThrow('got colours, 28×28');
  });

  test('nothing to learn from, and pictures of several sizes', async () => {
    await expect(fit(learned.slice(0, 1))).rejects.toThrow('at least 2 grey pictures');
    const wide = { name: 'x', channels: 1, height: 1, width: 9, values: new Float32Array(9) } as const;
    await expect(fit([...learned.slice(0, 3), wide])).rejects.toThrow('all of one size, got 9×1');
  });

  test('models that are no chains of layers with a normal code', async () => {
    const few = learned.slice(0, 64);
    for (const more of [{ kind: 'vanilla' }, { activation: 'gelu' }, { norm: 'layer' }, { loss: 'squared-error' }])
      await expect(fit(few, { ...more, epochs: 1 })).rejects.toThrow(OptionError);
  });

  test('files that are damaged, of another codec, or of another mode', async () => {
    const { bytes } = await codec.compress(held.slice(0, 20));
    const read = (change: (view: DataView) => void) => codec.decompress(sealed(bytes, change), 'x.aec');
    await expect(read((view) => view.setUint8(17, view.getUint8(17) ^ 1))).rejects.toThrow(
      'expected a file of this model',
    );
    await expect(read((view) => view.setUint8(5, 1))).rejects.toThrow(
      'a file of a set of pictures, got a lossless one',
    );
    await expect(read((view) => view.setUint32(8, 29))).rejects.toThrow('grey pictures of 28×28, got 29×28');
    await expect(read((view) => view.setUint8(7, 3))).rejects.toThrow(DataError);
    await expect(read((view) => view.setUint32(29, 0))).rejects.toThrow('something else below the last of them');
    await expect(read((view) => view.setUint32(29, 19))).rejects.toThrow(DataError);
    await expect(read((view) => view.setUint32(29, 21))).rejects.toThrow(DataError);
    await expect(read((view) => view.setUint32(29, 2 ** 32 - 1))).rejects.toThrow('pixels in all');
    await expect(read((view) => view.setUint32(29, 300_000))).rejects.toThrow('bytes for 28×28 pixels');
    for (let time = 0; time < 60; time++) {
      const at = 35 + random.integer(bytes.length - 39);
      await expect(read((view) => view.setUint8(at, view.getUint8(at) ^ (1 + random.integer(255))))).rejects.toThrow(
        DataError,
      );
    }
  });

  test('damaged tables, and those of another model', async () => {
    const text = new TextDecoder().decode(files['codec.json']);
    expect(isSetCodec(files['codec.json'])).toBe(true);
    const withText = (own: string) =>
      readSetCodec(folderOf({ ...files, 'codec.json': new TextEncoder().encode(own) }), engine);
    const other = (from: string | RegExp, to: string) => withText(text.replace(from, to));
    await expect(withText(text.slice(0, 300))).rejects.toThrow('text that does not parse');
    await expect(other('"version":1', '"version":2')).rejects.toThrow('a codec of sets with a valid version');
    await expect(other('"bucketBits":12', '"bucketBits":11')).rejects.toThrow(ModelFileError);
    await expect(other('"bucketBits":12', '"bucketBits":40')).rejects.toThrow(ModelFileError);
    await expect(other(/"knots":"[^"]*"/, `"knots":"${/"bounds":"([^"]*)"/.exec(text)?.[1]}"`)).rejects.toThrow(
      'tables of',
    );
    const wrong = await other(/"encoder":\[\{"weightBits":\d+/, '"encoder":[{"weightBits":20');
    expect(() => openSetCodec(wrong)).toThrow('sums of layer encoder.0 below 2²⁴');
    const hash = /"sha256":"(.)/.exec(text)?.[1] ?? '';
    await expect(other(`"sha256":"${hash}`, `"sha256":"${hash === '0' ? '1' : '0'}`)).rejects.toThrow(
      'the model that codec.json was made with',
    );
  });
});
