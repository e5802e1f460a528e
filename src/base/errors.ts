/** The errors of this package: each class is something a caller can do about it; each message has four parts. */

/** What went wrong in four parts: *where: expected …, got …; what to do.* */
export interface Complaint {
  /** The place: `file.csv row 12 column "age"`, `encoder.0 dense`, `--epochs`. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What the reader can do about it. */
  readonly fix: string;
}

function sentence({ where, expected, got, fix }: Complaint): string {
  return `${where}: expected ${expected}, got ${got}; ${fix}`;
}

/** Root of all errors that this package throws on purpose. `exitCode` is what the command ends with. */
export class AutoencoderError extends Error {
  /** Process exit code of the command line for this error. */
  readonly exitCode: number = 1;
  readonly complaint: Complaint | undefined;

  constructor(complaint: Complaint | string, options?: ErrorOptions) {
    super(typeof complaint === 'string' ? complaint : sentence(complaint), options);
    this.name = new.target.name;
    this.complaint = typeof complaint === 'string' ? undefined : complaint;
  }
}

/** An option has a value it cannot have, or does not exist. */
export class OptionError extends AutoencoderError {
  override readonly exitCode: number = 2;
}

/** Tensors of shapes that do not fit together. */
export class ShapeError extends AutoencoderError {
  override readonly exitCode: number = 3;
}

/** Data that cannot be used; `where` names file, row (1-based, header counted) and column. */
export class DataError extends AutoencoderError {
  override readonly exitCode: number = 3;
}

/** A model file that is cut short, altered, from another version or simply something else; `offset` is in bytes. */
export class ModelFileError extends AutoencoderError {
  override readonly exitCode: number = 4;
  readonly offset: number | undefined;

  constructor(complaint: Complaint | string, options?: ErrorOptions & { offset?: number }) {
    super(complaint, options);
    this.offset = options?.offset;
  }
}

/** The runtime refused a graph or failed while running it. */
export class EngineError extends AutoencoderError {}

/** A number in training became NaN or infinite. */
export class DivergenceError extends AutoencoderError {
  override readonly exitCode: number = 5;
  readonly step: number;
  readonly term: string;

  constructor(complaint: Complaint, where: { step: number; term: string }) {
    super(complaint);
    this.step = where.step;
    this.term = where.term;
  }
}

/** A file could not be read or written: a full disk, a missing folder, no permission. */
export class FileError extends AutoencoderError {
  override readonly exitCode: number = 3;
}

/** The broker that carries a batch job's shards cannot be reached, or went away and did not come back. */
export class BrokerError extends AutoencoderError {
  override readonly exitCode: number = 3;
}

/** The work was cancelled by an `AbortSignal`; what was learned so far is in the checkpoint, if there is one. */
export class InterruptedError extends AutoencoderError {
  override readonly exitCode: number = 130;
}
