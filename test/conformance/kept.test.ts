/** Whatever a use trains is kept in files, says the same when it is opened again, and tells which of its files is damaged or missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { denoise } from '../../src/applications/denoise.ts';
import { autoencoder } from '../../src/autoencoder.ts';
import { ModelFileError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { frameTeller, openFrameTeller } from '../../src/clips.ts';
import { openPictureCodec, openPictureSetCodec, pictureCodec, pictureSetCodec } from '../../src/compression.ts';
import { makeDigits } from '../../src/data/builtin/digits.ts';
import { makeTextures } from '../../src/data/builtin/textures.ts';
import type { Clip } from '../../src/data/clips.ts';
import type { Column, TableSource } from '../../src/data/dataset.ts';
import { openFolder, writeFolder } from '../../src/data/files.ts';
import type { Folder, FolderFiles } from '../../src/data/folder.ts';
import { drawn, picturesOf } from '../../src/data/picture.ts';
import { takeRows } from '../../src/data/split.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRecommender, recommender } from '../../src/recommender.ts';
import { openPictureRestorer, restorer } from '../../src/restoration.ts';
import { openSearchIndex, searchIndex } from '../../src/search.ts';
import { openSwapper, swapper } from '../../src/swap.ts';
import { completer, openCompleter, openTranslator, translator } from '../../src/texts.ts';
import { anomalyDetector, forecaster, openAnomalyDetector, openForecaster } from '../../src/uses.ts';
import { node as engine } from './train-tiny.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Something trained, or opened: what it says, and its files. */
interface Kept {
  says(): Promise<unknown>;
  files(): Promise<FolderFiles>;
}

interface Case {
  readonly use: string;
  make(): Promise<Kept>;
  open(files: Folder | FolderFiles, options: { readonly engine: Engine }): Promise<Kept>;
}

/** A use: how it is made and opened, and something to ask it. */
function caseOf<Opened extends { files(): Promise<FolderFiles> }, Made extends Opened>(
  use: string,
  make: () => Promise<Made>,
  open: (files: never, options: { readonly engine: Engine }) => Promise<Opened>,
  ask: (one: Opened) => Promise<unknown>,
): Case {
  const kept = (one: Opened): Kept => ({ says: () => ask(one), files: () => one.files() });
  return {
    use,
    make: async () => kept(await make()),
    open: async (files, options) => kept(await open(files as never, options)),
  };
}

const tiny = { hidden: [8], latent: 2, epochs: 2, batchSize: 16, seed: 1, engine };

function numbers(rows: number): TableSource {
  const random = createRandom(2);
  const columns = ['a', 'b', 'c'].map(
    (name, at): Column => ({
      type: 'numeric',
      name,
      values: Float64Array.from({ length: rows }, (_, row) => Math.sin(row / (2 + at)) + random.normal() / 20),
    }),
  );
  return { form: 'table', name: 'numbers', rows, columns };
}

function words(): TableSource {
  const up = Array.from({ length: 40 }, (_, at) => [at % 7, (at % 7) + 1, at % 5].join(' '));
  const columns = [up, up.map((text) => [...text].reverse().join(''))].map(
    (values, at): Column => ({ type: 'category', name: ['up', 'down'][at], values }),
  );
  return { form: 'table', name: 'words', rows: up.length, columns };
}

function tastes(): TableSource {
  const pairs = Array.from(
    { length: 30 * 8 },
    (_, at) => [at % 30, ((at % 30) + 3 * Math.floor(at / 30)) % 24] as const,
  );
  const names = (of: 'user' | 'item', at: 0 | 1): Column => ({
    type: 'category',
    name: of,
    values: pairs.map((pair) => `${of} ${pair[at]}`),
  });
  const rating: Column = {
    type: 'numeric',
    name: 'rating',
    values: Float64Array.from(pairs, ([user, item]) => 1 + ((user + item) % 5)),
  };
  return { form: 'table', name: 'tastes', rows: pairs.length, columns: [names('user', 0), names('item', 1), rating] };
}

const clips = (count: number): Clip[] =>
  Array.from({ length: count }, (_, clip) => ({
    name: `clip ${clip}`,
    shape: [4, 1, 8, 8],
    values: Uint8Array.from({ length: 256 }, (_, at) => (((at % 8) + Math.floor(at / 64) + clip) % 8 === 0 ? 200 : 10)),
  }));

const textures = picturesOf(makeTextures(12, createRandom(3))) ?? [];
const digits = makeDigits(200, createRandom(3));
const random = createRandom(4);
const black = (picturesOf(digits) ?? []).slice(0, 4).map((picture) => drawn(picture, random));
const sets = {
  name: 'sets',
  shape: [1, 12, 12] as const,
  names: ['one', 'other'] as const,
  labels: Int32Array.from({ length: 80 }, (_, at) => at % 2),
  values: Uint8Array.from({ length: 80 * 144 }, (_, at) => (at * 7 + Math.floor(at / 144) * 31) % 251),
};

