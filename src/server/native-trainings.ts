/**
 * Trainings for the page of the studio, each in a process of its own that lives as long as the page listens to it.
 *
 *   request ── what to train ──▶ process ── what happens ──▶ answer        the server reads neither
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { jsonAnswer } from './answer.ts';
import { Refusal } from './refusal.ts';
import { type Asking, JSON_TYPE, type Route } from './route.ts';

export interface NativeTrainingsOptions {
  /** File of the process. */
  readonly program: URL;
  /** All cores when absent. */
  readonly threads?: number;
  /** Ends the processes. */
  readonly signal: AbortSignal;
}

/** Where they are, below the page. */
export const NATIVE_PATH = '/native';

const BYTES_TYPE = 'application/octet-stream';
const COMMANDS = ['pause', 'goOn', 'stop'];
/** Processes at a time: tabs of one user. */
const MOST = 4;

export function nativeTrainings({ program, threads, signal }: NativeTrainingsOptions): Route[] {
  const processes = new Map<string, ChildProcess>();
  const begin = ({ incoming, parameters: { id } }: Asking): Response => {
    if (processes.has(id)) throw conflict();
    if (processes.size >= MOST) throw tooMany();
    const child = spawn(process.execPath, [fileURLToPath(program), String(threads ?? '')], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    });
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new Error('internal: a process without streams');
    processes.set(id, child);
    const end = (): void => {
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', end, { once: true });
    child.once('close', () => {
      processes.delete(id);
      signal.removeEventListener('abort', end);
    });
    // A page that goes away in the midst of its wish, or a process that ends before it has read it, ends the other.
    stdin.on('error', end);
    incoming.on('error', end).pipe(stdin);
    const told = Readable.toWeb(stdout, { strategy: { highWaterMark: 1 } });
    return new Response(endedBy(told as ReadableStream<Uint8Array>, end), {
      headers: { 'Content-Type': BYTES_TYPE, 'Cache-Control': 'no-store' },
    });
  };
  return [
    {
      method: 'POST',
      path: `${NATIVE_PATH}/:id`,
      summary:
        'begins a training; the answer tells what happens until it ends, and ends it when nobody reads it any more',
      answer: { status: 200, binary: [BYTES_TYPE] },
      handle: begin,
    },
    {
      method: 'POST',
      path: `${NATIVE_PATH}/:id/:command`,
      summary: `${COMMANDS.join(', ')}: asks it of a training`,
      answer: { status: 200, json: z.object({}), binary: [JSON_TYPE] },
      handle({ parameters: { id, command } }) {
        const child = processes.get(id);
        if (!child || !COMMANDS.includes(command)) throw unknown();
        child.send(command, () => {});
        return jsonAnswer({});
      },
    },
  ];
}

/** The same stream; `end` is called when its reader goes away. */
function endedBy(stream: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}

function unknown(): Refusal {
  return new Refusal(404, {
    where: 'the training',
    expected: `one that is under way, and ${COMMANDS.join(', ')}`,
    got: 'another',
    fix: 'begin one first',
  });
}

function conflict(): Refusal {
  return new Refusal(409, {
    where: 'the training',
    expected: 'a new one',
    got: 'one of that name',
    fix: 'name it anew',
  });
}

function tooMany(): Refusal {
  return new Refusal(429, {
    where: 'trainings',
    expected: `at most ${MOST} at a time`,
    got: 'as many already',
    fix: 'stop one in another tab, or train in the page',
  });
}
