/**
 * One convolution beside PyTorch, forward and backward: medians over interleaved rounds. 64 to 64 channels, 3×3, on 32×32, batch 32.
 * PyTorch both as its tutorials write it and with its tensors in channels-last order.
 *
 *   node bench/convolution.mjs [--rounds 5] [--seconds 2] [--threads 1,2] [--python python3]   (after npm run build)
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareMilliseconds } from './rounds.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', multiple: true, default: ['python3'] },
  },
});
const peer = (file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));

for (const threads of flags.threads.split(',')) {
  const words = ['--threads', threads, '--seconds', flags.seconds];
  const commands = [
    [process.execPath, peer('convolution.mjs'), ...words],
    ...flags.python.flatMap((python) =>
      ['contiguous', 'channels-last'].map((order) => [python, peer('convolution.py'), ...words, '--order', order]),
    ),
  ];
  const title = `64→64 3×3 on 32×32, batch 32, ${threads} thread${threads === '1' ? '' : 's'}`;
  compareMilliseconds(title, commands, Number(flags.rounds));
}
