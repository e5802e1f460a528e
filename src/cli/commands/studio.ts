/** `autoencoder studio`: the page that trains, explains and uses autoencoders, on this machine. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { listen } from '../../server/listen.ts';
import { studioFiles } from '../../server/studio-pages.ts';
import { studioServer } from '../../server/studio-server.ts';
import { countParser, parsePort } from '../flags.ts';
import { refuseExisting } from '../output-file.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags {
  readonly port: number;
  readonly open: boolean;
  readonly threads?: number;
  readonly export?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const PORT = 4774;

export function addStudio(program: Command, signal: AbortSignal): void {
  program
    .command('studio')
    .summary('the same in a web page: train, understand and use by looking')
    .description(
      'Opens a page on this machine that trains, explains and uses autoencoders in the browser itself. Data does not leave the machine.',
    )
    .option('--port <n>', 'where to listen; 0 takes any port that is free', parsePort, PORT)
    .option('--no-open', 'do not open a browser')
    .option(
      '--threads <n>',
      'processor threads of trainings that the page leaves to this program (default: all cores)',
      countParser('--threads'),
    )
    .option('--export <folder>', 'instead, write the page as files for any web host')
    .option('--overwrite', 'replace the page that is in --export already')
    .option('--json', 'print one JSON object on standard output, everything else on standard error')
    .addHelpText(
      'after',
      '\nExamples:\n  autoencoder studio\n  autoencoder studio --port 8080 --no-open\n  autoencoder studio --export public/studio',
    )
    .action((flags: Flags) => (flags.export === undefined ? run(flags, signal) : write(flags.export, flags)));
}

async function run({ port, open, threads, json }: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(json ?? false);
  // Who has this address may let this machine compute; other users of it may not.
  const key = randomBytes(16).toString('hex');
  const program = new URL('../../native/training.js', import.meta.url);
  const log = (line: string): void => terminal.note(line);
  const app = studioServer({ files: studioFiles(), key, program, threads, signal, log });
  const server = await listen(app, { port });
  const url = `${server.url}?key=${key}`;
  terminal.say(`The studio is at ${url}`);
  terminal.note('Ctrl-C ends it.');
  terminal.result({ url });
  if (open && process.stdout.isTTY) openBrowser(url);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
}

/** The page as files. A host that sends no isolation headers gives it one thread. */
async function write(folder: string, flags: Flags): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  refuseExisting(join(folder, 'index.html'), flags);
  const files = studioFiles();
  for (const [name, path] of files) {
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target);
  }
  terminal.say(`The studio is in ${folder}: ${files.size} files for any web host.`);
  terminal.result({ folder, files: files.size });
}

/** Where there is a browser; where there is none, the address was printed. */
function openBrowser(url: string): void {
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  spawn(command, words, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
