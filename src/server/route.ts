/** One thing that can be asked of the server: the same object makes it answer and describes it in the OpenAPI document. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';

/** A request under way. */
export interface Asking {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** From the path: `:id`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly url: string;
  /** Whether somebody still waits for the answer, within the time limit. */
  readonly isWanted: () => boolean;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With parameters, `/models/:id/score`. */
  readonly path: string;
  readonly summary: string;
  /** What may be sent: a schema for JSON, and other media types. */
  readonly body?: { readonly json: z.ZodType; readonly binary: readonly string[] };
  /** What is answered: a schema for JSON, or other media types, on `Accept`. */
  readonly answer: { readonly status: number; readonly json?: z.ZodType; readonly binary: readonly string[] };
  /** Whether it is answered without a key. */
  readonly isOpen?: boolean;
  handle(asking: Asking): Response | Promise<Response>;
}

export const JSON_TYPE = 'application/json';
export const NPY_TYPE = 'application/x-npy';
export const PNG_TYPE = 'image/png';
