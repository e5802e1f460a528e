/** `autoencoder studio`: the page that trains, explains and uses autoencoders, on this machine. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { listen } from '../../server/listen.ts';
import { studioFiles, studioPages } from '../../server/studio-pages.ts';
import { parsePort } from '../flags.ts';
import { refuseExisting } from '../output-file.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags {
  readonly port: number;
  readonly open: boolean;
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
    .option('--export <folder>', 'instead, write the page as files for any web host')
    .option('--overwrite', 'replace the page that is in --export already')
    .option('--json', 'print one JSON object on standard output, everything else on standard error')
    .addHelpText(
      'after',
      '\nExamples:\n  autoencoder studio\n  autoencoder studio --port 8080 --no-open\n  autoencoder studio --export public/studio',
    )
    .action((flags: Flags) => (flags.export === undefined ? run(flags, signal) : write(flags.export, flags)));
}

async function run({ port, open, json }: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(json ?? false);
  const server = await listen(studioPages(studioFiles()), { port });
  terminal.say(`The studio is at ${server.url}`);
  terminal.note('Ctrl-C ends it.');
  terminal.result({ url: server.url });
  if (open && process.stdout.isTTY) openBrowser(server.url);
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
