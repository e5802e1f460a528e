/** Files that are written part by part: Parquet with a group of rows for each, CSV, npy. */
import type { FileHandle } from 'node:fs/promises';
import { asyncBufferFromFile, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { DataError } from '../base/errors.ts';
import { byteStream } from '../data/bytes.ts';
import type { Column, TableSource } from '../data/dataset.ts';
import { readBytes } from '../data/files.ts';
import { encodeCsv } from '../data/formats/csv.ts';
import { encodeNpy, encodeNpySource, type NpyHead, parseNpyHead } from '../data/formats/npy.ts';
import { openParquet, parquetColumnData, parquetColumns, readParquetRows } from '../data/formats/parquet.ts';
import { shortestFloat } from '../data/formats/table.ts';
import { cutLines } from '../data/pieces/cut-lines.ts';
import { writeAll } from '../data/sinks/row-sink.ts';

export interface PartSink {
  /** Appends a part and gives its number of rows. @throws DataError for one that does not go with those before. */
  add(file: string): Promise<number>;
  finish(): Promise<void>;
}

export type OpenSink = (handle: FileHandle, rows: number) => Promise<PartSink>;

export const openParquetSink: OpenSink = async (handle) => {
  const bytes: ByteWriter & { flush?: () => Promise<void> } = new ByteWriter(1 << 20);
  bytes.flush = async () => {
    await writeAll(handle, new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  let writer: ParquetWriter | undefined;
  let first: string | undefined;
  return {
    async add(file) {
      const { table, physical } = await readParquetPart(file);
      const columnData = parquetColumnData(table).map((column) => ({
        ...column,
        type: physical[column.name] ?? column.type,
      }));
      const shape = JSON.stringify(columnData.map(({ name, type }) => [name, type]));
      first ??= shape;
      if (shape !== first) throw otherColumns(file, shape, first);
      writer ??= new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData }) });
      await writer.write({ columnData, rowGroupSize: Math.max(1, table.rows) });
      return table.rows;
    },
    async finish() {
      await writer?.finish();
      await bytes.flush?.();
    },
  };
};

export const openCsvSink: OpenSink = async (handle) => {
  let first: string | undefined;
  return {
    async add(file) {
      const [bytes, rows] = await csvPart(file);
      const end = bytes.indexOf(10) + 1;
      const head = new TextDecoder().decode(bytes.subarray(0, end));
      await writeAll(handle, first === undefined ? bytes : bytes.subarray(end));
      first ??= head;
      if (head !== first) throw otherColumns(file, head.trim(), first.trim());
      return rows;
    },
    finish: async () => {},
  };
};

export const openNpySink: OpenSink = async (handle, rows) => {
  let first: NpyHead | undefined;
  return {
    async add(file) {
      const bytes = /\.npy$/.test(file) ? await readBytes(file) : encodeNpySource((await readParquetPart(file)).table);
      const head = parseNpyHead(bytes, file);
      const wordsOf = ({ type, shape }: NpyHead): string => `${type} of shape [${shape.slice(1).join(', ')}]`;
      if (first === undefined) {
        const none =
          head.type === 'u1' ? new Uint8Array(0) : head.type === 'f8' ? new Float64Array(0) : new Float32Array(0);
        await writeAll(handle, encodeNpy(none, [rows, ...head.shape.slice(1)]));
      }
      first ??= head;
      if (wordsOf(head) !== wordsOf(first)) throw otherColumns(file, wordsOf(head), wordsOf(first));
      const data = bytes.subarray(head.start);
      await writeAll(handle, data);
      return data.length / head.rowBytes;
    },
    finish: async () => {},
  };
};

/** Of a Parquet part, its table, and what its columns are stored as. */
async function readParquetPart(
  file: string,
): Promise<{ table: TableSource; physical: Record<string, 'FLOAT' | 'INT32' | undefined> }> {
  const opened = await openParquet(file, await asyncBufferFromFile(file));
  const types = parquetColumns(opened);
  const table = await readParquetRows(opened, { from: 0, to: Number(opened.metadata.num_rows) }, { types });
  const physical = Object.fromEntries(opened.metadata.schema.map(({ name, type }) => [name, smaller(type)]));
  return { table, physical };
}

function smaller(type: SchemaElement['type']): 'FLOAT' | 'INT32' | undefined {
  return type === 'FLOAT' || type === 'INT32' ? type : undefined;
}

/** The bytes of a part as CSV, with its number of rows. */
async function csvPart(file: string): Promise<[Uint8Array, number]> {
  if (!/\.csv$/.test(file)) {
    const { table, physical } = await readParquetPart(file);
    // 32-bit numbers in as few digits as they have.
    const columns = table.columns.map(
      (column): Column =>
        column.type === 'numeric' && physical[column.name] === 'FLOAT'
          ? {
              ...column,
              values: column.values.map((value) => (Number.isNaN(value) ? value : Number(shortestFloat(value)))),
            }
          : column,
    );
    return [encodeCsv({ ...table, columns }), table.rows];
  }
  const bytes = await readBytes(file);
  const { rows } = await cutLines(byteStream(file, bytes), {
    most: Number.MAX_SAFE_INTEGER,
    delimiter: ',',
    isHeader: true,
  });
  return [bytes, rows];
}

function otherColumns(where: string, got: string, expected: string): DataError {
  return new DataError({
    where,
    expected: `the columns of the parts before it, ${expected.slice(0, 200)}`,
    got: got.slice(0, 200),
    fix: 'plan files with the same columns together, others by themselves',
  });
}
