/** What can be asked of jobs: begin, look, follow, stop, go on. */
import * as z from 'zod';
import { makeRecipe } from '../applications/recipe.ts';
import { jsonAnswer } from './answer.ts';
import type { BodyReader } from './body.ts';
import type { DataShelf } from './data-shelf.ts';
import { eventStream, makeStreams } from './event-stream.ts';
import { type Jobs, jobSchema } from './jobs.ts';
import { Refusal } from './refusal.ts';
import { mediaTypeOf, parseJson } from './request.ts';
import { type Asking, JSON_TYPE, type Route } from './route.ts';

/** Numbers of a layer: a wish for more is a mistake, or an attack on the memory. */
const WIDEST = 16_384;
const TEXT = z.string().max(200);

const wishSchema = z.strictObject({
  data: TEXT.describe('a name of GET /data'),
  label: TEXT.optional().describe('column that names the class; kept out of the features'),
  time: TEXT.optional().describe('column that says when each row was; kept out of the features'),
  columns: z.array(TEXT).max(10_000).optional().describe('columns of a table to use'),
  limit: z.int().min(1).optional().describe('use the first examples'),
  options: z
    .looseObject({
      hidden: z.array(z.int().min(1).max(WIDEST)).max(32).optional(),
      latent: z.int().min(1).max(WIDEST).optional(),
    })
    .default({})
    .describe('options of autoencoder train, in camel case: kind, hidden, latent, epochs …'),
});

export interface JobRoutesOptions {
  readonly jobs: Jobs;
  readonly data: DataShelf;
  readonly bodies: BodyReader;
  /** Ends the streams of events. */
  readonly signal: AbortSignal;
}

export function jobRoutes({ jobs, data, bodies, signal }: JobRoutesOptions): Route[] {
  const streams = makeStreams();
  const one = (status: number) => ({ status, json: jobSchema, binary: [] });
  return [
    {
      method: 'GET',
      path: '/data',
      summary: 'names of what jobs may learn from',
      answer: { status: 200, json: z.object({ data: z.array(z.string()) }), binary: [] },
      handle: async () => jsonAnswer({ data: await data.names() }),
    },
    {
      method: 'GET',
      path: '/jobs',
      summary: 'all jobs',
      answer: { status: 200, json: z.object({ jobs: z.array(jobSchema) }), binary: [] },
      handle: () => jsonAnswer({ jobs: jobs.all().map((job) => job.describe()) }),
    },
    {
      method: 'POST',
      path: '/jobs',
      summary: 'begins a training; when it is done, its model is served under the id of the job',
      body: { json: wishSchema, binary: [] },
      answer: one(202),
      handle: ({ incoming }) => {
        mediaTypeOf(incoming, [JSON_TYPE]);
        return bodies.read(incoming, async (bytes) => {
          const wish = parseJson(bytes, wishSchema);
          makeRecipe(wish.options);
          const path = await data.find(wish.data);
          return jsonAnswer((await jobs.add({ ...wish, path })).describe(), 202);
        });
      },
    },
    {
      method: 'GET',
      path: '/jobs/:id',
      summary: 'a job',
      answer: one(200),
      handle: ({ parameters: { id } }) => jsonAnswer(jobs.get(id).describe()),
    },
    {
      method: 'GET',
      path: '/jobs/:id/events',
      summary: 'what happens in a job, as server-sent events; Last-Event-ID goes on after that one',
      answer: { status: 200, binary: ['text/event-stream'] },
      handle: (asking) => {
        const { log } = jobs.get(asking.parameters.id);
        return eventStream(streams, log, lastEventId(asking), signal);
      },
    },
    {
      method: 'DELETE',
      path: '/jobs/:id',
      summary: 'stops a job; its checkpoint is kept',
      answer: one(202),
      handle: async ({ parameters: { id } }) => jsonAnswer((await jobs.stop(id)).describe(), 202),
    },
    {
      method: 'POST',
      path: '/jobs/:id/resume',
      summary: 'goes on with a job that was stopped',
      answer: one(202),
      handle: async ({ parameters: { id } }) => jsonAnswer((await jobs.resume(id)).describe(), 202),
    },
  ];
}

function lastEventId({ incoming }: Asking): number {
  const header = incoming.headers['last-event-id'];
  if (header === undefined) return 0;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new Refusal(400, {
    where: 'Last-Event-ID',
    expected: 'the number of an event',
    got: 'something else',
    fix: 'send the id of the last event that came',
  });
}
