/** What the JSON files beside models have in common: how they are written, and read, strictly. */
import type * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';

export interface SavedJson<Value> {
  readonly schema: z.ZodType<Value>;
  /** What the file is: `a detector`. */
  readonly what: string;
  /** What is said of one that is not as the schema says. */
  readonly refused: (where: string, expected: string, got: string) => ModelFileError;
}

/** In the order of the schema, whoever made the value: so a file that is read and written again stays as it was. */
export function encodeSaved<Value>(schema: z.ZodType<Value>, value: Value): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(schema.parse(value))}\n`);
}

/** @throws ModelFileError for text that is no JSON, or JSON that is not as the schema says. */
export function parseSaved<Value>(text: string, where: string, { schema, what, refused }: SavedJson<Value>): Value {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelFileError(`${where}: expected ${what} as JSON, got text that does not parse`, { cause });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(where, `${what} with a valid ${issue.path.join('.') || 'shape'}`, issue.message);
}
