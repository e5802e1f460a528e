/** Who may ask: by key, and not from pages of other sites. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

export interface Access {
  /** @throws Refusal 401 without one of the keys, where there are any. */
  checkKey(incoming: IncomingMessage): void;
  /**
   * A browser tells in `Origin` whose page makes a request; programs send none.
   *
   * @throws Refusal 403 for a request from a page of another site that was not allowed.
   */
  checkOrigin(incoming: IncomingMessage): void;
  /** Headers that let a page that was allowed read the answer. */
  headersFor(incoming: IncomingMessage): Readonly<Record<string, string>>;
}

export interface AccessOptions {
  readonly keys: readonly string[];
  /** `https://example.org` */
  readonly origins: readonly string[];
}

export function makeAccess({ keys, origins }: AccessOptions): Access {
  // Of equal length, whatever the keys are, so that comparing takes as long for all.
  const digests = keys.map(digest);
  const isAllowed = (incoming: IncomingMessage): boolean => {
    const { origin } = incoming.headers;
    return origin === undefined || origin === `http://${incoming.headers.host}` || origins.includes(origin);
  };
  return {
    checkKey(incoming) {
      if (digests.length === 0) return;
      const given = digest(keyIn(incoming) ?? '');
      let isKnown = false;
      for (const known of digests) isKnown = timingSafeEqual(known, given) || isKnown;
      if (!isKnown) throw withoutKey();
    },
    checkOrigin(incoming) {
      if (!isAllowed(incoming)) throw fromElsewhere();
    },
    headersFor(incoming): Record<string, string> {
      const { origin } = incoming.headers;
      if (origin === undefined || !origins.includes(origin)) return {};
      return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
    },
  };
}

function keyIn({ headers }: IncomingMessage): string | undefined {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function withoutKey(): Refusal {
  return new Refusal(401, {
    where: 'the key',
    expected: 'one that this server knows, as Authorization: Bearer KEY',
    got: 'none, or another one',
    fix: 'ask who runs the server for a key',
  });
}

function fromElsewhere(): Refusal {
  return new Refusal(403, {
    where: 'Origin',
    expected: 'a page of this server, or no page at all',
    got: 'a page of another site',
    fix: 'start the server with --allow-origin for that site, if it is yours',
  });
}
