/**
 * Data to train on that does not fit into memory, in two passes over its files:
 *
 *   first   which rows are held out (drawn by their number), and the scaling, learned from the others row by row, as in memory
 *   second  those held out and some of the others scaled in memory, all others scaled in a file, from which windows are read
 */
import { DataError, OptionError } from '../base/errors.ts';
import { createRandom, type Random, scatter } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import type { ChunkReader } from '../data/chunks/chunk.ts';
import { countRows } from '../data/chunks/count-rows.ts';
import { type OpenChunksRequest, openChunks } from '../data/chunks/open-chunks.ts';
import type { OpenRows, RowsFile } from '../data/chunks/rows-file.ts';
import { scalingFit } from '../data/columns/fit.ts';
import type { ColumnScaling } from '../data/columns/form.ts';
import { applyScaling } from '../data/columns/scaling.ts';
import type { Dataset, Source } from '../data/dataset.ts';
import { sourceCount, takeExamples } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { ExampleWindows } from '../training/windows.ts';
import { diskWindows } from './disk-windows.ts';
import type { Parts } from './prepare.ts';
import type { Recipe } from './recipe.ts';

export interface DiskDataRequest {
  /** What the data is called, for people. */
  readonly name: string;
  readonly files: readonly string[];
  readonly reading: Pick<OpenChunksRequest, 'columns' | 'header' | 'limit' | 'threads' | 'reader'>;
  /** Columns that are no features. */
  readonly without: readonly string[];
  readonly recipe: Recipe;
  /** Opens the file that scaled rows are in while they are used. */
  readonly openRows: OpenRows;
  /** Rows in memory at a time; what is reasonable when absent. */
  readonly window?: number;
  readonly signal?: AbortSignal;
  /** Rows of a pass. */
  readonly onRows?: (pass: 1 | 2, rows: number, total: number | undefined) => void;
}

/** Parts to learn from that are not in memory as a whole. */
export interface DiskData {
  /** The held-out rows; and, for what needs no more of them, some of those that are learned from. */
  readonly parts: Parts;
  /** Rows that are learned from. */
  readonly count: number;
  readonly facts: { readonly hasMissing: boolean; readonly isUnitRange: boolean; readonly hasNegative: boolean };
  readonly fingerprint: string;
  readonly reader: ChunkReader['name'];
  windows(batchSize: number): ExampleWindows;
  end(): Promise<void>;
}

/** Rows of a chunk. */
const CHUNK = 1 << 14;
/** Held-out rows beyond this tell nothing new where the user does not say, and beyond the second not at all. */
const [USUAL_HELD, MOST_HELD] = [5000, 50_000];
/** Rows that are learned from, for baselines and the report. */
const SAMPLE = 20_000;
/** Of a window, where the user does not say. */
const WINDOW_BYTES = 32 * 2 ** 20;

