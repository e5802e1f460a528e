/** What can be asked of the server itself. */
import * as z from 'zod';
import { jsonAnswer } from './answer.ts';
import type { Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import type { Registry } from './registry.ts';
import type { Route } from './route.ts';

export interface ServerRoutesOptions {
  readonly models: Registry;
  readonly metrics: Metrics;
  readonly version: string;
  /** Of all the rest. */
  readonly others: readonly Route[];
}

const TEXT_TYPE = 'text/plain';

export function serverRoutes({ models, metrics, version, others }: ServerRoutesOptions): Route[] {
  const own: Route[] = [
    {
      method: 'GET',
      path: '/health',
      summary: 'whether the server answers',
      answer: { status: 200, json: z.object({ status: z.literal('ok'), models: z.int() }), binary: [] },
      isOpen: true,
      handle: () => jsonAnswer({ status: 'ok', models: models.all().length }),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'counts for Prometheus: requests, latencies, rows, batches, memory',
      answer: { status: 200, binary: [TEXT_TYPE] },
      handle: () => new Response(metrics.text(), { headers: { 'Content-Type': `${TEXT_TYPE}; version=0.0.4` } }),
    },
    {
      method: 'GET',
      path: '/openapi.json',
      summary: 'this interface, as OpenAPI 3.1',
      answer: { status: 200, json: z.looseObject({ openapi: z.string() }), binary: [] },
      handle: () => jsonAnswer(openApi([...own, ...others], version)),
    },
  ];
  return own;
}
