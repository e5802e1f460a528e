/**
 * A series to learn from that does not fit into memory: its rows in a file of plain numbers, out of which windows are cut.
 *
 *   files ── [rows, channels] as they are ── file ──┬── windows, scaled ── training
 *         └── scaling of each channel               └── rows ── scores
 */
import { createRandom, type Random } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import type { RowsFile } from '../data/chunks/rows-file.ts';
import { type ScalingFit, scalingFit } from '../data/columns/fit.ts';
import type { ColumnScaling } from '../data/columns/form.ts';
import { applyScaling } from '../data/columns/scaling.ts';
import type { Dataset } from '../data/dataset.ts';
import { cutWindows, requireWindow, tableOfRows } from '../data/windows.ts';
import { MOST_REFERENCE, requireEnough } from './detector.ts';
import { type DiskData, type DiskDataRequest, refuseFromDisk } from './disk-data.ts';
import { diskWindows } from './disk-windows.ts';
import { type Cuts, defaultWindow, strideFor } from './series.ts';
import { findChannels, openSeries } from './series-chunks.ts';

export interface DiskSeriesRequest
  extends Pick<DiskDataRequest, 'name' | 'files' | 'reading' | 'recipe' | 'openRows' | 'signal' | 'onRows'> {
  /** The column that says when each row was. */
  readonly time?: string;
  /** Rows in a window; a tenth of a short series when absent. */
  readonly length?: number;
}

export interface DiskSeries extends Cuts {
  readonly name: string;
  readonly rows: number;
  /** Windows to learn from; of its parts, those held out tell what is usual, though they overlap with the others. */
  readonly data: DiskData;
  /** Rows as they are, `[count, channels]`. */
  read(from: number, count: number): Promise<Float32Array>;
  end(): Promise<void>;
}

/** Rows of a chunk. */
const CHUNK = 1 << 14;
/** Windows of the sample that baselines learn from, and numbers in it at most. */
const SAMPLE = 20_000;
const SAMPLE_NUMBERS = 1e7;
/** Of the windows that are in memory while they are learned from. */
const WINDOW_BYTES = 32 * 2 ** 20;
/** Places of the series that these come from, at least. */
const PLACES = 64;

/** @throws DataError for files that cannot be read, or a series shorter than a window; FileError for a full disk; OptionError. */
export async function readDiskSeries(request: DiskSeriesRequest): Promise<DiskSeries> {
  const { recipe, name, reading, files, time, signal, onRows } = request;
  refuseFromDisk(recipe);
  const whole = { ...reading, files, rows: CHUNK, signal };
  const channels = await findChannels({ reading: whole, name, time, onRows: (rows) => onRows?.(1, rows, undefined) });
  const written = await writeRows(request, channels);
  const { file, rows } = written;
  try {
    const length = request.length ?? defaultWindow(rows);
    requireWindow(name, rows, length);
    const series = { name, rows, length, channels };
    const read = async (from: number, count: number): Promise<Float32Array> => {
      const values = new Float32Array(count * channels.length);
      await file.read(from, values);
      return values;
    };
    const data = await windowsToLearn({ ...series, read }, written, request);
    return { ...series, data, read, end: file.end };
  } catch (error) {
    await file.end();
    throw error;
  }
}

/** The rows in their file, and what was learned of their channels. */
interface Written {
  readonly file: RowsFile;
  readonly rows: number;
  readonly fit: ScalingFit;
  readonly extents: readonly Extent[];
  readonly hasMissing: boolean;
  readonly reader: DiskData['reader'];
}

interface Extent {
  least: number;
  most: number;
}

async function writeRows(
  { name, files, reading, time, openRows, signal, onRows }: DiskSeriesRequest,
  channels: readonly string[],
): Promise<Written> {
  const opened = await openSeries({ ...reading, files, rows: CHUNK, signal }, { channels, time });
  const file = await openRows(channels.length);
  try {
    const fit = scalingFit(name);
    const extents = channels.map((): Extent => ({ least: Infinity, most: -Infinity }));
    let [rows, hasMissing] = [0, false];
    for await (const { values } of opened.chunks()) {
      // As columns, so that what is wrong with one is said by its name.
      const table = tableOfRows(name, values, channels);
      fit.add(table);
      for (const [at, { values: column }] of table.columns.entries())
        hasMissing = widen(extents[at], column) || hasMissing;
      await file.add(values);
      rows += table.rows;
      onRows?.(2, rows, opened.rows);
    }
    return { file, rows, fit, extents, hasMissing, reader: opened.reader };
  } catch (error) {
    await file.end();
    throw error;
  }
}