/** @throws DataError for files that cannot be read or learned from, FileError for a full disk, OptionError for what needs all rows at once. */
export async function readDiskData(request: DiskDataRequest): Promise<DiskData> {
  const { name, files, reading, without, recipe, signal, onRows } = request;
  refuseFromDisk(recipe);
  const reader = await openChunks({ ...reading, files, rows: CHUNK, signal });
  const total = Math.min(reader.rows ?? (await countRows({ ...reading, files })), reading.limit ?? Infinity);
  if (total < 2)
    throw new DataError({ where: name, expected: 'at least 2 examples', got: `${total}`, fix: 'give more data' });
  const draws = drawsOf(recipe, total);

  const fit = scalingFit(name);
  let held = 0;
  for await (const { from, source } of reader.chunks()) {
    const isHeld = Uint8Array.from({ length: sourceCount(source) }, (_, row) => Number(draws.isHeld(from + row)));
    held += isHeld.reduce((sum, is) => sum + is, 0);
    fit.add(withoutColumns(source, without), isHeld);
    onRows?.(1, from + isHeld.length, total);
  }
  const { architecture, preparation } = recipe;
  const scaling = fit.finish(preparation.scale ?? (architecture.loss === 'cross-entropy' ? 'minmax' : 'standard'));
  const fingerprint = await sha256(new TextEncoder().encode(JSON.stringify([total, held, ...fit.traces()])));

  const [validation, sample]: [Dataset[], Dataset[]] = [[], []];
  const range = { least: 0, most: 0 };
  let [count, hasMissing]: [number, boolean] = [0, false];
  let file: RowsFile | undefined;
  try {
    for await (const { from, source } of reader.chunks()) {
      const data = scaled(scaling, withoutColumns(source, without), from);
      const width = sizeOf(data.shape);
      const [own, kept, shown]: [number[], number[], number[]] = [[], [], []];
      for (let row = 0; row < data.count; row++) {
        if (draws.isHeld(from + row)) own.push(row);
        else {
          kept.push(row);
          if (draws.isShown(from + row)) shown.push(row);
        }
      }
      if (own.length > 0) validation.push(takeExamples(data, own));
      if (shown.length > 0) sample.push(takeExamples(data, shown));
      const { values } = takeExamples(data, kept);
      hasMissing ||= data.hasMissing;
      if (values instanceof Float32Array) widen(range, values);
      file ??= await request.openRows(width);
      await file.add(values);
      count += kept.length;
      onRows?.(2, from + data.count, total);
    }
    const [train, other] = [joined(sample, name), joined(validation, name)];
    if (!file || !train || !other || count < 1)
      throw new DataError({
        where: name,
        expected: 'rows to learn from and others to measure on',
        got: `${count} and ${other?.count ?? 0}`,
        fix: 'give more data, or read it with --from memory',
      });
    const rows = { file, count, width: sizeOf(train.shape), isBytes: train.values instanceof Uint8Array };
    const most = request.window ?? WINDOW_BYTES / (rows.width * (rows.isBytes ? 1 : 4));
    return {
      parts: { train: { ...train, hasMissing }, validation: other },
      count,
      facts: { hasMissing, isUnitRange: !(range.least < 0 || range.most > 1), hasNegative: range.least < 0 },
      fingerprint,
      reader: reader.name,
      windows: (batchSize) => diskWindows(rows, batchSize, most),
      end: rows.file.end,
    };
  } catch (error) {
    await file?.end();
    throw error;
  }
}

/** @throws OptionError for what needs all rows at once. */
export function refuseFromDisk({ architecture: { loss, decoders }, own }: Recipe): void {
  const told = decoders === 'each' ? '--decoders each' : own.kind.labels === undefined ? undefined : '--labels';
  if (told === undefined && loss !== 'categorical') return;
  throw new OptionError({
    where: told ?? '--loss categorical',
    expected: 'data in memory: from disk, rows are read without labels and as numbers and categories',
    got: 'data from disk',
    fix: 'add --from memory, or leave it out',
  });
}

/** Which rows are held out and which are shown, by their numbers alone: the same in every pass. */
function drawsOf({ preparation, isOpen, training }: Recipe, total: number) {
  const random = createRandom(training.seed).fork('split');
  const share = Math.min(preparation.validation, (isOpen.validation ? USUAL_HELD : MOST_HELD) / total);
  const isHeld = drawn(random.fork('held'), share);
  const isShown = drawn(random.fork('shown'), SAMPLE / total);
  // Of very few rows, one at least is on either side.
  if (total >= 1000) return { isHeld, isShown };
  return { isHeld: (row: number) => row === 0 || (row > 1 && isHeld(row)), isShown: () => true };
}

function drawn(random: Random, share: number): (row: number) => boolean {
  const [first, second] = [random.bits(), random.bits()];
  return (row) => scatter(first ^ scatter((second + row) | 0)) / 2 ** 32 < share;
}

function scaled(scaling: ColumnScaling, source: Source, from: number): Dataset {
  return applyScaling(scaling, { ...source, name: `${source.name} (rows from ${from + 1})` });
}

/** A table without the columns that are called so; anything else as it is. */
export function withoutColumns(source: Source, names: readonly string[]): Source {
  if (source.form !== 'table') return source;
  return { ...source, columns: source.columns.filter(({ name }) => !names.includes(name)) };
}

function widen(range: { least: number; most: number }, values: Float32Array): void {
  let { least, most } = range;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  Object.assign(range, { least, most });
}

function joined(parts: readonly Dataset[], name: string): Dataset | undefined {
  if (parts.length === 0) return undefined;
  const [first] = parts;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const length = parts.reduce((sum, part) => sum + part.values.length, 0);
  const values = first.values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { ...first, name, count, values, hasMissing: parts.some((part) => part.hasMissing), labels: undefined };
}
