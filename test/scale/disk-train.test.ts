/** Training on rows that stay on disk: every row once a pass, the same numbers for the same seed, and on from a checkpoint bit for bit. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LearnRequest } from '../../src/applications/begin-learning.ts';
import { type DiskDataRequest, readDiskData } from '../../src/applications/disk-data.ts';
import { diskWindows } from '../../src/applications/disk-windows.ts';
import { learn } from '../../src/applications/learn.ts';
import { makeRecipe } from '../../src/applications/recipe.ts';
import { createRandom } from '../../src/base/random.ts';
import { makeRowsFile } from '../../src/data/chunks/rows-file.ts';
import { scalingFit } from '../../src/data/columns/fit.ts';
import { fitScaling } from '../../src/data/columns/scaling.ts';
import type { TableSource } from '../../src/data/dataset.ts';
import { encodeNpy } from '../../src/data/formats/npy.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { takeRows } from '../../src/data/split.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import { finish } from '../../src/training/events.ts';

const folder = await mkdtemp(join(tmpdir(), 'autoencoder-disk-'));
afterAll(() => rm(folder, { recursive: true }));

const ROWS = 12_000;
const random = createRandom(3);
const hidden = Float64Array.from({ length: ROWS }, () => random.normal());
const table: TableSource = {
  form: 'table',
  name: 'made',
  rows: ROWS,
  columns: [
    ...Array.from({ length: 5 }, (_, at) => ({
      type: 'numeric' as const,
      name: `c${at}`,
      values: hidden.map((value, row) =>
        at === 4 && row % 9 === 1 ? Number.NaN : 1e6 + value * (at + 1) + random.normal() / 10,
      ),
    })),
    { type: 'category', name: 'sign', values: Array.from(hidden, (value) => (value < 0 ? 'minus' : 'plus')) },
  ],
};
const part = (from: number, to: number): TableSource =>
  takeRows(
    table,
    Int32Array.from({ length: to - from }, (_, at) => from + at),
  );
const files = [join(folder, 'a.parquet'), join(folder, 'b.parquet'), join(folder, 'c.parquet')];
for (const [at, file] of files.entries())
  await writeFile(file, encodeParquet(part((at * ROWS) / 3, ((at + 1) * ROWS) / 3)));

const options = { hidden: [8], latent: 2, epochs: 2, batchSize: 64, seed: 5 };
const request = (more: Partial<DiskDataRequest> = {}): DiskDataRequest => ({
  name: 'made',
  files,
  reading: {},
  without: [],
  recipe: makeRecipe(options),
  openRows: (width) => makeRowsFile(join(folder, 'rows.tmp'), width),
  window: 3000,
  ...more,
});

test('a scaling learned part by part is that of the whole', () => {
  const fit = scalingFit('made');
  const isLeftOut = Uint8Array.from({ length: ROWS }, (_, row) => Number(row % 3 === 0));
  for (const [from, to] of [
    [0, 10],
    [10, 7000],
    [7000, ROWS],
  ])
    fit.add(part(from, to), isLeftOut.subarray(from, to));
  const kept = Int32Array.from({ length: ROWS }, (_, row) => row).filter((row) => !isLeftOut[row]);
  expect(fit.finish('standard')).toEqual(fitScaling(takeRows(table, kept), 'standard'));
});

describe('windows', () => {
  test.each([
    { count: 10_000, batch: 32, most: 2500 },
    { count: 10_001, batch: 100, most: 1 },
    { count: 9000, batch: 64, most: 100_000 },
    { count: 50, batch: 64, most: 10 },
  ])('every row once a pass, whole batches in all but the last: %o', async ({ count, batch, most }) => {
    const file = await makeRowsFile(join(folder, 'numbers.tmp'), 2);
    expect(await readdir(folder)).not.toContain('numbers.tmp');
    await file.add(Float32Array.from({ length: 2 * count }, (_, at) => at));
    const windows = diskWindows({ file, count, width: 2, isBytes: false }, batch, most);
    const taken = async (name: string): Promise<number[]> => {
      const pass = windows.pass(createRandom(1).fork(name));
      const rows: number[] = [];
      for (let at = 0; rows.length < count; at++) {
        const { examples, order } = await pass.window(at);
        const isLast = rows.length + examples.count === count;
        if (!isLast) expect(examples.count).toBe(windows.windowCount);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: examples.count }, (_, row) => row));
        for (const row of order) {
          expect(examples.values[2 * row + 1]).toBe(examples.values[2 * row] + 1);
          rows.push(examples.values[2 * row] / 2);
        }
      }
      return rows;
    };
    if (windows.windowCount < count) expect(windows.windowCount % batch).toBe(0);
    const rows = await taken('one');
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
    expect(await taken('one')).toEqual(rows);
    expect(await taken('other')).not.toEqual(rows);
    await file.end();
  });
});

async function learned(more: Partial<LearnRequest> = {}, disk: Partial<DiskDataRequest> = {}) {
  const source = await readDiskData(request(disk));
  try {
    const engine = nodeEngine({ threads: 1 });
    return await finish(
      learn({ source, recipe: makeRecipe(options), engine, clock: () => performance.now(), ...more }),
    );
  } finally {
    await source.end();
  }
}

describe('learning', () => {
  test('the same seed gives the same numbers, whichever reader; PCA and the mean are beaten', async () => {
    const [one, other] = [await learned(), await learned({}, { reading: { reader: 'own' } })];
    expect(other.card.data.fingerprint).toBe(one.card.data.fingerprint);
    for (const [name, values] of one.parameters) expect(other.parameters.get(name)).toEqual(values);
    expect(one.validation.mse).toBeLessThan(one.baselines.mean.mse / 2);
    expect(one.card.data.examples + one.card.data.validationExamples).toBe(ROWS);
    expect(one.model.blueprint.hasMissing).toBe(true);
    expect(await readdir(folder)).not.toContain('rows.tmp');
  });

  test('interrupted in the middle of a window, it goes on as if it had not been', async () => {
    const straight = await learned();
    const controller = new AbortController();
    let bytes = new Uint8Array(0);
    let blocks = 0;
    await expect(
      learned({
        signal: controller.signal,
        checkpointSeconds: 0,
        checkpoint: async (state) => {
          bytes = Uint8Array.from(await encodeCheckpoint(state, {}));
          if (++blocks === 5) controller.abort();
        },
      }),
    ).rejects.toThrow(/interrupted in epoch/);
    const from = await decodeCheckpoint(bytes, 'checkpoint');
    const resumed = await learned({ from });
    expect(resumed.result.history.map(({ train }) => train)).toEqual(straight.result.history.map(({ train }) => train));
    for (const [name, values] of straight.parameters) expect(resumed.parameters.get(name)).toEqual(values);
  });

  test('bytes stay bytes', async () => {
    const pixels = Uint8Array.from({ length: 3000 * 16 }, (_, at) => (at * 7) % 251);
    const file = join(folder, 'pictures.npy');
    await writeFile(file, encodeNpy(pixels, [3000, 1, 4, 4]));
    const { model, card } = await learned({}, { files: [file] });
    expect(model.blueprint.inputScale).toBeCloseTo(1 / 255);
    expect(card.scaling).toEqual({ form: 'pixels', shape: [1, 4, 4] });
  });
});

describe('bad input', () => {
  test.each([
    [{ loss: 'categorical' }, /--loss categorical: expected data in memory/],
    [{ decoders: 'each' }, /--decoders each: expected data in memory/],
  ])('%o needs all rows at once', async (more, message) => {
    await expect(readDiskData(request({ recipe: makeRecipe({ ...options, ...more }) }))).rejects.toThrow(message);
  });

  test('a folder that is not there, and a column that is empty', async () => {
    const openRows = (width: number) => makeRowsFile(join(folder, 'none', 'rows'), width);
    await expect(readDiskData(request({ openRows }))).rejects.toThrow(/no such folder/);
    const empty = join(folder, 'empty.parquet');
    const columns = [
      ...table.columns.slice(0, 2),
      { type: 'numeric' as const, name: 'void', values: new Float64Array(ROWS).fill(NaN) },
    ];
    await writeFile(empty, encodeParquet({ ...table, columns }));
    await expect(readDiskData(request({ files: [empty] }))).rejects.toThrow(
      /column "void": expected at least one value/,
    );
    expect(await readdir(folder)).not.toContain('rows.tmp');
  });
});
