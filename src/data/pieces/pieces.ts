/** Files in pieces: those that can be read so, and the others as a whole, of which the last one is kept. */
import type { Source } from '../dataset.ts';
import type { CsvLayout, ReadOptions } from '../formats/format.ts';
import { dataEnvironment, loadData } from '../load.ts';
import { sourceCount, takeRows } from '../split.ts';
import { npyPieces, parquetPieces } from './arrays.ts';
import { csvPieces, jsonLinesPieces } from './lines.ts';
import { evenPieces, type FileSurvey, type Piece, type PieceReader } from './piece.ts';

const readers: readonly PieceReader[] = [csvPieces, jsonLinesPieces, parquetPieces, npyPieces];

export interface PieceOptions extends Pick<ReadOptions, 'header' | 'label' | 'types' | 'columns' | 'cells'> {
  readonly layout?: CsvLayout;
}

export interface Pieces {
  /** @throws DataError, FileError for a file that cannot be read. */
  survey(path: string, most: number, options: PieceOptions): Promise<FileSurvey>;
  /** @throws DataError, FileError as for the whole file. */
  read(path: string, piece: Piece, options: PieceOptions): Promise<Source>;
}

export function makePieces(): Pieces {
  let kept: { readonly key: string; readonly source: Source } | undefined;
  const whole = async (path: string, options: PieceOptions): Promise<Source> => {
    const key = JSON.stringify([path, options]);
    if (kept?.key === key) return kept.source;
    kept = undefined;
    const { train: source } = await loadData(path, { ...options, environment: dataEnvironment({}) });
    kept = { key, source };
    return source;
  };
  return {
    async survey(path, most, options) {
      const survey = await readers.find((reader) => reader.reads(path))?.survey(path, most, options);
      if (survey) return survey;
      const rows = sourceCount(await whole(path, options));
      return { rows, pieces: evenPieces(rows, most).map((piece) => ({ ...piece, isWhole: true })) };
    },
    async read(path, piece, options) {
      const reader = piece.isWhole ? undefined : readers.find((candidate) => candidate.reads(path));
      if (reader) return reader.read(path, piece, options);
      const source = await whole(path, options);
      return takeRows(
        source,
        Int32Array.from({ length: piece.rows }, (_, row) => piece.from + row),
      );
    },
  };
}
