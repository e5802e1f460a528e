import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureRow } from '../row.ts';

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MINUTES = 20;

await measureRow({
  name: 'tune-mnist',
  what: `MNIST, autoencoder tune with its defaults and --latent 32 for ${MINUTES} minutes on 2 cores: same code size and epochs`,
  measure: "validation MSE of the best model as a share of the default one's",
  bar: { atMost: 0.9 },
  published: 'none: the default net, of 0.0043 test MSE, is what is to be beaten',
  async run(seed, folder) {
    const out = mkdtempSync(join(tmpdir(), 'autoencoder-tune-'));
    try {
      const words = [
        'tune',
        'mnist',
        '--latent',
        '32',
        '--minutes',
        `${MINUTES}`,
        '--seed',
        `${seed}`,
        '--parallel',
        '2',
      ];
      const text = execFileSync(process.execPath, [command, ...words, '--out', join(out, 'run'), '--json'], {
        encoding: 'utf8',
        env: { ...process.env, AUTOENCODER_DATA: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { best, default: initial, results, counts, seconds } = JSON.parse(text);
      return {
        value: best.value / initial.value,
        others: { best: best.value, default: initial.value, testMse: results['test.mse'], ...counts, seconds },
      };
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  },
});
