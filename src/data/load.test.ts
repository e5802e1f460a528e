import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp, { type Color, type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InterruptedError, OptionError } from '../base/errors.ts';
import type { Source, SourceWithTest } from './dataset.ts';
import { encodeNpy } from './formats/npy.ts';
import { type DataEnvironment, dataEnvironment, describeDatasets, type LoadOptions, loadData } from './load.ts';
import { takeRows } from './split.ts';

let root = '';
let environment: DataEnvironment = { cacheFolder: '' };
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'load-'));
  environment = { cacheFolder: join(root, 'cache') };
});
afterAll(() => rm(root, { recursive: true }));

const load = (name: string, options: Partial<LoadOptions> = {}): Promise<SourceWithTest> =>
  loadData(name, { environment, ...options });

async function put(path: string, content: Uint8Array | string): Promise<string> {
  const full = join(root, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, content);
  return full;
}

function idxFile(type: number[], lengths: number[], data: number[]): Uint8Array {
  return Uint8Array.from([0, 0, ...type, ...lengths.flatMap((length) => [0, 0, 0, length]), ...data]);
}

const picture = (width: number, height: number, colour: Color, channels: 3 | 4 = 3): Sharp =>
  sharp({ create: { width, height, channels, background: colour } });

test('digits: a seed, a limit, a test part that is not the training part', async () => {
  const { train, test: held } = await load('digits', { limit: 5, seed: 1 });
  expect(train).toMatchObject({ form: 'array', shape: [5, 1, 28, 28] });
  expect(held).toMatchObject({ shape: [5, 1, 28, 28] });
  expect(train).toEqual((await load('digits', { limit: 5, seed: 1 })).train);
  expect(train).not.toEqual((await load('digits', { limit: 5, seed: 2 })).train);
  expect(held?.form === 'array' && held.values).not.toEqual(train.form === 'array' && train.values);
});

test('IDX images find their labels and their test part, packed or not', async () => {
  const images = await put('set/train-images-idx3-ubyte.gz', gzipSync(idxFile([8, 3], [2, 1, 2], [1, 2, 3, 4])));
  await put('set/train-labels-idx1-ubyte', idxFile([8, 1], [2], [5, 3]));
  await put('set/t10k-images-idx3-ubyte', idxFile([8, 3], [1, 1, 2], [9, 8]));
  await put('set/t10k-labels-idx1-ubyte.gz', gzipSync(idxFile([8, 1], [1], [5])));
  for (const name of [images, join(root, 'set')]) {
    expect(await load(name)).toMatchObject({
      train: { shape: [2, 1, 1, 2], labels: { names: ['3', '5'], values: Int32Array.of(1, 0) } },
      test: { shape: [1, 1, 1, 2], labels: { names: ['3', '5'], values: Int32Array.of(1) } },
    });
  }
  expect(await load(images, { limit: 1 })).toMatchObject({ train: { shape: [1, 1, 1, 2], labels: { names: ['5'] } } });
  await put('set/train-labels-idx1-ubyte', idxFile([8, 1], [3], [5, 3, 1]));
  await expect(load(images)).rejects.toThrow('one label for each of the 2 images');
});

test('named sets are looked up in the data folder first, and fetched last', async () => {
  await put('given/mnist/train-images-idx3-ubyte', idxFile([8, 3], [1, 1, 2], [1, 2]));
  const given = { ...environment, dataFolder: join(root, 'given') };
  expect(await load('mnist', { environment: given })).toMatchObject({ train: { name: 'mnist', shape: [1, 1, 1, 2] } });
  const sets = await describeDatasets(given);
  expect(sets.filter(({ form }) => form === 'download').map(({ name, isAvailable }) => [name, isAvailable])).toEqual([
    ['mnist', true],
    ['fashion-mnist', false],
  ]);
});

