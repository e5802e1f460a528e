/**
 * Everything that must hold before a change is good: one line a step, what a failing step printed below it, exit code 1.
 *
 *   node scripts/check.mjs            all steps
 *   node scripts/check.mjs lint tests  only those
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);

/** In the order of how soon they tell something. A step gives nothing when it holds, `skipped(why)`, or throws. */
const STEPS = {
  build: () => node('scripts/build.mjs'),
  types: () => tool('tsc', '-p', 'tsconfig.json'),
  'types of the page': () => ifThere('src/report/page/tsconfig.json', (file) => tool('tsc', '-p', file, '--noEmit')),
  'types of the studio': () => tool('tsc', '-p', 'studio/tsconfig.json'),
  lint: () => tool('biome', 'check', '--error-on-warnings'),
  imports: () => node('scripts/check-imports.mjs'),
  unused: () => tool('knip', '--no-progress'),
  tests: () => tool('vitest', 'run', '--silent'),
  examples,
  pages: () => node('scripts/pages.mjs'),
  docs: () => ifThere('scripts/docs.mjs', docsUnchanged),
  package: async () => {
    await tool('publint', '--strict');
    // Everything is an ES module: others load it by `import()`.
    await tool('attw', '--pack', '.', '--profile', 'esm-only', '--format', 'ascii');
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}`);
  process.exit(2);
}

const failed = [];
for (const [name, step] of Object.entries(STEPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const began = Date.now();
  const say = (verdict, more = '') =>
    console.log(
      `${verdict.padEnd(5)} ${name.padEnd(18)}${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s${more}`,
    );
  try {
    const why = await step();
    if (why === undefined) say('ok');
    else say('skip', `  ${why}`);
  } catch (error) {
    failed.push(name);
    say('FAIL');
    console.log(error.message.replace(/^/gm, '      '));
  }
}
console.log(failed.length === 0 ? 'all holds' : `failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function ifThere(path, step) {
  return existsSync(at(path)) ? step(path) : `there is no ${path} yet`;
}

/** Runs every example for a few epochs in an empty folder; an example throws where it did not learn. */
async function examples() {
  const files = existsSync(at('examples')) ? readdirSync(at('examples')).filter((name) => name.endsWith('.ts')) : [];
  if (files.length === 0) return 'there are no examples yet';
  if (!existsSync(at('dist/index.js'))) return 'there is no dist/index.js yet';
  const failures = [];
  for (const file of files) {
    const folder = mkdtempSync(join(tmpdir(), 'autoencoder-example-'));
    try {
      await run(at('node_modules/.bin/tsx'), [at(`examples/${file}`)], {
        cwd: folder,
        env: { AUTOENCODER_EPOCHS: '5' },
      });
    } catch (error) {
      failures.push(`${file}:\n${error.message}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** Writes the generated docs again and compares what was there before with what is there now. */
async function docsUnchanged(script) {
  const before = fingerprints();
  await node(script);
  const after = fingerprints();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );
  if (changed.length > 0) throw new Error(`written anew, so look at them and commit: ${changed.join(', ')}`);
}

function fingerprints() {
  const found = new Map();
  const visit = (path) => {
    if (!existsSync(at(path))) return;
    if (statSync(at(path)).isDirectory()) for (const name of readdirSync(at(path))) visit(`${path}/${name}`);
    else
      found.set(
        path,
        createHash('sha256')
          .update(readFileSync(at(path)))
          .digest('hex'),
      );
  };
  for (const path of ['docs', 'README.md']) visit(path);
  return found;
}

/** A command of a development dependency. */
function tool(name, ...words) {
  return run(at(`node_modules/.bin/${name}`), words);
}

function node(script) {
  return run(process.execPath, [at(script)]);
}

/** Settles when the command has ended; its output is the error's message where it fails. */
function run(command, words, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = `${output}${chunk}`.slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(undefined) : reject(new Error(output.trim() || `ended with ${code}`)),
    );
  });
}
