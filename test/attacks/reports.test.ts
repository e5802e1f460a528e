/**
 * The native runtime reports to its makers by itself, and leaves an identifier, a database and logs where the user's files are: not from
 * here, neither from the command, nor from its threads, nor from the library.
 */
import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandFile, follow, makeWorkplace } from '../command.ts';

const place = await makeWorkplace();
const [home, temporary, work] = ['home', 'tmp', 'work'].map((name) => place.path(name));
const library = new URL('../../dist/index.js', import.meta.url).href;

beforeAll(() => Promise.all([home, temporary, work].map((folder) => mkdir(folder))));

/** In a home and a temporary folder of its own, with nothing in its environment that keeps the runtime quiet. */
async function left(...words: string[]): Promise<{ code: number | null; files: string[] }> {
  const { CI: _, ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...kept } = process.env;
  const env = { ...kept, HOME: home, TMPDIR: temporary };
  const { code } = await follow(spawn(process.execPath, words, { cwd: work, env })).outcome;
  const found = await Promise.all([home, temporary].map((folder) => readdir(folder, { recursive: true })));
  return { code, files: found.flat() };
}

const command = (words: string) => left(commandFile, ...words.split(' '));
const NOTHING = { code: 0, files: [] };

describe('nothing is left, nothing is sent', () => {
  test('by the command, and by the threads that it starts', async () => {
    const model = 'train digits --limit 200 --hidden 8 --latent 2 --epochs 1 --out model';
    expect(await command(model)).toEqual(NOTHING);
    expect(await command('reconstruct model digits --limit 50 --out rows.npy')).toEqual(NOTHING);
    expect(await command('shard plan rows.npy --model model --task score --rows 30 --out job')).toEqual(NOTHING);
    expect(await command('shard run job')).toEqual(NOTHING);
  });

  test('by the library', async () => {
    const program = `import { autoencoder } from ${JSON.stringify(library)};
      await autoencoder({ latent: 1, hidden: [] }).fit([[1, 2], [3, 4], [5, 7]], { epochs: 1 });`;
    expect(await left('--input-type=module', '--eval', program)).toEqual(NOTHING);
  });
});
