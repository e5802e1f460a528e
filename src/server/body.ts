/** The body of a request, whole and within limits, in one piece of memory. */
import type { IncomingMessage } from 'node:http';
import { makeSpareMemory } from '../base/spare-memory.ts';
import type { Limits } from './limits.ts';
import { memoryFreer } from './memory-freer.ts';
import { Refusal } from './refusal.ts';

/** How long a body that is not wanted is read. */
const LINGER_MS = 500;

export interface BodyReader {
  /**
   * Reads the body and hands it to `use`; its bytes count as held until that settles, and may be those of another body afterwards.
   *
   * @throws Refusal 413 for a longer body than allowed, 429 where all bodies together are too long, 400 for one that ends early.
   */
  read<Result>(incoming: IncomingMessage, use: (bytes: Uint8Array) => Promise<Result>): Promise<Result>;
}

export function makeBodyReader({ bodyBytes, allBodyBytes }: Pick<Limits, 'bodyBytes' | 'allBodyBytes'>): BodyReader {
  let held = 0;
  const memory = makeSpareMemory();
  const free = memoryFreer();
  return {
    async read(incoming, use) {
      const told = incoming.headers['content-length'];
      if (told !== undefined && Number(told) > bodyBytes) throw tooLong(bodyBytes);
      let own = 0;
      const grow = (bytes: number): void => {
        if (held > own && held + bytes > allBodyBytes) throw tooMuch();
        held += bytes;
        own += bytes;
        if (own > bodyBytes) throw tooLong(bodyBytes);
      };
      try {
        if (told === undefined) return await use(await collect(incoming, joining(grow)));
        grow(Number(told));
        const bytes = memory.take(Number(told));
        try {
          return await use(await collect(incoming, filling(bytes, free)));
        } finally {
          memory.giveBack(bytes);
        }
      } finally {
        held -= own;
      }
    },
  };
}

/**
 * Reads and forgets what is left of a body that is not wanted, for a while: a connection that is closed before is reset, and the client
 * never sees why it was refused.
 */
export function discard(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    incoming.on('end', end).on('error', end).on('close', end).resume();
  });
}

/** What becomes of a body as it comes. */
interface Taken {
  add(chunk: Uint8Array): void;
  whole(): Uint8Array;
}

function collect(incoming: IncomingMessage, taken: Taken): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      incoming.off('data', take).off('end', end).off('error', cut).off('close', cut);
      action();
    };
    const take = (chunk: Uint8Array): void => {
      try {
        taken.add(chunk);
      } catch (error) {
        settle(() => {
          incoming.pause();
          reject(error);
        });
      }
    };
    const end = (): void => settle(() => resolve(taken.whole()));
    const cut = (): void => settle(() => reject(cutShort()));
    incoming.on('data', take).on('end', end).on('error', cut).on('close', cut);
  });
}

/** Of a length that is known: what came is in its place, and its pieces can be forgotten. */
function filling(bytes: Uint8Array, free: (piece: Uint8Array) => void): Taken {
  let at = 0;
  return {
    add(chunk) {
      bytes.set(chunk, at);
      at += chunk.length;
      free(chunk);
    },
    whole: () => bytes,
  };
}

/** Of a length that shows at the end; it counts as it comes. */
function joining(grow: (bytes: number) => void): Taken {
  const chunks: Uint8Array[] = [];
  return {
    add(chunk) {
      grow(chunk.length);
      chunks.push(chunk);
    },
    whole() {
      const bytes = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes;
    },
  };
}

function tooLong(most: number): Refusal {
  return new Refusal(413, {
    where: 'the body',
    expected: `at most ${most.toLocaleString('en')} bytes`,
    got: 'more',
    fix: 'send fewer rows at a time, as npy rather than JSON',
  });
}

function tooMuch(): Refusal {
  return new Refusal(429, {
    where: 'the server',
    expected: 'fewer large requests at a time',
    got: 'more than it keeps in memory',
    fix: 'try again in a second',
  });
}

function cutShort(): Refusal {
  return new Refusal(400, {
    where: 'the body',
    expected: 'as many bytes as its header says',
    got: 'fewer',
    fix: 'send the request again',
  });
}
