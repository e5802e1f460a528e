/** A log as server-sent events (WHATWG HTML, section 9.2): each with its number, so that who lost the connection goes on after the last. */
import type { JobLog } from './job-log.ts';
import { Refusal } from './refusal.ts';

/** Streams that are open. */
export interface Streams {
  open: number;
}

const MOST_STREAMS = 100;
/** A comment now and then keeps what stands between from cutting the connection. */
const COMMENT_MS = 15_000;

export function makeStreams(): Streams {
  return { open: 0 };
}

/** The answer; no more is read from the log than the client takes. Ends with the log, or by `signal`. */
export function eventStream(streams: Streams, log: JobLog, after: number, signal: AbortSignal): Response {
  if (streams.open >= MOST_STREAMS) throw tooMany();
  streams.open++;
  const gone = new AbortController();
  const events = log.follow(after, AbortSignal.any([signal, gone.signal]));
  const encoder = new TextEncoder();
  let comments: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (gone.signal.aborted) return;
    gone.abort();
    clearInterval(comments);
    streams.open--;
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': events\n\n'));
      comments = setInterval(() => controller.enqueue(encoder.encode(':\n\n')), COMMENT_MS);
    },
    async pull(controller) {
      const { value, done } = await events.next();
      if (gone.signal.aborted) return;
      if (done) {
        end();
        controller.close();
      } else {
        const { id, type, data } = value;
        controller.enqueue(encoder.encode(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`));
      }
    },
    cancel: end,
  });
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
  });
}

function tooMany(): Refusal {
  return new Refusal(429, {
    where: 'the streams of events',
    expected: `at most ${MOST_STREAMS} at a time`,
    got: 'as many',
    fix: 'close one first',
  });
}
