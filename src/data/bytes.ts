/** A file as its bytes arrive: what every format reads, so that none of them touches a file system. */
import { DataError } from '../base/errors.ts';

export interface ByteStream {
  /** Where the bytes come from, for messages. */
  readonly name: string;
  /** May be walked once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The most bytes that can possibly come; a header that claims more is refused before anything is allocated. */
  readonly mostBytes: number;
  /** All bytes at once without copying chunks together, where the origin can do that. */
  readonly whole?: () => Promise<Uint8Array>;
}

/** A byte of deflate gives at most 1032 bytes (a 258-byte match in 2 bits). */
export const DEFLATE_MOST = 1032;

/** Bytes that are already in memory, e.g. a file dropped on a page. */
export function byteStream(name: string, bytes: Uint8Array): ByteStream {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { name, chunks: chunks(), mostBytes: bytes.length, whole: () => Promise.resolve(bytes) };
}

export async function collectBytes(stream: ByteStream): Promise<Uint8Array> {
  if (stream.whole !== undefined) return stream.whole();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.chunks) {
    parts.push(chunk);
    size += chunk.length;
  }
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** UTF-8 text chunk by chunk, without a byte-order mark; `DataError` on bytes that are not UTF-8. */
export async function* decodeText(stream: ByteStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let offset = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new DataError(
        {
          where: `${stream.name} bytes ${offset} to ${offset + (chunk?.length ?? 0)}`,
          expected: 'UTF-8 text',
          got: 'bytes that are not UTF-8',
          fix: 'save the file as UTF-8, or check that it is a text file at all',
        },
        { cause },
      );
    }
  };
  for await (const chunk of stream.chunks) {
    yield decode(chunk);
    offset += chunk.length;
  }
  yield decode();
}

/** A buffer of `size` bytes; `DataError` where this machine cannot hold it. */
export function allocate(size: number, where: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new DataError(
      {
        where,
        expected: 'data that fits into memory',
        got: `${(size / 2 ** 30).toFixed(1)} GiB`,
        fix: 'take fewer examples with --limit',
      },
      { cause },
    );
  }
}