/** Whether any value is missing. */
function widen(extent: Extent, values: Float64Array): boolean {
  let isMissing = false;
  for (const value of values) {
    if (Number.isNaN(value)) isMissing = true;
    if (value < extent.least) extent.least = value;
    if (value > extent.most) extent.most = value;
  }
  return isMissing;
}

type Rows = Pick<DiskSeries, 'name' | 'rows' | 'length' | 'channels' | 'read'>;

async function windowsToLearn(series: Rows, written: Written, { recipe }: DiskSeriesRequest): Promise<DiskData> {
  const { name, rows, length, channels } = series;
  const { fit, hasMissing, reader, file } = written;
  const stride = strideFor(rows, series);
  const count = Math.ceil((rows - length) / stride) + 1;
  requireEnough(name, count);
  const { architecture, preparation, training } = recipe;
  const method = preparation.scale ?? (architecture.loss === 'cross-entropy' ? 'minmax' : 'standard');
  const scaling = scalingOfWindows(fit.finish(method), length);
  const facts = { hasMissing, ...rangeOf(written.extents, scaling) };
  const random = createRandom(training.seed).fork('windows');
  const train = await drawnWindows(series, SAMPLE, scaling, random.fork('sample'));
  const validation = await drawnWindows(series, MOST_REFERENCE, scaling, random.fork('usual'));
  const traces = new TextEncoder().encode(JSON.stringify([rows, length, ...fit.traces()]));
  const width = length * channels.length;
  const most = Math.max(1, Math.floor(WINDOW_BYTES / (4 * width)));
  const cutting = { file: windowFile(series, stride, scaling), count, width, isBytes: false };
  return {
    parts: { train: { ...train, hasMissing }, validation },
    count,
    facts,
    fingerprint: await sha256(traces),
    reader,
    windows: (batchSize) => diskWindows({ ...cutting, neighbours: Math.ceil(most / PLACES) }, batchSize, most),
    end: file.end,
  };
}

type ArrayScaling = Extract<ColumnScaling, { form: 'array' }>;

/** The scaling of each channel, for each moment of a window. */
function scalingOfWindows(scaling: ColumnScaling, length: number): ArrayScaling {
  if (scaling.form !== 'columns') throw new Error('internal: channels are columns');
  const rules = scaling.columns.map((rule) =>
    rule.type === 'numeric' ? rule : { offset: 0, scale: 1, isConstant: false },
  );
  const moments = Array.from({ length }, () => rules).flat();
  return {
    form: 'array',
    shape: [length, rules.length],
    offset: moments.map(({ offset }) => offset),
    scale: moments.map(({ scale }) => scale),
    constant: moments.flatMap(({ isConstant }, at) => (isConstant ? [at] : [])),
  };
}

function rangeOf(extents: readonly Extent[], { offset, scale }: ArrayScaling) {
  const least = Math.min(...extents.map((extent, at) => (extent.least - offset[at]) / scale[at]));
  const most = Math.max(...extents.map((extent, at) => (extent.most - offset[at]) / scale[at]));
  return { isUnitRange: !(least < 0 || most > 1), hasNegative: least < 0 };
}

/** At most so many windows, one from each of as many stretches of the series. */
async function drawnWindows(series: Rows, most: number, scaling: ArrayScaling, random: Random): Promise<Dataset> {
  const { name, rows, length, channels, read } = series;
  const width = length * channels.length;
  const places = rows - length + 1;
  const count = Math.min(places, most, Math.max(1, Math.floor(SAMPLE_NUMBERS / width)));
  const values = new Float32Array(count * width);
  for (let at = 0; at < count; at++) {
    const [from, to] = [Math.floor((at * places) / count), Math.floor(((at + 1) * places) / count)];
    values.set(await read(from + random.integer(to - from), length), at * width);
  }
  return applyScaling(scaling, { form: 'array', name, values, shape: [count, length, channels.length] });
}

/** Windows, as they are learned from, out of rows. */
function windowFile(series: Rows, stride: number, scaling: ArrayScaling): Pick<RowsFile, 'read'> {
  const { name, rows, length, channels, read } = series;
  const width = channels.length;
  const startOf = (at: number): number => Math.min(at * stride, rows - length);
  return {
    async read(from, into) {
      const count = into.length / (length * width);
      const first = startOf(from);
      const own = await read(first, startOf(from + count - 1) + length - first);
      const starts = Int32Array.from({ length: count }, (_, at) => startOf(from + at) - first);
      const values = cutWindows(own, starts, { length, width });
      into.set(applyScaling(scaling, { form: 'array', name, values, shape: [count, length, width] }).values);
    },
  };
}
