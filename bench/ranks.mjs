/**
 * Training over ranks: two ranks on this machine's cores beside one process with as many threads, by turns; what a sum over ranks takes by
 * its size, in one machine and between two hosts (network namespaces); and from these figures, 64 hosts on paper.
 *
 *   node bench/ranks.mjs [--rounds 5] [--only trainings|sums|paper]     needs Open MPI; the two hosts root and iproute2; writes
 *   bench/results/ranks.json, and keeps in it what it is not asked for
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { rounds, only } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' } },
}).values;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const command = at('../dist/cli/main.js');
const MPIRUN = ['mpirun', '--allow-run-as-root', '-np', '2'];
const THREADS = cpus().length;

const nets = [
  { name: 'dense 128-64-32', words: '--hidden 128,64 --latent 32 --batch-size 256 --limit 12000 --epochs 3' },
  { name: 'dense 1024-512-64', words: '--hidden 1024,512 --latent 64 --batch-size 256 --limit 3000 --epochs 2' },
  {
    name: 'convolutional 32-64',
    words: '--network convolutional --channels 32,64 --latent 32 --batch-size 256 --limit 1500 --epochs 1',
  },
];
const ways = {
  alone: [process.execPath, [], `--threads ${THREADS}`],
  ranks: [MPIRUN[0], [...MPIRUN.slice(1), process.execPath], '--threads 1'],
  averaged: [MPIRUN[0], [...MPIRUN.slice(1), process.execPath], '--threads 1 --sync-every 16'],
};

const folder = mkdtempSync(join(tmpdir(), 'autoencoder-ranks-'));
const text = (program, words) =>
  execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
const spread = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)], least: sorted[0], most: sorted.at(-1) };
};

const file = new URL('./results/ranks.json', import.meta.url);
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const loadBefore = loadavg()[0];
const isMeasured = (part) => only === undefined || only === part;
const trainings = isMeasured('trainings') ? [] : before.trainings;
const sums = isMeasured('sums') ? {} : before.sums;
try {
  for (const { name, words } of isMeasured('trainings') ? nets : []) {
    const speeds = { alone: [], ranks: [], averaged: [] };
    let parameters = 0;
    for (let round = 0; round < Number(rounds); round++)
      for (const [way, [program, first, more]] of Object.entries(ways)) {
        const list = `train digits ${words} ${more} --patience 0 --json --overwrite --out model`.split(' ');
        const learned = JSON.parse(text(program, [...first, command, ...list]));
        speeds[way].push(learned.examplesPerSecond);
        ({ parameters } = learned);
      }
    const of = (way) => spread(speeds[way].map((speed, round) => speed / speeds.alone[round]));
    trainings.push({
      net: name,
      parameters,
      batch: 256,
      threads: THREADS,
      alone: spread(speeds.alone),
      ranks: of('ranks'),
      averaged: of('averaged'),
    });
    console.log(JSON.stringify(trainings.at(-1)));
  }
  const program = [process.execPath, at('ranks/all-reduce.mjs')];
  const hosts = (...rate) => text('sh', [at('two-hosts.sh'), ...rate, ...program]);
  if (isMeasured('sums')) {
    sums['shared memory'] = JSON.parse(text(MPIRUN[0], [...MPIRUN.slice(1), ...program]));
    sums['two hosts, TCP'] = JSON.parse(hosts());
    sums['two hosts, TCP, 1 Gbit/s'] = JSON.parse(hosts('-r', '1gbit'));
  }
  console.log(JSON.stringify(sums));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A message's latency (s) and bandwidth (bytes/s), of the fastest blocks: other work on the machine only adds to them. */
function cableOf(rows) {
  const seconds = (bytes) => rows.find((row) => row.bytes === bytes).least / 1e6;
  return { latency: seconds(1e3) / 2, bandwidth: 1e7 / seconds(1e7) };
}
/** Ring all-reduce: 2 (N − 1) messages one after the other, each 1/N of the bytes. */
const ring = (hosts, bytes, { latency, bandwidth }) =>
  2 * (hosts - 1) * latency + ((2 * (hosts - 1)) / hosts) * (bytes / bandwidth);
// The first is measured; of the others the latency is assumed, and that nine tenths of the rate are reached.
const cables = {
  '1 Gbit/s (as measured)': cableOf(sums['two hosts, TCP, 1 Gbit/s']),
  '10 Gbit/s (assumed: 30 µs)': { latency: 30e-6, bandwidth: 0.9 * 1.25e9 },
  '100 Gbit/s (assumed: 5 µs)': { latency: 5e-6, bandwidth: 0.9 * 12.5e9 },
};
const onPaper = trainings.flatMap(({ net, parameters, alone, batch }) =>
  Object.entries(cables).map(([cable, figures]) => {
    // Of the fastest round, and so of the least work for the sum to hide behind.
    const step = batch / alone.most;
    const exact = ring(64, 4 * parameters, figures);
    // Parameters and both moments of Adam, every 16 steps.
    const averaged = ring(64, 12 * parameters, figures) / 16;
    const speedup = (exchange) => (64 * step) / (step + exchange);
    return {
      net,
      cable,
      hosts: 64,
      stepMs: 1000 * step,
      sumMs: 1000 * exact,
      exact: speedup(exact),
      averaged: speedup(averaged),
    };
  }),
);

mkdirSync(new URL('.', file), { recursive: true });
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores`;
const mpi = execFileSync('mpirun', ['--version'], { encoding: 'utf8' }).split('\n')[0];
const date = new Date().toISOString().slice(0, 10);
const facts = {
  machine,
  node: process.version,
  mpi,
  date,
  rounds: isMeasured('trainings') ? Number(rounds) : before.rounds,
  loadBefore: isMeasured('trainings') ? loadBefore : before.loadBefore,
};
writeFileSync(file, `${JSON.stringify({ ...facts, trainings, sums, onPaper }, undefined, 2)}\n`);
