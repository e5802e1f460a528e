/**
 * Recurrent layers beside PyTorch, forward and backward: medians over interleaved rounds.
 *
 *   node bench/recurrence.mjs [--rounds 5] [--seconds 2] [--cells lstm,gru] [--threads 1,2] [--python python3]   (after npm run build)
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    cells: { type: 'string', default: 'lstm,gru' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', multiple: true, default: ['python3'] },
  },
});
const OPENMP_BLAS = '/usr/lib/x86_64-linux-gnu/openblas-openmp';
const peer = (file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));
const peers = [
  [process.execPath, peer('recurrence.mjs')],
  ...flags.python.map((python) => [python, peer('recurrence.py')]),
];

for (const cell of flags.cells.split(','))
  for (const threads of flags.threads.split(',')) {
    const lines = peers.map(() => []);
    for (let round = 0; round < Number(flags.rounds); round++)
      for (const [at, command] of peers.entries()) lines[at].push(measure(command, cell, threads));
    const ours = median(lines[0], 'medianMs');
    console.log(`\n${cell}, ${threads} thread${threads === '1' ? '' : 's'}`);
    for (const all of lines.filter(([line]) => line)) {
      const typical = median(all, 'medianMs');
      console.log(
        `  ${all[0].version.padEnd(22)} ${typical.toFixed(2)} ms (least ${Math.min(...all.map(({ leastMs }) => leastMs)).toFixed(2)})  ours ${(typical / ours).toFixed(2)}×${all[0].buildMs ? `  built in ${median(all, 'buildMs').toFixed(0)} ms` : ''}`,
      );
    }
  }

function measure([program, file], cell, threads) {
  const env = { ...process.env, ...(existsSync(OPENMP_BLAS) ? { LD_LIBRARY_PATH: OPENMP_BLAS } : {}) };
  delete env.OPENBLAS_CORETYPE;
  const words = [file, '--cell', cell, '--threads', threads, '--seconds', flags.seconds];
  const { status, stdout, stderr } = spawnSync(program, words, { env, encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1));
  console.error(`${program}: ${stderr?.trim().split('\n').at(-1)}`);
  return undefined;
}

function median(lines, key) {
  const sorted = lines.map((line) => line[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