describe('built-in tables', () => {
  const namesOf = (source?: Source): string[] =>
    source?.form === 'table' ? source.columns.map(({ name }) => name) : [];

  test('are what their descriptions say', async () => {
    for (const { name, form, examples, columns } of await describeDatasets(environment)) {
      if (form !== 'built-in' || !columns) continue;
      const { train, test: held } = await load(name, { columns });
      expect(train).toMatchObject({ form: 'table', rows: examples.train });
      expect(held).toMatchObject({ form: 'table', rows: examples.test });
      expect(namesOf(train)).toEqual(columns);
      expect(namesOf(held)).toEqual(columns);
      const few = await load(name, { columns, limit: 20 });
      expect(few.train).toEqual(
        takeRows(
          train,
          Array.from({ length: 20 }, (_, row) => row),
        ),
      );
      expect(few).not.toEqual(await load(name, { columns, limit: 20, seed: 1 }));
    }
  }, 30_000);

  test('have roles of their own, and take others', async () => {
    const { train, test: held } = await load('sensors', { limit: 300 });
    expect(train).toMatchObject({ rows: 300, time: { name: 'time' }, labels: { names: ['normal', 'fault'] } });
    expect(held?.labels?.names).toEqual(['normal', 'fault']);
    expect(namesOf(train)).toEqual([
      'speed',
      'flow',
      'pressure',
      'current',
      'temperature',
      'coolant',
      'vibration',
      'mode',
    ]);
    const byMode = await load('sensors', { label: 'mode', columns: ['flow', 'mode', 'time'], time: 'time' });
    expect(namesOf(byMode.train)).toEqual(['flow']);
    expect(byMode.test?.labels?.names).toEqual(['boost', 'idle', 'run']);
    expect(byMode.train).toMatchObject({ time: { values: { length: 4000 } } });
    expect(namesOf((await load('sensors', { columns: ['flow', 'state'] })).train)).toEqual(['flow', 'state']);
    expect((await load('ratings', { label: 'rating' })).train.labels?.names).toEqual(['1', '2', '3', '4', '5']);
  });

  test('say which column they do not have, and what is no time', async () => {
    await expect(load('sensors', { columns: ['pressur'] })).rejects.toThrow('"pressure"');
    await expect(load('sensors', { time: 'flow' })).rejects.toThrow('expected a time not before that of the row above');
    await expect(load('sensors', { time: 'mode' })).rejects.toThrow('sensors row 1 column "mode"');
    await expect(load('sensors', { time: 'mode', label: 'mode' })).rejects.toThrow('a column that has no other role');
    await expect(load('digits', { time: 'mode' })).rejects.toThrow('--time: expected a table');
  });
});

test('folders for data come from the variables of the process', () => {
  expect(dataEnvironment({ HOME: '/home/a' })).toEqual({ cacheFolder: '/home/a/.cache/autoencoder' });
  expect(dataEnvironment({ HOME: '/h', XDG_CACHE_HOME: '/x' }).cacheFolder).toBe('/x/autoencoder');
  expect(dataEnvironment({ AUTOENCODER_CACHE: '/c', AUTOENCODER_DATA: '/d' })).toEqual({
    cacheFolder: '/c',
    dataFolder: '/d',
  });
});

test('pictures: grey ones have 1 channel, coloured ones 3, sub-folders are labels', async () => {
  await put('grey/b.png', await picture(3, 2, 'white').toColourspace('b-w').png().toBuffer());
  await put('grey/a.png', await picture(3, 2, 'black').toColourspace('b-w').png().toBuffer());
  expect(await load(join(root, 'grey'))).toMatchObject({
    train: { shape: [2, 1, 2, 3], values: Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255) },
  });
  await put('pets/cat/1.png', await picture(2, 1, { r: 255, g: 0, b: 10 }).png().toBuffer());
  await put('pets/dog/1.webp', await picture(2, 1, 'black').webp({ lossless: true }).toBuffer());
  await put('pets/dog/2.jpg', await picture(2, 1, 'black').jpeg().toBuffer());
  await put('pets/notes.txt', 'not a picture');
  const { train } = await load(join(root, 'pets'));
  expect(train).toMatchObject({
    shape: [3, 3, 1, 2],
    names: ['cat/1.png', 'dog/1.webp', 'dog/2.jpg'],
    labels: { names: ['cat', 'dog'], values: Int32Array.of(0, 1, 1) },
  });
  expect(train.form === 'array' && [...train.values.subarray(0, 6)]).toEqual([255, 255, 0, 0, 10, 10]);
  expect(await load(join(root, 'pets/cat/1.png'))).toMatchObject({
    train: { shape: [1, 3, 1, 2], names: ['1.png'] },
  });
  expect(await load(join(root, 'grey', '?.png'))).toMatchObject({
    train: { shape: [2, 1, 2, 3], names: ['a.png', 'b.png'] },
  });
});

