/** What a file format is to the rest: a name, file endings and a reader. */
import type { ByteStream } from '../bytes.ts';
import type { Source } from '../dataset.ts';

export interface ReadOptions {
  /** Keep only these columns of a table. */
  readonly columns?: readonly string[];
  /** Column of a table, or array of an .npz, that holds the classes. */
  readonly label?: string;
  /** Column of a table that says when each row was, and orders them. */
  readonly time?: string;
  /** Column of numbers that are asked for rather than learned from. */
  readonly target?: string;
  /** Whether the first row of a CSV names the columns; `auto` looks. */
  readonly header?: 'auto' | 'yes' | 'no';
  /** Read only the first examples. */
  readonly limit?: number;
  /** Whether the cells of a table are kept as the texts that they are written in; numbers and categories otherwise. */
  readonly cells?: 'texts';
  /** What columns hold, where that is known before: a few rows of a file may not show it. Decided by the cells otherwise. */
  readonly types?: Readonly<Record<string, 'numeric' | 'category'>>;
  /** Of a piece of a CSV file: how the whole is laid out. */
  readonly layout?: CsvLayout;
  /** Of a piece of a text file: the line of the whole that it begins with, for messages; 1 when absent. */
  readonly firstLine?: number;
  /** Which array of an .npz. */
  readonly key?: string;
}

/** How a CSV file is to be read. */
export interface CsvLayout {
  readonly names: readonly string[];
  readonly delimiter: string;
}

export interface Format {
  readonly name: string;
  /** Matches the names of such files, without a final `.gz`. */
  readonly files: RegExp;
  /** `table` formats take `columns` and the roles; `arrays` take `label` and `key`. */
  readonly holds: 'table' | 'array' | 'arrays';
  /** Whether `name.gz` is read too. */
  readonly isReadPacked: boolean;
  /** Whether each row names its own cells, so that some rows may lack a column. */
  readonly hasNamedCells?: true;
  readonly read: (stream: ByteStream, options: ReadOptions) => Promise<Source>;
}
