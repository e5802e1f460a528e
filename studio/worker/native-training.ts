/** A training by the program that serves the page: told what to train, it tells what happens; what it learned is kept by the page. */
import { EngineError } from 'autoencoder/browser';
import type { Command, Told, Wish } from '../native/messages.ts';
import { pack, unpackAll } from '../native/packed.ts';
import type { Course, Outcome, Running } from './training.ts';

export interface Native {
  /** Where the program takes trainings. */
  readonly url: string;
  readonly key: string;
}

/** @throws EngineError, as `ended`, when the program goes away. */
export function beginNatively({ url, key }: Native, course: Course): Running {
  const gone = new AbortController();
  const id = crypto.randomUUID();
  const ask = async (path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/octet-stream' };
    const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body, signal: gone.signal });
    if (!response.ok) throw await refused(response);
    return response;
  };
  const command = (name: Command) => (): void => {
    // What cannot be told any more is told by `ended`.
    ask(`${id}/${name}`).catch(() => {});
  };
  return {
    ended: follow(() => ask(id, pack(wishOf(course))), course).catch((error: unknown) => {
      if (error instanceof EngineError) throw error;
      throw hasEnded(error);
    }),
    pause: command('pause'),
    goOn: command('goOn'),
    stop: command('stop'),
    abort: () => gone.abort(),
  };
}

function wishOf({ source, options, checkpoint }: Course): Wish {
  return { source, options, checkpoint };
}

async function follow(open: () => Promise<Response>, { listener, keep }: Course): Promise<Outcome> {
  const { body } = await open();
  if (body)
    for await (const value of unpackAll(body)) {
      const told = value as Told;
      switch (told.type) {
        case 'event':
          listener.event(told.event);
          break;
        case 'look':
          listener.look(told.look);
          break;
        case 'checkpoint':
          await keep(told.checkpoint, told.epoch).then(
            () => listener.saved(undefined),
            (error: unknown) => listener.saved(error instanceof Error ? error.message : String(error)),
          );
          break;
        case 'ended':
          return told.outcome;
        case 'failed':
          throw new EngineError(told.message);
        default:
          return told satisfies never;
      }
    }
  throw hasEnded();
}

async function refused(response: Response): Promise<EngineError> {
  const { error } = (await response.json().catch(() => ({}))) as { error?: Readonly<Record<string, string>> };
  const { where = 'the program', expected = 'a training', got = `status ${response.status}` } = error ?? {};
  return new EngineError({ where, expected, got, fix: error?.fix ?? 'start it again, or train in the page' });
}

function hasEnded(cause?: unknown): EngineError {
  return new EngineError(
    {
      where: 'the program on this machine',
      expected: 'an end of the training',
      got: 'none: it was ended, or the connection to it',
      fix: 'start it again, or go on in the page',
    },
    { cause },
  );
}
