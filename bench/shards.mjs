/**
 * A batch job under fire, on Redis and on PostgreSQL: 4 workers, of which one is killed every 2 seconds and started again, and what
 * comes out beside a run that nothing disturbs. Needs redis-server and PostgreSQL on the machine.
 *
 *   node bench/shards.mjs [SHARDS] [BROKER]      320 and both when absent; writes bench/results/shards.json
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { createRandom } from '../dist/base/random.js';
import { encodeNpy } from '../dist/data/formats/npy.js';

const { brokerPrograms } = await tsImport('../test/scale/brokers.ts', import.meta.url);
const { workUnderFire } = await tsImport('../test/scale/under-fire.ts', import.meta.url);

const SHARDS = Number(process.argv[2] ?? 320);
const only = process.argv[3];
const ROWS = 2000;
const FILES = 8;
const WORKERS = 4;
const KILL_SECONDS = 2;
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'autoencoder-shards-'));
const run = (words) =>
  execFileSync(process.execPath, [command, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
const json = (words) => JSON.parse(run([...words.split(' '), '--json']));
const hash = (file) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex');

const results = [];
try {
  run('train digits --hidden 512,256 --latent 32 --activation relu --limit 2000 --epochs 2 --out model'.split(' '));
  mkdirSync(join(folder, 'data'));
  const rowsOfFile = (SHARDS / FILES) * ROWS;
  for (let file = 0; file < FILES; file++) {
    const pixels = randomFillSync(new Uint8Array(784 * rowsOfFile));
    writeFileSync(join(folder, 'data', `${file}.npy`), encodeNpy(pixels, [rowsOfFile, 1, 28, 28]));
  }
  const plan = (name, more = '') =>
    json(`shard plan data --model model --task score --rows ${ROWS} --format npy --out ${name}${more}`);
  const { shards, rows } = plan('quiet');
  const began = performance.now();
  run(['shard', 'run', 'quiet', '--threads', '1']);
  const quietSeconds = (performance.now() - began) / 1000;
  run(['shard', 'merge', 'quiet', '--out', 'quiet.npy']);
  console.log(`${shards} shards, ${rows} rows; one process, one thread: ${quietSeconds.toFixed(1)} s`);
  for (const { name, isThere, start } of brokerPrograms) {
    if (only !== undefined && only !== name) continue;
    if (!isThere) {
      console.log(`skipped: ${name} is not installed`);
      continue;
    }
    const broker = await start();
    try {
      plan(name, ` --broker ${broker.url}`);
      const loadBefore = loadavg()[0];
      const { kills, seconds, codes } = await workUnderFire({
        command,
        job: join(folder, name),
        broker: broker.url,
        workers: WORKERS,
        random: createRandom(1),
        isTime: (passed, killed) => passed > KILL_SECONDS * (killed + 1),
      });
      const merged = json(`shard merge ${name} --out ${name}.npy`);
      const parts = readdirSync(join(folder, name, 'parts')).length;
      results.push({
        broker: name,
        shards,
        rows,
        workers: WORKERS,
        killEverySeconds: KILL_SECONDS,
        kills,
        seconds,
        quietSeconds,
        parts,
        mergedRows: merged.rows,
        lost: rows - merged.rows,
        isSameAsQuiet: hash(`${name}.npy`) === hash('quiet.npy'),
        exitCodes: codes,
        loadBefore,
      });
      console.log(JSON.stringify(results.at(-1)));
    } finally {
      await broker.remove();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const file = new URL('./results/shards.json', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores`;
const date = new Date().toISOString().slice(0, 10);
const dated = results.map((row) => ({ ...row, machine, node: process.version, date }));
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
const kept = before.filter((old) => !dated.some(({ broker }) => broker === old.broker));
writeFileSync(file, `${JSON.stringify({ results: [...kept, ...dated] }, undefined, 2)}\n`);
