/**
 * Routes as an application that `listen` puts on a port.
 *
 *   request ── route ── origin ── key ── handler ── answer, or a refusal in four parts ── counts
 */
import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { type Access, makeAccess } from './access.ts';
import { jsonAnswer } from './answer.ts';
import { discard } from './body.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { Refusal, told } from './refusal.ts';
import type { Route } from './route.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly metrics: Pick<Metrics, 'request'>;
  readonly limits: Pick<Limits, 'seconds'>;
  /** One of these is asked for, where there are any. */
  readonly keys: readonly string[];
  /** Other sites whose pages may ask. */
  readonly origins: readonly string[];
  /** Told of errors inside the server, with the number that the client was given; never of bodies or keys. */
  readonly log: (line: string) => void;
}

type Bound = Hono<{ Bindings: HttpBindings }>;

/** What pages that were allowed may send, and for how many seconds a browser may remember. */
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID, X-API-Key',
  'Access-Control-Max-Age': '600',
} as const;

export function makeApp({ routes, metrics, limits, keys, origins, log }: AppOptions): Bound {
  const access = makeAccess({ keys, origins });
  const tell = (error: unknown, what: string): Response => {
    const id = randomUUID();
    const { status, error: complaint } = told(error, id);
    if (status === 500) log(`${what} ${id}: ${error instanceof Error ? error.stack : String(error)}`);
    return jsonAnswer({ error: complaint }, status);
  };

  const app: Bound = new Hono();
  for (const route of routes)
    app.on(route.method, route.path, (context) =>
      counted(metrics, route.path, context, access, () => answer(route, context, access, limits), tell),
    );
  app.notFound((context) =>
    counted(metrics, 'none', context, access, () => withoutRoute(context, routes, access), tell),
  );
  app.onError((error) => tell(error, 'none'));
  return app;
}

async function answer(
  route: Route,
  context: Context<{ Bindings: HttpBindings }>,
  access: Access,
  { seconds }: Pick<Limits, 'seconds'>,
): Promise<Response> {
  const { incoming, outgoing } = context.env;
  access.checkOrigin(incoming);
  if (!route.isOpen) access.checkKey(incoming);
  const until = performance.now() + seconds * 1000;
  return route.handle({
    incoming,
    outgoing,
    parameters: context.req.param(),
    url: context.req.url,
    isWanted: () => !incoming.socket.destroyed && performance.now() < until,
  });
}

/** Counts the answer, and makes one of what was thrown. */
async function counted(
  metrics: Pick<Metrics, 'request'>,
  route: string,
  { env: { incoming, outgoing } }: Context<{ Bindings: HttpBindings }>,
  access: Access,
  make: () => Promise<Response>,
  tell: (error: unknown, what: string) => Response,
): Promise<Response> {
  const began = performance.now();
  let response: Response;
  try {
    response = await make();
  } catch (error) {
    response = tell(error, `${incoming.method} ${route}`);
    await discard(incoming);
    if (!incoming.complete) outgoing.shouldKeepAlive = false;
  }
  // Only its headers go out: what would be read of it later is not.
  if (incoming.method === 'HEAD') await response.body?.cancel();
  for (const [name, value] of Object.entries(access.headersFor(incoming))) response.headers.set(name, value);
  metrics.request(route, response.status, (performance.now() - began) / 1000);
  return response;
}

async function withoutRoute(
  { req, env: { incoming } }: Context<{ Bindings: HttpBindings }>,
  routes: readonly Route[],
  access: Access,
): Promise<Response> {
  const methods = routes.filter(({ path }) => matches(path, req.path)).map(({ method }) => method);
  if (methods.length > 0 && req.method === 'OPTIONS') {
    access.checkOrigin(incoming);
    return new Response(null, { status: 204, headers: PREFLIGHT });
  }
  throw new Refusal(methods.length > 0 ? 405 : 404, {
    where: methods.length > 0 ? 'the method' : 'the path',
    expected: methods.length > 0 ? methods.join(' or ') : 'one of those in GET /openapi.json',
    got: 'another one',
    fix: 'see GET /openapi.json',
  });
}

function matches(pattern: string, path: string): boolean {
  const [parts, given] = [pattern.split('/'), path.split('/')];
  return parts.length === given.length && parts.every((part, at) => part.startsWith(':') || part === given[at]);
}
