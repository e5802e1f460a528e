/** What happened in a job, numbered from 1, kept in a file, and followed by as many as like. */
import { readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import * as z from 'zod';

const eventSchema = z.strictObject({ id: z.int().min(1), type: z.string(), data: z.unknown() });

export type JobEvent = z.infer<typeof eventSchema>;

export interface JobLog {
  add(type: string, data: unknown): void;
  /** Nothing more will be added for now: who follows is told so. */
  end(): void;
  /** Events after number `after`, as they come, until `end`. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<JobEvent, void>;
  /** Settles when all is in the file. */
  written(): Promise<void>;
}

/** The log in `file`, with what is in it already; a last line that was cut off is left out. */
export function openJobLog(file: string): JobLog {
  const events = readEvents(file);
  const waiting = new Set<() => void>();
  let isEnded = true;
  let writing: Promise<void> = Promise.resolve();
  const wake = (): void => {
    for (const go of waiting) go();
    waiting.clear();
  };
  return {
    add(type, data) {
      const event = { id: (events.at(-1)?.id ?? 0) + 1, type, data };
      isEnded = false;
      events.push(event);
      // A full disk must not end the training: what cannot be kept is still told.
      writing = writing.then(() => appendFile(file, `${JSON.stringify(event)}\n`)).catch(() => {});
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    async *follow(after, signal) {
      let at = events.findIndex(({ id }) => id > after);
      if (at < 0) at = events.length;
      while (!signal.aborted) {
        if (at < events.length) yield events[at++];
        else if (isEnded) return;
        else
          await new Promise<void>((resolve) => {
            waiting.add(resolve);
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
      }
    },
    written: () => writing,
  };
}

function readEvents(file: string): JobEvent[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const events: JobEvent[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const result = eventSchema.safeParse(parsed(line));
    if (result.success && result.data.id > (events.at(-1)?.id ?? 0)) events.push(result.data);
  }
  return events;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
