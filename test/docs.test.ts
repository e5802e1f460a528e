/**
 * Every page of docs/uses, and those of the server, of interchange, of tuning and of batch jobs, does what it says: its ```sh blocks run one after the other in one folder. A block that needs what is not
 * there (data of one's own) is marked ```sh no-run.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandFile, follow, makeWorkplace } from './command.ts';

const TIMEOUT = 600_000;

const folder = new URL('../docs/uses/', import.meta.url);
const pages = [
  ...readdirSync(folder).filter((file) => file.endsWith('.md')),
  '../interchange.md',
  '../serve.md',
  '../scale/README.md',
  '../tune.md',
];
const { path } = await makeWorkplace();

describe('docs/uses', () => {
  test.each(pages)(
    '%s',
    async (page) => {
      const place = path(basename(page));
      await mkdir(place);
      const blocks = shellBlocks(readFileSync(new URL(page, folder), 'utf8'));
      expect(blocks.length).toBeGreaterThan(0);
      for (const block of blocks) {
        const command = block.replaceAll('npx autoencoder', `"${process.execPath}" "${commandFile}"`);
        const { code, stderr } = await follow(spawn('sh', ['-e', '-c', command], { cwd: place })).outcome;
        expect(code, `${block}\n${stderr}`).toBe(0);
      }
    },
    TIMEOUT,
  );
});

/** What stands in the ```sh blocks of a page, without those that are marked. */
function shellBlocks(text: string): string[] {
  return [...text.matchAll(/^```sh *([^\n]*)\n(.*?)^```$/gms)]
    .filter(([, mark]) => mark !== 'no-run')
    .map(([, , block]) => block);
}
