/**
 * Recurrent layers beside PyTorch, forward and backward: medians over interleaved rounds.
 *
 *   node bench/recurrence.mjs [--rounds 5] [--seconds 2] [--cells lstm,gru] [--threads 1,2] [--python python3]   (after npm run build)
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareMilliseconds } from './rounds.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    cells: { type: 'string', default: 'lstm,gru' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', multiple: true, default: ['python3'] },
  },
});
const peer = (file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));

for (const cell of flags.cells.split(','))
  for (const threads of flags.threads.split(',')) {
    const words = ['--cell', cell, '--threads', threads, '--seconds', flags.seconds];
    const commands = [
      [process.execPath, peer('recurrence.mjs'), ...words],
      ...flags.python.map((python) => [python, peer('recurrence.py'), ...words]),
    ];
    compareMilliseconds(
      `${cell.toUpperCase()}, 140 steps, 64 units, batch 32, ${threads} thread${threads === '1' ? '' : 's'}`,
      commands,
      Number(flags.rounds),
    );
  }
