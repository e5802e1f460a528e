/** `--log`: where a training is told besides its folder, by name. */
import { basename, resolve } from 'node:path';
import { OptionError } from '../base/errors.ts';
import { mlflowLog } from '../report/logs/mlflow.ts';
import type { RunLog } from '../report/logs/run-log.ts';
import { tensorboardLog } from '../report/logs/tensorboard.ts';

export const LOG_WORDS =
  'also tell figures to: tensorboard (event files in --out), or mlflow=URL[#experiment] (a tracking server)';

interface Run {
  readonly folder: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const EXPERIMENT = 'autoencoder';
const now = (): number => Date.now() / 1000;

/** @throws OptionError for a word that names no log; FileError, or OptionError for a server that does not answer. */
export async function openLogs(words: readonly string[], { folder, options }: Run): Promise<RunLog[]> {
  const logs: RunLog[] = [];
  for (const word of words) {
    const server = serverIn(word);
    const name = basename(resolve(folder));
    logs.push(server ? await mlflowLog({ ...server, folder, name, options, now }) : await tensorboardLog(folder, now));
  }
  return logs;
}

/** @throws OptionError for a word that names no log. */
export function checkLogs(words: readonly string[]): void {
  for (const word of words) if (word !== 'tensorboard' && !serverIn(word)) throw unknown(word);
}

function serverIn(word: string): { readonly url: string; readonly experiment: string } | undefined {
  if (!word.startsWith('mlflow=')) return undefined;
  const address = word.slice('mlflow='.length);
  if (!URL.canParse(address) || !/^https?:/.test(address)) throw unknown(word);
  const { origin, pathname, hash } = new URL(address);
  return { url: `${origin}${pathname}`, experiment: decodeURIComponent(hash.slice(1)) || EXPERIMENT };
}

function unknown(word: string): OptionError {
  return new OptionError({
    where: '--log',
    expected: 'tensorboard, or mlflow=http://SERVER:PORT[#experiment]',
    got: JSON.stringify(word),
    fix: 'write it like these',
  });
}
