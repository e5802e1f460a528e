/** Answers in the form that the client asks for: JSON, npy, PNG. */
import type { Source } from '../data/dataset.ts';
import { encodeNpy, encodeNpySource } from '../data/formats/npy.ts';
import { encodePngGrid } from '../data/formats/png.ts';
import { jsonFromSource, matrixToJson } from './json-rows.ts';
import type { Limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import { acceptedType } from './request.ts';
import { type Asking, JSON_TYPE, NPY_TYPE, PNG_TYPE } from './route.ts';

const plain = { 'Content-Type': JSON_TYPE, 'X-Content-Type-Options': 'nosniff' } as const;

export function jsonAnswer(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: plain });
}

/** Numbers `[count]` or `[count, width]`, in JSON under `name`. @throws Refusal 413 where JSON would be too long. */
export function arrayAnswer(
  { incoming }: Asking,
  name: string,
  values: Float32Array,
  shape: readonly [count: number, width?: number],
  { jsonNumbers }: Limits,
): Response {
  if (acceptedType(incoming, [JSON_TYPE, NPY_TYPE]) === NPY_TYPE)
    return bytesAnswer(encodeNpy(values, lengths(shape)), NPY_TYPE);
  checkJson(values.length, jsonNumbers);
  return jsonAnswer({ [name]: shape.length === 1 ? Array.from(values) : matrixToJson(values, shape[0]) });
}

/** Examples; as PNG where they are pictures. @throws DataError for a form that they do not fit in, Refusal as `arrayAnswer`. */
export function sourceAnswer({ incoming }: Asking, source: Source, { jsonNumbers }: Limits): Response {
  const type = acceptedType(incoming, [JSON_TYPE, NPY_TYPE, PNG_TYPE]);
  if (type === NPY_TYPE) return bytesAnswer(encodeNpySource(source), NPY_TYPE);
  if (type === PNG_TYPE) return bytesAnswer(encodePngGrid(source), PNG_TYPE);
  checkJson(source.form === 'array' ? source.values.length : source.rows * source.columns.length, jsonNumbers);
  return jsonAnswer({ rows: jsonFromSource(source) });
}

function bytesAnswer(bytes: Uint8Array, type: string): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' },
  });
}

function lengths([count, width]: readonly [number, number?]): number[] {
  return width === undefined ? [count] : [count, width];
}

function checkJson(numbers: number, most: number): void {
  if (numbers <= most) return;
  throw new Refusal(413, {
    where: 'the answer',
    expected: `at most ${most.toLocaleString('en')} numbers as JSON`,
    got: numbers.toLocaleString('en'),
    fix: `ask for npy (Accept: ${NPY_TYPE}), or for fewer rows`,
  });
}
