/** A request that is not answered as it asks, and what is said to it: the status and the four parts of a complaint. */
import { AutoencoderError, type Complaint, DataError, OptionError, ShapeError } from '../base/errors.ts';

/** Codes of HTTP that say that the request is at fault, or that the server has too much to do. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 503;

export class Refusal extends AutoencoderError {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, complaint: Complaint, options?: ErrorOptions) {
    super(complaint, options);
    this.status = status;
  }
}

export interface Told {
  readonly status: RefusalStatus | 500;
  readonly error: Complaint;
}

/** A complaint may quote what was sent, which may be long. */
const LONGEST = 300;

/** What is said to a request that failed with `error`; of what is not its fault only the number by which it stands in the log. */
export function told(error: unknown, requestId: string): Told {
  const status = statusOf(error);
  const complaint = error instanceof AutoencoderError ? error.complaint : undefined;
  if (status !== 500 && complaint)
    return {
      status,
      error: {
        where: clipped(complaint.where),
        expected: clipped(complaint.expected),
        got: clipped(complaint.got),
        fix: clipped(complaint.fix),
      },
    };
  return {
    status: 500,
    error: {
      where: `request ${requestId}`,
      expected: 'an answer',
      got: 'an error inside the server',
      fix: 'ask who runs the server to look for this number in its log',
    },
  };
}

function statusOf(error: unknown): Told['status'] {
  if (error instanceof Refusal) return error.status;
  return error instanceof OptionError || error instanceof DataError || error instanceof ShapeError ? 422 : 500;
}

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
