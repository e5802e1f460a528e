/**
 * Plain values with lists of numbers in them, as one run of bytes, and many of those on a stream. Little-endian.
 *
 *   length of all that follows, uint32 │ length of the JSON, uint32 │ JSON │ numbers of the first list │ of the second …   each from a multiple of 8 on
 */
const LISTS = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array, Uint8ClampedArray } as const;
type ListName = keyof typeof LISTS;
type List = InstanceType<(typeof LISTS)[ListName]>;

const HEAD = 8;

/** What JSON has not: lists by their place behind it, and numbers that are none. */
interface Marked {
  readonly $list?: readonly [name: ListName, length: number];
  readonly $number?: 'NaN' | 'Infinity' | '-Infinity';
}

export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const lists: List[] = [];
  const json = new TextEncoder().encode(JSON.stringify(value, (_, part: unknown) => marked(part, lists)) ?? 'null');
  const begin = aligned(HEAD + json.length);
  const bytes = new Uint8Array(lists.reduce((end, { byteLength }) => end + aligned(byteLength), begin));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length - 4, true);
  view.setUint32(4, json.length, true);
  bytes.set(json, HEAD);
  let at = begin;
  for (const { buffer, byteOffset, byteLength } of lists) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

function marked(part: unknown, lists: List[]): unknown {
  if (typeof part === 'number' && !Number.isFinite(part)) return { $number: String(part) };
  if (!ArrayBuffer.isView(part)) return part;
  const name = (Object.keys(LISTS) as ListName[]).find((known) => part instanceof LISTS[known]);
  if (!name) throw new Error('internal: a list of a type that is not packed');
  const list = part as List;
  lists.push(list);
  return { $list: [name, list.length] };
}

/** The value in one run of bytes; lists are copies. */
export function unpack(bytes: Uint8Array): unknown {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  let at = aligned(HEAD + length);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, HEAD + length)), (_, part: Marked | null) => {
    if (part?.$number !== undefined) return Number(part.$number);
    if (part?.$list === undefined) return part;
    const [name, count] = part.$list;
    const Type = LISTS[name];
    const byteLength = count * Type.BYTES_PER_ELEMENT;
    // Not a slice: those of Node's own buffers are views.
    const own = new Uint8Array(byteLength);
    own.set(bytes.subarray(at, at + byteLength));
    const list = new Type(own.buffer);
    at += aligned(byteLength);
    return list;
  });
}

/** The values of a stream, each when it is whole. */
export async function* unpackAll(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    for (;;) {
      const needed = size < 4 ? Infinity : 4 + lengthIn(waiting);
      if (size < needed) break;
      const all = joined(waiting, size);
      yield unpack(all.subarray(0, needed));
      waiting = [all.subarray(needed)];
      size -= needed;
    }
  }
}

function lengthIn(chunks: Uint8Array[]): number {
  // A length may lie across two chunks.
  if (chunks[0].length < 4) chunks.splice(0, chunks.length, joined(chunks));
  const [{ buffer, byteOffset }] = chunks;
  return new DataView(buffer, byteOffset).getUint32(0, true);
}

function joined(chunks: readonly Uint8Array[], size = chunks.reduce((sum, { length }) => sum + length, 0)): Uint8Array {
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}
