/** Sends hostile requests to a server, and an honest one after every few of them. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Models, pictures, startServing } from '../serve/serving.ts';
import { type Hostile, request } from './hostile.ts';
import { hostileRequests } from './hostile-requests.ts';

/** Seconds that the server gives a request; answers come this and a little more later at most. */
export const SECONDS = 1.5;
export const SLACK_MS = 3000;
const AT_ONCE = 16;

export interface Answer {
  readonly family: string;
  readonly name: string;
  /** What came back until the server closed; nothing where it did not close in time. */
  readonly text?: string;
  /** Until it closed. */
  readonly ms: number;
}

export interface Attack {
  readonly answers: readonly Answer[];
  /** Of an honest request before, and after every few hostile ones. */
  readonly honest: readonly string[];
  /** What the server told of its own faults. */
  readonly log: readonly string[];
  /** What is in its folders and beside them afterwards. */
  readonly files: readonly string[];
}

export async function attack(models: Models): Promise<Attack> {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-attacked-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'secret.csv'), 'a\n1\n');
  const serving = await startServing(models, {
    limits: { seconds: SECONDS, bodyBytes: 1 << 20, rows: 1000 },
    jobs: join(folder, 'jobs'),
    data: join(folder, 'data'),
  });
  const good = [request({ body: JSON.stringify({ rows: [Array.from(pictures(1).values)] }) })];
  const asked = async (): Promise<string> => (await exchange(serving.port, good)).text?.split('\r\n\r\n')[1] ?? '';
  try {
    const list = Object.entries(hostileRequests()).flatMap(([family, all]) => all.map((one) => ({ family, ...one })));
    const answers: Answer[] = [];
    const honest = [await asked()];
    for (let at = 0; at < list.length; at += AT_ONCE) {
      const some = list.slice(at, at + AT_ONCE);
      answers.push(
        ...(await Promise.all(
          some.map(async ({ family, name, pieces }) => ({ family, name, ...(await exchange(serving.port, pieces)) })),
        )),
      );
      honest.push(await asked());
    }
    return { answers, honest, log: serving.log, files: (await readdir(folder, { recursive: true })).sort() };
  } finally {
    await serving.close(1);
    await rm(folder, { recursive: true });
  }
}

async function exchange(port: number, pieces: Hostile['pieces']): Promise<Pick<Answer, 'text' | 'ms'>> {
  const began = performance.now();
  const text = await new Promise<string | undefined>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    const timer = setTimeout(
      () => {
        socket.destroy();
        resolve(undefined);
      },
      SECONDS * 1000 + SLACK_MS,
    );
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    // A server that has answered need not take the rest.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
    const write = async (): Promise<void> => {
      for (const [at, piece] of pieces.entries()) {
        if (at > 0) await new Promise((next) => setTimeout(next, pieces.length > 10 ? 1 : 50));
        if (!socket.destroyed) socket.write(piece);
      }
    };
    write().catch(reject);
  });
  return { text, ms: performance.now() - began };
}

/** The status of an answer; nothing where there was none. */
export function statusOf({ text = '' }: Answer): number | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}
