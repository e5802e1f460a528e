/** What the benchmarks share: running a peer in a process of its own, the middle of what it measured, and a table of one layer. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

// Beside PyTorch's OpenMP threads, Debian's default OpenBLAS brings threads of its own, and the two crowd each other out.
const OPENMP_BLAS = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/** The JSON line that a peer prints last, or undefined after saying on stderr why there is none. */
export function lineOf(name, [program, ...words], environment = {}) {
  const env = {
    ...process.env,
    ...(existsSync(OPENMP_BLAS) ? { LD_LIBRARY_PATH: OPENMP_BLAS } : {}),
    ...environment,
  };
  if (!('OPENBLAS_CORETYPE' in environment)) delete env.OPENBLAS_CORETYPE;
  const { status, stdout, stderr } = spawnSync(program, words, { env, encoding: 'utf8' });
  const last = stdout?.trim().split('\n').at(-1);
  if (status === 0 && last) return JSON.parse(last);
  console.error(`${name}: ${stderr?.trim().split('\n').at(-1)}`);
  return undefined;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Runs the peers in turn, round after round, and prints each one's milliseconds beside those of the first, which is ours. Keeps them
 * under the title in bench/results/layers.json.
 */
export function compareMilliseconds(title, commands, rounds) {
  const lines = commands.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, command] of commands.entries()) lines[at].push(lineOf(command.slice(0, 2).join(' '), command));
  const of = (all, key) => all.map((line) => line[key]);
  const peers = lines
    .map((all) => all.filter(Boolean))
    .filter(([line]) => line)
    .map((all) => ({
      name: all[0].version,
      milliseconds: median(of(all, 'medianMs')),
      least: Math.min(...of(all, 'leastMs')),
      ...(all[0].buildMs ? { buildMilliseconds: median(of(all, 'buildMs')) } : {}),
    }));
  console.log(`\n${title}`);
  for (const { name, milliseconds, least, buildMilliseconds } of peers) {
    const built = buildMilliseconds ? `  built in ${buildMilliseconds.toFixed(0)} ms` : '';
    const ratio = (milliseconds / peers[0].milliseconds).toFixed(2);
    console.log(
      `  ${name.padEnd(34)} ${milliseconds.toFixed(2)} ms (least ${least.toFixed(2)})  ours ${ratio}×${built}`,
    );
  }
  const file = new URL('./results/layers.json', import.meta.url);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).comparisons : [];
  const now = {
    title,
    peers,
    rounds,
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
  const comparisons = [...before.filter((other) => other.title !== title), now];
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ comparisons }, undefined, 2)}\n`);
}
