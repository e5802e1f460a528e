/** The built command as a user runs it: a process of its own in a folder of its own. `npm run build` comes first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const commandFile = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (!existsSync(commandFile)) throw new Error(`${commandFile} is missing: run npm run build first`);

/** How a command ended and what it wrote. */
export interface Outcome {
  /** Exit code; nothing after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves when standard error holds `text`; rejects when the command ends without. */
  shows(text: string): Promise<void>;
}

/** A temporary folder, removed when the tests of the file are over, and the commands run in it. */
export interface Workplace {
  readonly folder: string;
  path(...parts: string[]): string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  start(words: string, input?: string): Running;
  /** Runs `autoencoder <words>`; words are split at spaces. */
  run(words: string, input?: string): Promise<Outcome>;
  /** The object that `autoencoder <words> --json` prints; throws when it fails. */
  json(words: string): Promise<Record<string, unknown>>;
}

export async function makeWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const start = (words: string, input?: string): Running => {
    const list = words.split(' ').filter((word) => word !== '');
    return follow(spawn(process.execPath, [commandFile, ...list], { cwd: folder }), input);
  };
  const run = (words: string, input?: string): Promise<Outcome> => start(words, input).outcome;
  return {
    folder,
    path: (...parts) => join(folder, ...parts),
    async write(name, content) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    start,
    run,
    async json(words) {
      const { code, stdout, stderr } = await run(`${words} --json`);
      if (code !== 0) throw new Error(`autoencoder ${words} ended with ${code}:\n${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
  };
}

/** Collects what a process writes. */
export function follow(child: ChildProcess, input?: string): Running {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.end(input);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    outcome,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve();
        };
        look();
        child.stderr?.on('data', look);
        child.on('close', () => reject(new Error(`ended without saying ${JSON.stringify(text)}:\n${stderr}`)));
      }),
  };
}
