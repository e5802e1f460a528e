/**
 * Every page of docs/uses and docs/kinds, and those of the server, of interchange, of tuning and of scale, does what it says: its ```sh
 * blocks run one after the other in an empty folder, with the package as built. A block that needs what is not there (data of one's own)
 * is marked ```sh no-run.
 *
 *   node scripts/pages.mjs              all pages
 *   node scripts/pages.mjs anomalies.md tune.md
 *   node scripts/pages.mjs kinds/
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = new URL('../docs/', import.meta.url);
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const pagesIn = (folder) => readdirSync(new URL(folder, docs)).map((file) => `${folder}${file}`);
const pages = [...pagesIn('uses/'), ...pagesIn('kinds/'), 'interchange.md', 'serve.md', 'scale/README.md', 'tune.md'];
const asked = process.argv.slice(2);
const chosen = pages.filter((page) => asked.length === 0 || asked.some((name) => page.includes(name)));
if (chosen.length === 0) throw new Error(`no page ${asked.join(', ')}; there are ${pages.join(', ')}`);

const failures = [];
for (const page of chosen) {
  const began = Date.now();
  const failure = await failureOf(page);
  console.log(
    `${failure ? 'FAIL' : 'ok  '}  ${page.padEnd(22)} ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s`,
  );
  if (failure) failures.push(`${page}:\n${failure}`);
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

/** What the first block that fails printed; nothing where all do what they say. */
async function failureOf(page) {
  const blocks = shellBlocks(readFileSync(new URL(page, docs), 'utf8'));
  if (blocks.length === 0) return 'no block that runs';
  const folder = mkdtempSync(join(tmpdir(), `autoencoder-page-${basename(page, '.md')}-`));
  try {
    for (const block of blocks) {
      const { code, said } = await run(
        block.replaceAll('npx autoencoder', `"${process.execPath}" "${command}"`),
        folder,
      );
      if (code !== 0) return `${block}\nended with ${code}:\n${said}`;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(script, cwd) {
  const child = spawn('sh', ['-e', '-c', script], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}

/** What stands in the ```sh blocks of a page, without those that are marked. */
function shellBlocks(text) {
  return [...text.matchAll(/^```sh *([^\n]*)\n(.*?)^```$/gms)]
    .filter(([, mark]) => mark !== 'no-run')
    .map(([, , block]) => block);
}
