/** What the benchmarks share: running a peer in a process of its own, and the middle of what it measured. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

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

/** Runs the peers in turn, round after round, and prints each one's milliseconds beside those of the first, which is ours. */
export function compareMilliseconds(title, commands, rounds) {
  const lines = commands.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, command] of commands.entries()) lines[at].push(lineOf(command.slice(0, 2).join(' '), command));
  console.log(`\n${title}`);
  const measured = lines.map((all) => all.filter(Boolean)).filter(([line]) => line);
  const of = (all, key) => all.map((line) => line[key]);
  const ours = median(of(measured[0], 'medianMs'));
  for (const all of measured) {
    const typical = median(of(all, 'medianMs'));
    const least = Math.min(...of(all, 'leastMs'));
    const built = all[0].buildMs ? `  built in ${median(of(all, 'buildMs')).toFixed(0)} ms` : '';
    console.log(
      `  ${all[0].version.padEnd(34)} ${typical.toFixed(2)} ms (least ${least.toFixed(2)})  ours ${(typical / ours).toFixed(2)}×${built}`,
    );
  }
}
