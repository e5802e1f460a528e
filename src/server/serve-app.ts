/** The HTTP interface of trained models: routes of models, of the server, and of jobs where there are any. */
import { type AppOptions, makeApp } from './app.ts';
import { type BodyReader, makeBodyReader } from './body.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { modelRoutes } from './model-routes.ts';
import type { Registry } from './registry.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './server-routes.ts';

export interface ServeAppOptions extends Pick<AppOptions, 'keys' | 'origins' | 'log'> {
  readonly models: Registry;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly version: string;
  /** What makes further routes of the reader of bodies: those of jobs. */
  readonly more?: (bodies: BodyReader) => readonly Route[];
}

export function makeServeApp({ models, version, more, ...options }: ServeAppOptions): ReturnType<typeof makeApp> {
  const { limits, metrics } = options;
  const bodies = makeBodyReader(limits);
  const others = [...modelRoutes({ models, limits, bodies }), ...(more?.(bodies) ?? [])];
  return makeApp({ ...options, routes: [...serverRoutes({ models, metrics, version, others }), ...others] });
}
