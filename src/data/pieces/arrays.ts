/** .npy and Parquet: of both, rows are found by their number. */
import { open } from 'node:fs/promises';
import { asyncBufferFromFile } from 'hyparquet';
import { DataError } from '../../base/errors.ts';
import { fileError } from '../files.ts';
import { NPY_HEAD_BYTES, type NpyHead, npy, parseNpyHead, parseNpyRows } from '../formats/npy.ts';
import { openParquet, parquet, parquetColumns, readParquetRows } from '../formats/parquet.ts';
import { evenPieces, type PieceReader } from './piece.ts';

export const npyPieces: PieceReader = {
  reads: (path) => npy.files.test(path),
  survey: (path, most) =>
    withNpy(path, async ({ isColumnMajor, shape }) =>
      isColumnMajor ? undefined : { rows: shape[0] ?? 0, pieces: evenPieces(shape[0] ?? 0, most) },
    ),
  read: (path, { from, rows }) =>
    withNpy(path, async (head, readAt) => {
      const { start, rowBytes } = head;
      const data = await readAt(start + from * rowBytes, rows * rowBytes);
      return parseNpyRows(head, data, rows, path);
    }),
};

async function withNpy<Result>(
  path: string,
  use: (head: NpyHead, readAt: (from: number, length: number) => Promise<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path).catch((cause: unknown) => {
    throw fileError(cause, path, 'read');
  });
  try {
    const { size } = await handle.stat();
    const readAt = async (from: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, length - at, from + at);
        if (bytesRead === 0) throw cutShort(path, from + length, from + at);
        at += bytesRead;
      }
      return bytes;
    };
    const head = parseNpyHead(await readAt(0, Math.min(size, NPY_HEAD_BYTES)), path);
    const expected = head.start + head.rowBytes * (head.shape[0] ?? 1);
    if (size !== expected) throw cutShort(path, expected, size);
    return await use(head, readAt);
  } finally {
    await handle.close();
  }
}

function cutShort(where: string, expected: number, got: number): DataError {
  return new DataError({
    where,
    expected: `${expected} bytes, by the shape in its head`,
    got: `${got}`,
    fix: 'the file is cut short, damaged or not .npy: write it again',
  });
}

export const parquetPieces: PieceReader = {
  reads: (path) => parquet.files.test(path),
  async survey(path, most) {
    const { metadata } = await openParquet(path, await asyncBufferFromFile(path));
    const rows = Number(metadata.num_rows);
    return { rows, pieces: evenPieces(rows, most) };
  },
  async read(path, { from, rows }, options) {
    const opened = await openParquet(path, await asyncBufferFromFile(path));
    // What a file says of its own columns comes before what a few cells show.
    const types = { ...parquetColumns(opened), ...options.types };
    return readParquetRows(opened, { from, to: from + rows }, { ...options, types });
  },
};
