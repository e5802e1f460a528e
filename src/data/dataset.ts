/**
 * What the rest of the package sees of data: raw sources as read from bytes, and data sets ready for the graph.
 *
 *   bytes ── formats ──> Source (array or table) ── split ──> fit scaling on the training rows ──> Dataset
 */
import type { ColumnScaling } from './columns/form.ts';

/** Numbers in a regular grid as a file holds them: example axis first. */
export interface ArraySource {
  readonly form: 'array';
  /** Where it came from, for messages. */
  readonly name: string;
  readonly values: Uint8Array | Float32Array;
  /** `[examples, …example shape]`; images are `[examples, channels, height, width]`. */
  readonly shape: readonly number[];
  /** What each example is called, where it has a name: of pictures, their files. */
  readonly names?: readonly string[];
  readonly labels?: Labels;
}

/** Named columns of equal length. */
export interface TableSource {
  readonly form: 'table';
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly labels?: Labels;
  /** When each row was: the column that orders them, which nothing is learned from. */
  readonly time?: Series;
  /** A number for each row that is asked for rather than learned from; NaN where it is missing. */
  readonly target?: Series;
}

export type Column =
  /** NaN marks a missing value. */
  | { readonly type: 'numeric'; readonly name: string; readonly values: Float64Array }
  /** `null` marks a missing value. */
  | { readonly type: 'category'; readonly name: string; readonly values: readonly (string | null)[] };

/** A number for each row; times are seconds (since 1970, where the column has dates) that never fall. */
export interface Series {
  readonly name: string;
  readonly values: Float64Array;
}

/** One class per example: `values[i]` indexes `names`; −1 where the label is missing. */
export interface Labels {
  readonly values: Int32Array;
  readonly names: readonly string[];
}

export type Source = ArraySource | TableSource;

/** A source and, where its makers fixed one, the test part that training must not see. */
export interface SourceWithTest {
  readonly train: Source;
  readonly test?: Source;
}

/** Examples ready for the graph. */
export interface Dataset {
  readonly name: string;
  readonly count: number;
  /** Shape of one example, e.g. `[1, 28, 28]` or `[30]`. */
  readonly shape: readonly number[];
  /**
   * `[count, …shape]` row-major. Bytes stay bytes (the graph divides by 255); floats are scaled columns, and NaN among
   * them marks a missing value, which no loss counts.
   */
  readonly values: Uint8Array | Float32Array;
  /** Whether any value is missing (NaN). */
  readonly hasMissing: boolean;
  /** What each example is called, where its source says so. */
  readonly names?: readonly string[];
  readonly labels?: Labels;
  readonly target?: Series;
  /** How raw values became `values`, and back. */
  readonly scaling: ColumnScaling;
}
