/**
 * Rows into Parquet, in groups of a bounded size. Numbers are stored plainly: to look for repetitions in them and to pack them takes
 * ten times as long as to write them.
 */
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { arrayFeatureNames } from '../columns/form.ts';
import type { Source } from '../dataset.ts';
import { sourceCount } from '../split.ts';
import { type OpenRowSink, writeAll } from './row-sink.ts';

/** Rows of a group. */
const GROUP = 1 << 17;

interface Part {
  readonly name: string;
  readonly values: Float32Array | Float64Array | readonly (string | null)[];
}

/** Numbers of tables as float64, of arrays as float32, never null: NaN stays NaN. */
export const openParquetRows: OpenRowSink = (handle) => {
  const bytes: ByteWriter & { flush?: () => Promise<void> } = new ByteWriter(1 << 20);
  bytes.flush = async () => {
    await writeAll(handle, new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  let writer: ParquetWriter | undefined;
  let gathered: (readonly Part[])[] = [];
  let rows = 0;
  const flush = async (): Promise<void> => {
    if (rows === 0) return;
    const columnData = gathered[0].map(({ name, values }, at) => {
      const data = joined(gathered.map((parts) => parts[at].values));
      if (Array.isArray(data)) return { name, type: 'STRING' as const, data };
      const type = values instanceof Float32Array ? ('FLOAT' as const) : ('DOUBLE' as const);
      return { name, type, data, encoding: 'PLAIN' as const, nullable: false };
    });
    writer ??= new ParquetWriter({
      writer: bytes,
      schema: schemaFromColumnData({ columnData }),
      codec: 'UNCOMPRESSED',
      statistics: false,
    });
    // The schema says what columns hold.
    const untyped = columnData.map(({ type: _, ...column }) => column);
    await writer.write({ columnData: untyped, rowGroupSize: rows, pageSize: 0 });
    [gathered, rows] = [[], 0];
  };
  return {
    async add(source) {
      gathered.push(partsOf(source));
      rows += sourceCount(source);
      if (rows >= GROUP) await flush();
    },
    async finish() {
      await flush();
      await writer?.finish();
      await bytes.flush?.();
    },
  };
};

function partsOf(source: Source): Part[] {
  if (source.form === 'table') return source.columns.map(({ name, values }) => ({ name, values }));
  const names = arrayFeatureNames(source.shape.slice(1));
  const [count, width] = [source.shape[0], names.length];
  return names.map((name, at) => {
    const values = new Float32Array(count);
    for (let row = 0; row < count; row++) values[row] = source.values[row * width + at];
    return { name, values };
  });
}

function joined(parts: readonly Part['values'][]): Float32Array | Float64Array | (string | null)[] {
  const [first] = parts;
  if (!(first instanceof Float32Array || first instanceof Float64Array)) {
    const texts: (string | null)[] = [];
    return texts.concat(...(parts as (string | null)[][]));
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = first instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part as Float64Array, at);
    at += part.length;
  }
  return all;
}