test('transparent pictures lie on white', async () => {
  const path = await put('clear.png', await picture(1, 1, { r: 9, g: 9, b: 9, alpha: 0 }, 4).png().toBuffer());
  expect(await load(path)).toMatchObject({ train: { shape: [1, 3, 1, 1], values: Uint8Array.of(255, 255, 255) } });
});

test('pictures that differ in size or cannot be read are named', async () => {
  await put('odd/a.png', await picture(2, 2, 'red').png().toBuffer());
  await put('odd/b.png', await picture(2, 3, 'red').png().toBuffer());
  await expect(load(join(root, 'odd'))).rejects.toThrow(/2×2 as .*a.png, got 2×3 in .*b.png/);
  await put('bad/a.png', 'no picture');
  await expect(load(join(root, 'bad'))).rejects.toThrow(/bad\/a.png: expected a picture that can be read/);
  const whole = await picture(64, 64, 'red').png({ compressionLevel: 0 }).toBuffer();
  await put('cut/a.png', whole.subarray(0, 2000));
  await expect(load(join(root, 'cut'))).rejects.toThrow(/cut\/a.png: expected a picture that can be read/);
  await mkdir(join(root, 'empty'));
  await expect(load(join(root, 'empty'))).rejects.toThrow('at least 1 picture');
});

test('standard input is CSV, JSON lines or JSON', async () => {
  const input = (...texts: string[]): Partial<LoadOptions> => {
    async function* standardInput(): AsyncGenerator<Uint8Array> {
      for (const text of texts) yield new TextEncoder().encode(text);
    }
    return { environment: { ...environment, standardInput: standardInput() } };
  };
  expect(await load('-', input('a,b\n1', ',2\n3,4'))).toMatchObject({ train: { form: 'table', rows: 2 } });
  expect(await load('-', input(' ', '{"a":1}\n{"a":2}'))).toMatchObject({
    train: { rows: 2, columns: [{ name: 'a' }] },
  });
  expect(await load('-', input('\n', '[1,2]\n[3,4]'))).toMatchObject({ train: { rows: 2 } });
  expect(await load('-', input('[{"a":1},', '\n{"a":2}]'))).toMatchObject({
    train: { rows: 2, columns: [{ name: 'a' }] },
  });
  await expect(load('-', input())).rejects.toThrow('standard input: expected at least 1 row');
});

test('arrays are plain byte arrays, whatever Node reads them into', async () => {
  const path = await put('plain.npy', encodeNpy(Uint8Array.of(1, 2, 3, 4), [1, 2, 2]));
  const { train } = await load(path);
  expect(train.form === 'array' && train.values.constructor).toBe(Uint8Array);
});

test('packed tables are read; others are refused by name', async () => {
  const path = await put('t.csv.gz', gzipSync('a,b\n1,2\n'));
  expect(await load(path)).toMatchObject({ train: { rows: 1 } });
  await expect(load(await put('a.xyz', 'x'))).rejects.toThrow('expected a file name that ends in');
});

test('an unknown name is answered with the list and the nearest', async () => {
  await expect(load('mnits')).rejects.toThrow(
    'data "mnits": expected one of the data sets digits, textures, portraits, sensors, waves, ratings, sentences, mnist, fashion-mnist, or a file or folder that exists, got neither; did you mean mnist?',
  );
  const path = await put('tables/people.csv', 'a\n1\n');
  await expect(load(path.replace('people', 'peopel'))).rejects.toThrow(/did you mean .*tables\/people.csv\?/);
  await expect(load('nothing-like-it')).rejects.toThrow('check the spelling');
});

test('options that do not fit are refused', async () => {
  for (const limit of [0, -1, 1.5, NaN]) await expect(load('digits', { limit })).rejects.toThrow(OptionError);
  await expect(load('digits', { columns: ['a'] })).rejects.toThrow('leave --columns out');
  await expect(load('digits', { label: 'a' })).rejects.toThrow('leave --label out');
});

test('a cancelled load ends', async () => {
  await expect(load('digits', { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
});
