/** What `exportOnnx` makes of tables, pictures, classes and detectors, put to another build of ONNX Runtime. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import {
  type AnomalyDetector,
  type Autoencoder,
  anomalyDetector,
  autoencoder,
  exportOnnx,
  loadData,
  type Source,
  type TableSource,
} from '../../src/index.ts';
import { type Fed, numbersOf, type OpenFile, openOnnx } from './runtime.ts';

const engine = nodeEngine({ threads: 1 });
const SMALL = { hidden: [16], latent: 3, epochs: 3, batchSize: 16, engine };

/** Columns that have the names of outputs and of nodes, that lie far from 0, that have gaps. */
function leaves(rows: number, seed: number): TableSource {
  const random = createRandom(seed);
  const species = ['ash', 'elm, "wych"', 'oak'];
  const kind = Array.from({ length: rows }, () => Math.floor(3 * random.uniform()));
  const gap = (share: number): boolean => random.uniform() < share;
  return {
    form: 'table',
    name: 'leaves',
    rows,
    columns: [
      { type: 'numeric', name: 'score', values: Float64Array.from(kind, (at) => 1e9 + at + random.normal() / 10) },
      {
        type: 'numeric',
        name: 'encoder.0.weight',
        values: Float64Array.from(kind, (at) => (gap(0.1) ? NaN : at - random.uniform())),
      },
      { type: 'category', name: 'species', values: kind.map((at) => (gap(0.1) ? null : species[at])) },
      { type: 'numeric', name: '', values: Float64Array.from(kind, () => random.normal()) },
      { type: 'category', name: 'code', values: kind.map((at) => (at > 0 ? 'yes' : 'no')) },
    ],
  };
}

/** The columns of a table as inputs, in the order of the file's. */
function fedFrom(table: TableSource, inputs: readonly string[]): Record<string, Fed> {
  return Object.fromEntries(
    table.columns.map((column, at): [string, Fed] => [
      inputs[at],
      column.type === 'numeric'
        ? ['float64', column.values, [table.rows]]
        : ['string', column.values.map((text) => text ?? ''), [table.rows]],
    ]),
  );
}

