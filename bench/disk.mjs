/**
 * Tables that do not fit into memory: rows a second that are scored, the most memory that takes, and training from disk beside training
 * in memory. Makes its own Parquet by DuckDB, from row numbers alone, and takes it away again.
 *
 *   node bench/disk.mjs [--rows N] [--type FLOAT|DOUBLE] [--only scoring|training] [--folder F]     1 000 000 rows when absent
 *
 * Needs `npm run build`; writes bench/results/disk.json.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { planLearning } from '../dist/applications/begin-learning.js';
import { readDiskData } from '../dist/applications/disk-data.js';
import { makeRecipe } from '../dist/applications/recipe.js';
import { createRandom } from '../dist/base/random.js';
import { nodeEngine } from '../dist/engine/node.js';
import { makeRunner } from '../dist/model/runner.js';
import { finish } from '../dist/training/events.js';
import { train } from '../dist/training/train.js';

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    type: { type: 'string', default: 'FLOAT' },
    only: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const ROWS = Number(given.rows);
const COLUMNS = 20;
const HIDDEN = { hidden: [16], latent: 4 };
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(given.folder, 'autoencoder-disk-'));
const at = (name) => join(folder, name);
const loadBefore = loadavg()[0];

const results = [];
try {
  if (given.only !== 'training') results.push(await scoring());
  if (given.only !== 'scoring')
    for (const [options, rows, rounds] of [
      [HIDDEN, 2_000_000, 5],
      [{}, 300_000, 5],
    ])
      results.push(await training(options, Math.min(ROWS, rows), rounds));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
keep(results);

/** Four numbers drawn by the row's number, which 20 columns are made of, with noise. */
async function makeParquet(name, rows, type) {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: folder,
  });
  const connection = await instance.connect();
  const factor = (word, place) => `((${word} >> ${place}) & 65535)::${type} / 65536`;
  const factors = [0, 16, 32, 48].map((place, k) => `${factor('h', place)} AS u${k}, ${factor('g', place)} AS v${k}`);
  const columns = Array.from({ length: COLUMNS }, (_, k) => {
    const [first, second, third] = [`u${k % 4}`, `u${(k + 1) % 4}`, `u${(k + 2) % 4}`];
    const noise = `v${k % 4} * ${(0.02 + k / 1000).toFixed(3)}`;
    return `(${k} + ${first} * ${1 + k / 10} - ${second} * ${first} + ${third} * ${third} * ${k % 3} + ${noise})::${type} AS c${k}`;
  });
  const began = performance.now();
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM (SELECT ${factors.join(', ')} FROM (SELECT hash(i) AS h, hash(i + 1000000007) AS g FROM range(${rows}) t(i)))) TO '${at(name)}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  connection.closeSync();
  const megabytes = statSync(at(name)).size / 2 ** 20;
  console.log(
    `${name}: ${rows} rows, ${megabytes.toFixed(0)} MB in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  return megabytes;
}

/** The command in a process of its own, with the most memory that it ever had. */
function run(words) {
  const child = spawn(process.execPath, [command, ...words, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [stdout, peak] = ['', 0];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const look = () => {
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(look, 100);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ ...JSON.parse(stdout), peakMegabytes: peak });
      else reject(new Error(`autoencoder ${words.join(' ')} ended with ${code}`));
    });
  });
}

async function scoring() {
  await makeParquet('few.parquet', 50_000, given.type);
  const words = ['--hidden', '16', '--latent', '4', '--epochs', '5', '--out', 'model'];
  await run(['train', 'few.parquet', ...words]);
  const fileMegabytes = await makeParquet('rows.parquet', ROWS, given.type);
  const done = await run(['anomalies', 'model', 'rows.parquet', '--out', 'scores.parquet', '--threshold', '30']);
  const row = {
    what: 'scoring',
    rows: done.rows,
    columns: COLUMNS,
    type: given.type,
    fileMegabytes,
    seconds: done.seconds,
    rowsPerSecond: done.rowsPerSecond,
    peakMegabytes: done.peakMegabytes,
    reader: done.reader,
    scoresMegabytes: statSync(at('scores.parquet')).size / 2 ** 20,
    loadBefore,
    loadAfter: loadavg()[0],
  };
  console.log(JSON.stringify(row));
  for (const name of ['rows.parquet', 'scores.parquet']) rmSync(at(name), { force: true });
  return row;
}

/** Examples a second of the training alone, in turns. */
async function training(options, rows, rounds) {
  await makeParquet('train.parquet', rows, given.type);
  const recipe = makeRecipe({ ...options, epochs: 2, patience: 0, seed: 1 });
  const request = {
    name: 'made',
    files: [at('train.parquet')],
    reading: {},
    without: [],
    recipe,
    place: at('rows.tmp'),
  };
  const began = performance.now();
  const disk = await readDiskData(request);
  const preparing = (performance.now() - began) / 1000;
  const whole = await readDiskData({ ...request, window: rows });
  const { model, training: chosen } = planLearning({ source: disk, recipe });
  const { examples } = await whole.windows(chosen.batchSize).pass(createRandom(1)).window(0);
  await whole.end();
  const engine = nodeEngine();
  const rates = { memory: [], disk: [] };
  for (let round = 0; round < rounds; round++)
    for (const place of ['memory', 'disk']) {
      const runner = makeRunner(engine, model);
      const result = await finish(
        train({
          engine,
          model,
          runner,
          train: place === 'disk' ? disk.windows(chosen.batchSize) : examples,
          validation: disk.parts.validation,
          options: chosen,
          clock: () => performance.now(),
        }),
      );
      await runner.dispose();
      rates[place].push(Math.round(result.examplesPerSecond));
    }
  await disk.end();
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
  const { latent, network } = model.blueprint;
  const row = {
    what: 'training',
    network: `20-${network.options.hidden.join('-')}-${latent}`,
    rows: disk.count,
    columns: COLUMNS,
    memory: rates.memory,
    disk: rates.disk,
    ratio: median(rates.disk) / median(rates.memory),
    preparingRowsPerSecond: rows / preparing,
    threads: engine.threads,
    loadBefore,
    loadAfter: loadavg()[0],
  };
  console.log(JSON.stringify(row));
  return row;
}

/** What was measured before of other things stays. */
function keep(fresh) {
  const file = new URL('./results/disk.json', import.meta.url);
  mkdirSync(new URL('.', file), { recursive: true });
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores`;
  const date = new Date().toISOString().slice(0, 10);
  const key = ({ what, network = '', rows, type = '' }) =>
    [what, network, what === 'scoring' ? rows : '', type].join(' ');
  const dated = fresh.map((row) => ({ ...row, machine, node: process.version, date }));
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const kept = before.filter((old) => !dated.some((row) => key(row) === key(old)));
  writeFileSync(file, `${JSON.stringify({ results: [...kept, ...dated] }, undefined, 2)}\n`);
}
