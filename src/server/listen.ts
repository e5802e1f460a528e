/** An application on a port of this machine: answers only those who name this machine, and ends when it is told to. */
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { OptionError } from '../base/errors.ts';

export interface Listening {
  /** `http://127.0.0.1:4321/` */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, ends those under way, settles when all are gone. */
  close(): Promise<void>;
}

/** Loopback, unless the user opens the machine to others. */
const LOOPBACK = '127.0.0.1';

/** @throws OptionError for a port that is taken or not allowed. */
export async function listen(
  app: Hono,
  { port, host = LOOPBACK }: { readonly port: number; readonly host?: string },
): Promise<Listening> {
  const guarded = new Hono();
  guarded.use(async (context, next) => {
    if (isOwnName(context.req.header('host'), host)) return next();
    return context.text('This server answers only to the name that it was started with.', 421);
  });
  guarded.route('/', app);
  const server = await started(guarded, port, host);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      }),
  };
}

function started(app: Hono, port: number, hostname: string): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, () => resolve(server));
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

/**
 * Whether a request is meant for this server. Pages of other sites can make a browser send requests here under a name of theirs (DNS
 * rebinding); these name themselves in `Host`.
 */
function isOwnName(header: string | undefined, host: string): boolean {
  if (header === undefined) return false;
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  const isLoopback = host === LOOPBACK || host === '::1' || host === 'localhost';
  return name === host.toLowerCase() || (isLoopback && ['localhost', '127.0.0.1', '::1'].includes(name));
}
