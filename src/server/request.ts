/** What a request sends, read by its media type and checked by schema. */
import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { DataError } from '../base/errors.ts';
import { Refusal } from './refusal.ts';
import { JSON_TYPE } from './route.ts';

/** The media type of the body, without parameters. @throws Refusal 415 for one that is not among `types`, or a packed body. */
export function mediaTypeOf(incoming: IncomingMessage, types: readonly string[]): string {
  const given = incoming.headers['content-type'] ?? '';
  const [type = ''] = given.toLowerCase().split(';');
  const packed = incoming.headers['content-encoding'];
  if (types.includes(type.trim()) && (packed === undefined || packed === 'identity')) return type.trim();
  throw new Refusal(415, {
    where: packed === undefined ? 'Content-Type' : 'Content-Encoding',
    expected: packed === undefined ? types.join(', ') : 'a body that is not packed',
    got: JSON.stringify(packed ?? given),
    fix: 'send another body, and say what it is in its header',
  });
}

/** JSON of that shape. @throws Refusal 400 for what is not JSON, DataError for JSON of another shape. */
export function parseJson<Value>(bytes: Uint8Array, schema: z.ZodType<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Refusal(
      400,
      {
        where: 'the body',
        expected: 'JSON in UTF-8',
        got: bytes.length === 0 ? 'nothing' : 'something else',
        fix: `send JSON, or the Content-Type of what it is (this one says ${JSON_TYPE})`,
      },
      { cause },
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError({
    where: ['the body', ...issue.path.map(String)].join(' '),
    expected: 'what the OpenAPI document says',
    got: issue.message,
    fix: 'see GET /openapi.json',
  });
}

/** The first of `types` that the client takes, by `Accept`; the first of all when it takes anything or says nothing. */
export function acceptedType(incoming: IncomingMessage, types: readonly string[]): string {
  const accept = incoming.headers.accept;
  if (accept === undefined || accept === '*/*') return types[0];
  const wanted = accept.split(',').map((part) => part.split(';')[0].trim().toLowerCase());
  return wanted.map((type) => types.find((known) => known === type)).find((type) => type !== undefined) ?? types[0];
}
