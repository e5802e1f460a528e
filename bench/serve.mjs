/**
 * `autoencoder serve` under load, a model 784-128-64-32: single rows as JSON on 64 connections, and thousand rows as npy, there and back, on 4. The load
 * comes from a process of its own on the same machine, which takes its share of the cores.
 *
 *   node bench/serve.mjs [SECONDS]      20 when absent; writes bench/results/serve.json
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeNpy } from '../dist/data/formats/npy.js';

const seconds = Number(process.argv[2] ?? 20);
const WARM_SECONDS = 5;
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const load = fileURLToPath(new URL('load.mjs', import.meta.url));
const run = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), 'autoencoder-serve-'));
const model = join(folder, 'seed');
execFileSync(
  process.execPath,
  [
    command,
    ...'train digits --hidden 128,64 --latent 32 --activation relu --limit 2000 --epochs 3'.split(' '),
    '--out',
    model,
  ],
  { stdio: 'ignore' },
);
const pixels = (count) => Uint8Array.from({ length: 784 * count }, (_, i) => (i * 7919) % 256);
writeFileSync(join(folder, 'one.json'), JSON.stringify({ rows: [Array.from(pixels(1))] }));
writeFileSync(join(folder, 'thousand.npy'), encodeNpy(pixels(1000), [1000, 1, 28, 28]));

const server = spawn(process.execPath, [command, 'serve', model, '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { url } = JSON.parse(await new Promise((resolve) => server.stdout.once('data', resolve)));
const results = [];
try {
  for (const { name, file, type, connections, rows, span } of [
    { name: 'one row, JSON', file: 'one.json', type: 'application/json', connections: 64, rows: 1, span: seconds },
    {
      name: '1000 rows, npy of uint8',
      file: 'thousand.npy',
      type: 'application/x-npy',
      connections: 4,
      rows: 1000,
      span: Math.min(seconds, 60),
    },
  ]) {
    const ask = async (span) => {
      const words = [load, `${url}models/seed/score`, join(folder, file), type, connections, span].map(String);
      return JSON.parse((await run(process.execPath, words)).stdout);
    };
    await ask(WARM_SECONDS);
    const before = { ...(await gauges()), load: loadavg()[0] };
    const figures = await ask(span);
    const after = await gauges();
    results.push({
      name,
      connections,
      ...figures,
      rowsPerSecond: figures.perSecond * rows,
      memoryBeforeMB: before.memory / 1e6,
      memoryAfterMB: after.memory / 1e6,
      serverCores: (after.cpu - before.cpu) / figures.seconds,
      loadBefore: before.load,
    });
    console.log(JSON.stringify(results.at(-1)));
  }
} finally {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true });
}
const file = new URL('./results/serve.json', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores`;
const date = new Date().toISOString().slice(0, 10);
const now = results.map((row) => ({ ...row, machine, node: process.version, date }));
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
// A long run and a short one stand beside one another, and other machines.
const isAgain = (old) =>
  now.some(
    (row) =>
      row.name === old.name &&
      row.machine === old.machine &&
      Math.round(row.seconds / 10) === Math.round(old.seconds / 10),
  );
const all = [...before.filter((old) => !isAgain(old)), ...now].sort((x, y) =>
  x.name < y.name ? -1 : x.name > y.name ? 1 : y.seconds - x.seconds,
);
writeFileSync(file, `${JSON.stringify({ results: all }, undefined, 2)}\n`);

async function gauges() {
  const text = await (await fetch(`${url}metrics`)).text();
  const of = (name) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  return { memory: of('process_resident_memory_bytes'), cpu: of('process_cpu_seconds_total') };
}