function close(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-4): void {
  expect(got.length).toBe(wanted.length);
  for (let at = 0; at < got.length; at++)
    expect(Math.abs(got[at] - wanted[at]), `number ${at}: ${got[at]} for ${wanted[at]}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(wanted[at])),
    );
}

function asTable(source: Source): TableSource {
  if (source.form !== 'table') throw new Error('not a table');
  return source;
}

describe('a table', () => {
  let model: Autoencoder;
  let file: OpenFile;

  beforeAll(async () => {
    model = autoencoder(SMALL);
    await model.fit(leaves(200, 1));
    file = await openOnnx(await exportOnnx(model));
  });

  test('has an input for each column, by its name where that is not taken', () => {
    expect(file.inputs).toEqual(['score_', 'encoder.0.weight_', 'species', 'column', 'code_']);
    expect(file.outputs).toEqual([
      'code',
      'reconstruction.score',
      'reconstruction.encoder.0.weight',
      'reconstruction.species',
      'reconstruction.',
      'reconstruction.code',
      'score',
      'column_errors',
    ]);
  });

  test.each([1, 33])('of %i rows is told as the library tells it, in its own units', async (rows) => {
    const table = leaves(rows, 2);
    const out = await file.run(fedFrom(table, file.inputs));
    close(numbersOf(out.code), (await model.encode(table)).values);
    for (const column of asTable(await model.reconstruct(table)).columns) {
      const told = out[`reconstruction.${column.name}`];
      if (column.type === 'category') expect(told.data).toEqual(column.values);
      else close(numbersOf(told), column.values, column.name === 'score' ? 1e-12 : 1e-4);
    }
    const errors = numbersOf(out.column_errors);
    expect(out.column_errors.dims).toEqual([rows, 5]);
    const scores = numbersOf(out.score);
    const { values } = await model.read(table);
    for (let row = 0; row < rows; row++) {
      const own = errors.subarray(5 * row, 5 * row + 5);
      // One-hot groups of three and of two beside three numbers.
      const there = values.subarray(8 * row, 8 * row + 8).filter((value) => !Number.isNaN(value)).length;
      close([scores[row]], [own.reduce((sum, error) => sum + error, 0) / there]);
    }
    const mean = (await model.evaluate(table)).mse;
    const observed = values.filter((value) => !Number.isNaN(value)).length;
    close([errors.reduce((sum, error) => sum + error, 0) / observed], [mean]);
  });

  test('a category that was not there in training is a gap', async () => {
    const table = leaves(4, 3);
    const strange = (text: string | null): TableSource => ({
      ...table,
      columns: table.columns.map((column) =>
        column.name === 'species' ? { type: 'category', name: 'species', values: [text, text, text, text] } : column,
      ),
    });
    const unseen = await file.run(fedFrom(strange('palm'), file.inputs));
    const missing = await file.run(fedFrom(strange(null), file.inputs));
    for (const name of file.outputs) expect(unseen[name].data).toEqual(missing[name].data);
    expect(Array.from(numbersOf(unseen.column_errors)).filter((_, at) => at % 5 === 2)).toEqual([0, 0, 0, 0]);
  });
});

describe('a detector', () => {
  test.each([
    ['of rows, several models', {}],
    ['of mostly normal rows, with codes that are drawn', { robust: true, models: 3 }],
  ])('%s: scores, their columns, and what is an anomaly', async (_, options) => {
    const detector = await anomalyDetector(leaves(120, 1), { epochs: 2, engine, ...options });
    const table = leaves(40, 2);
    const odd: TableSource = {
      ...table,
      columns: table.columns.map((column) =>
        column.type === 'category'
          ? { ...column, values: column.values.map((text, row) => (row === 3 ? 'never seen' : text)) }
          : { ...column, values: column.values.map((value, row) => (row === 5 ? value + 100 : value)) },
      ),
    };
    const { scores, columns, isAnomaly, expected } = await detector.find(odd, { threshold: 'quantile:0.9' });
    const file = await openOnnx(await exportOnnx(detector, { threshold: 'quantile:0.9' }));
    const out = await file.run(fedFrom(odd, file.inputs));
    close(numbersOf(out.score), scores, 1e-3);
    close(numbersOf(out.column_errors), columns, 1e-3);
    expect(Array.from(numbersOf(out.is_anomaly), Boolean)).toEqual(isAnomaly);
    expect(new Set(isAnomaly).size).toBe(2);
    expect(isAnomaly[5]).toBe(true);
    close(numbersOf(out['reconstruction.encoder.0.weight']), asTable(expected).columns[1].values as Float64Array, 1e-3);
  });

  test('of pictures', async () => {
    const digits = (await loadData('digits', { limit: 150 })).train;
    const detector = await anomalyDetector(digits, { epochs: 1, hidden: [16], latent: 4, network: 'dense', engine });
    const file = await openOnnx(await exportOnnx(detector));
    if (digits.form !== 'array') throw new Error('not pictures');
    const out = await file.run({ examples: ['uint8', digits.values, digits.shape] });
    close(numbersOf(out.score), await detector.score(digits), 1e-3);
    expect(file.outputs).toEqual(['code', 'reconstruction', 'score', 'is_anomaly']);
  });

  test('of a series, and thresholds that depend on what is scored, are refused', async () => {
    const table = leaves(100, 1);
    const series = { ...table, columns: [table.columns[0], table.columns[3]] };
    const ofSeries = await anomalyDetector(series, { window: 10, epochs: 1, models: 1, engine });
    await expect(exportOnnx(ofSeries)).rejects.toThrow('export one of the models in its folder');
    const ofRows: AnomalyDetector = await anomalyDetector(table, { epochs: 1, models: 1, engine });
    await expect(exportOnnx(ofRows, { threshold: 'share:0.1' })).rejects.toThrow('a share of the examples');
    await expect(exportOnnx(ofRows, { threshold: 'labels' })).rejects.toThrow('labelled examples');
  });
});

describe('pictures', () => {
  test.each(['dense', 'convolutional'])('on a %s network: bytes in, bytes out', async (network) => {
    const digits = (await loadData('digits', { limit: 100 })).train;
    if (digits.form !== 'array') throw new Error('not pictures');
    const { hidden: _, ...small } = SMALL;
    const model = autoencoder({ ...small, network, latent: 4 });
    await model.fit(digits, { epochs: 1, batchSize: 32 });
    const file = await openOnnx(await exportOnnx(model));
    const out = await file.run({ examples: ['uint8', digits.values, digits.shape] });
    const rebuilt = await model.reconstruct(digits);
    if (rebuilt.form !== 'array') throw new Error('not pictures');
    const off = numbersOf(out.reconstruction).filter((byte, at) => byte !== rebuilt.values[at]);
    // A number half way between two bytes may go to the other one.
    expect(off.length).toBeLessThan(1e-4 * rebuilt.values.length);
  });
});

test('a gap is the mean to a model that was trained without any, and does not count', async () => {
  const random = createRandom(1);
  const rows = Array.from({ length: 50 }, () => [random.normal(), 100 + random.normal(), random.normal()]);
  const model = autoencoder({ ...SMALL, latent: 2 });
  await model.fit(rows);
  const scaling = model.card?.scaling;
  if (scaling?.form !== 'array') throw new Error('not an array');
  const file = await openOnnx(await exportOnnx(model));
  const run = (row: readonly number[]) => file.run({ examples: ['float32', Float32Array.from(row), [1, 3]] });
  const [gap, filled] = [await run([0.5, Number.NaN, 1]), await run([0.5, scaling.offset[1], 1])];
  close(numbersOf(gap.code), numbersOf(filled.code));
  const rebuilt = numbersOf(filled.reconstruction);
  const error = (at: number, value: number): number => ((value - rebuilt[at]) / scaling.scale[at]) ** 2;
  close(numbersOf(gap.score), [(error(0, 0.5) + error(2, 1)) / 2]);
  close(numbersOf(filled.score), [(error(0, 0.5) + error(1, scaling.offset[1]) + error(2, 1)) / 3]);
});

test('an untrained model is refused', async () => {
  await expect(exportOnnx(autoencoder({ engine }))).rejects.toThrow('a trained model');
});
