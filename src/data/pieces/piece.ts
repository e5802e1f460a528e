/** A file in pieces of so many rows, each of which is read without the others. */
import type { Source } from '../dataset.ts';
import type { CsvLayout, ReadOptions } from '../formats/format.ts';

/** Rows that stand one below the other. */
export interface Piece {
  /** Rows of the file before it. */
  readonly from: number;
  readonly rows: number;
  /** Where it lies, in a file of lines: the first byte, and the one behind the last. */
  readonly bytes?: readonly [from: number, to: number];
  /** The line of the file that it begins with. */
  readonly line?: number;
  /** Whether the file has to be read as a whole for it. */
  readonly isWhole?: boolean;
}

/** What is known of a file before it is read. */
export interface FileSurvey {
  readonly rows: number;
  readonly pieces: readonly Piece[];
  /** Of a CSV file. */
  readonly layout?: CsvLayout;
}

/** How files of some formats are read in pieces. */
export interface PieceReader {
  readonly reads: (path: string) => boolean;
  /** Cuts the file into pieces of at most `most` rows. Nothing where this file, against its name, cannot be read in pieces. */
  readonly survey: (path: string, most: number, options: ReadOptions) => Promise<FileSurvey | undefined>;
  readonly read: (path: string, piece: Piece, options: ReadOptions) => Promise<Source>;
}

/** Pieces of files whose rows can be found by their number. */
export function evenPieces(rows: number, most: number): Piece[] {
  return Array.from({ length: Math.ceil(rows / most) }, (_, at) => ({
    from: at * most,
    rows: Math.min(most, rows - at * most),
  }));
}
