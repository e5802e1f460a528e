/** An application on a port of this machine: answers only those who name this machine, and ends when it is told to. */
import type { Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type HttpBindings, serve } from '@hono/node-server';
import { OptionError } from '../base/errors.ts';

/** What answers requests: a Hono application. */
export interface Answering {
  fetch(request: Request, bindings: HttpBindings): Response | Promise<Response>;
}

export interface ListenOptions {
  readonly port: number;
  readonly host?: string;
  /** Names besides its own that the server answers to, e.g. those that a proxy uses. */
  readonly names?: readonly string[];
  /** Seconds for a whole request to arrive, slow senders being cut; Node's own limits when absent. */
  readonly requestSeconds?: number;
}

export interface Listening {
  /** `http://127.0.0.1:4321/` */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, ends those under way (cut after `seconds`, where given), settles when all are gone. */
  close(seconds?: number): Promise<void>;
}

/** Loopback, unless the user opens the machine to others. */
export const LOOPBACK = '127.0.0.1';
/** Seconds for the headers of a request, and between two looks for those that are late. */
const HEADER_SECONDS = 10;
const CHECK_SECONDS = 0.5;
/** Between two looks for connections that nothing is under way on, when the server ends. */
const IDLE_MS = 50;

/** @throws OptionError for a port that is taken or not allowed. */
export async function listen(
  app: Answering,
  { port, host = LOOPBACK, names = [], requestSeconds }: ListenOptions,
): Promise<Listening> {
  const own = ownNames(host, names);
  const guarded: Answering = {
    // A path with a name of its own in it (`GET http://other/`) would have two.
    fetch: (request, bindings) =>
      own.has(nameIn(bindings.incoming.headers.host)) && bindings.incoming.url?.startsWith('/')
        ? app.fetch(request, bindings)
        : new Response('This server answers only to the name that it was started with.', { status: 421 }),
  };
  const server = await started(guarded, port, host, requestSeconds);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`,
    port: actual,
    close: (seconds) =>
      new Promise((resolve) => {
        // A connection that stays open after its answer is idle from then on.
        const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
        const last = seconds === undefined ? undefined : setTimeout(() => server.closeAllConnections(), seconds * 1000);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(last);
          resolve();
        });
      }),
  };
}

function started(app: Answering, port: number, hostname: string, requestSeconds?: number): Promise<Server> {
  const limits =
    requestSeconds === undefined
      ? {}
      : {
          requestTimeout: requestSeconds * 1000,
          headersTimeout: Math.min(HEADER_SECONDS, requestSeconds) * 1000,
          connectionsCheckingInterval: CHECK_SECONDS * 1000,
        };
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: (request, bindings) => app.fetch(request, bindings as HttpBindings),
        port,
        hostname,
        serverOptions: limits,
      },
      () => resolve(server),
    ) as Server;
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new OptionError({
              where: '--port',
              expected: 'a port that is free',
              got: `${port}, which ${cause.code === 'EADDRINUSE' ? 'another program listens on' : 'needs more rights'}`,
              fix: 'choose another one, or 0 for any',
            })
          : cause,
      ),
    );
  });
}

export function isLoopback(host: string): boolean {
  return host === LOOPBACK || host === '::1' || host === 'localhost';
}

/**
 * What a request for this server may call it. Pages of other sites can make a browser send requests here under a name of theirs (DNS
 * rebinding); these name themselves in `Host`. A server on all interfaces goes by their addresses, which are nobody else's names.
 */
function ownNames(host: string, names: readonly string[]): ReadonlySet<string> {
  const isEverywhere = isIP(host) > 0 && /^[0:.]+$/.test(host);
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return new Set(
    [
      host,
      ...names,
      ...(isLoopback(host) || isEverywhere ? ['localhost', LOOPBACK, '::1'] : []),
      ...(isEverywhere ? addresses : []),
    ].map((name) => name.toLowerCase()),
  );
}

/** The name in a `Host` header, without the port. */
function nameIn(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}