const cases: readonly Case[] = [
  caseOf(
    'anomalies',
    () => anomalyDetector(numbers(60), { ...tiny, models: 2 }),
    openAnomalyDetector,
    async (one) => [await one.score(numbers(20)), (await one.find(numbers(20))).isAnomaly],
  ),
  caseOf(
    'anomalies of series',
    () => anomalyDetector(numbers(120), { ...tiny, models: 1, window: 10 }),
    openAnomalyDetector,
    async (one) => [await one.score(numbers(40)), (await one.find(numbers(40))).threshold],
  ),
  caseOf(
    'forecast',
    () => forecaster({ train: numbers(160) }, { ...tiny, steps: 3, history: 6, season: 0 }),
    openForecaster,
    async (one) => one.forecast({ train: numbers(160) }),
  ),
  caseOf(
    'recommend',
    () => recommender(tastes(), tiny),
    openRecommender,
    async (one) => [await one.expected([['user 1', 'item 2']]), await one.forItems(['item 3=4'])],
  ),
  caseOf(
    'search',
    async () => {
      const model = autoencoder({ hidden: [8], latent: 2, engine });
      await model.fit(digits, { epochs: 1, seed: 1 });
      return searchIndex(model, digits);
    },
    openSearchIndex,
    async (one) => [await one.search(takeRows(digits, [3, 4])), await one.like(one.names[7])],
  ),
  caseOf(
    'translate',
    () => translator(words(), { units: 8, latent: 8, embedding: 4, epochs: 2, pieces: 'characters', engine }),
    openTranslator,
    (one) => one.translate(['3 4 1', '2 3']),
  ),
  caseOf(
    'complete',
    () =>
      completer(words(), {
        kind: 'variational',
        units: 8,
        latent: 8,
        embedding: 4,
        epochs: 2,
        pieces: 'characters',
        engine,
      }),
    openCompleter,
    async (one) => [await one.complete(['3 4']), await one.sample(3, { temperature: 1, seed: 5 })],
  ),
  caseOf(
    'next-frame',
    () => frameTeller(clips(30), { ...tiny, frames: 2, network: 'dense' }),
    openFrameTeller,
    async (one) => [await one.next(clips(1)[0]), await one.measure(clips(3))],
  ),
  caseOf(
    'swap',
    () => swapper(sets, { ...tiny, network: 'dense' }),
    openSwapper,
    async (one) => [await one.swap(sets, 'face'), await one.detect(sets.values)],
  ),
  caseOf(
    'denoise',
    () =>
      restorer(
        denoise,
        textures,
        { noise: 'gaussian', from: 0.1, to: 0.1 },
        { ...tiny, patches: 40, patch: 16, channels: [4], residual: 1, hidden: undefined, latent: undefined },
      ),
    (files, options) => openPictureRestorer(denoise, files, options),
    async (one) => one.repair(textures[0]),
  ),
  caseOf(
    'compress',
    () => pictureCodec(textures, { patches: 32, patch: 32, epochs: 1, seed: 1, engine }),
    openPictureCodec,
    async (one) => one.compress(textures[0], 4),
  ),
  caseOf(
    'compress sets',
    () => pictureSetCodec(picturesOf(digits) ?? [], { hidden: [16], latent: 4, epochs: 1, seed: 1, engine }),
    openPictureSetCodec,
    async (one) => one.compress(black),
  ),
];

describe.each(cases)('$use', ({ make, open }) => {
  test('is the same when it is opened again, from memory and from a folder', async () => {
    const made = await make();
    const said = await made.says();
    const files = await made.files();
    const opened = await open(files, { engine });
    expect(await opened.says()).toEqual(said);
    const again = await opened.files();
    expect(Object.keys(again)).toEqual(Object.keys(files));
    for (const [name, bytes] of Object.entries(files))
      expect(Buffer.from(again[name]), name).toEqual(Buffer.from(bytes));
    const folder = await mkdtemp(join(tmpdir(), 'autoencoder-kept-'));
    try {
      await writeFolder(folder, files);
      expect(await (await open(openFolder(folder), { engine })).says()).toEqual(said);
    } finally {
      await rm(folder, { recursive: true });
    }
    // Files that name others say which one is damaged, or is not there.
    for (const [name, bytes] of Object.entries(files)) {
      const { [name]: _, ...others } = files;
      await expect(open(others, { engine }), name).rejects.toThrow(`${name}: expected a file of that name`);
      const cut = open({ ...files, [name]: bytes.subarray(0, bytes.length >> 1) }, { engine });
      const error = await cut.catch((cause: unknown) => cause);
      if (name.endsWith('.csv')) continue;
      expect(error, name).toBeInstanceOf(ModelFileError);
      expect(String(error)).toContain(name);
    }
  });
});
