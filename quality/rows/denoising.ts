/** The gain is of the test digits with fresh gaussian noise, both sides compared with the clean digits. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fitted, measureRow, mnist } from '../row.ts';

await measureRow({
  name: 'denoising',
  what: 'MNIST, denoising, gaussian noise of sigma 0.5, defaults otherwise',
  measure: 'PSNR gain over the noisy test digits (dB)',
  bar: { atLeast: 6 },
  published: 'the issue asks for at least 6 dB',
  async run(seed, folder) {
    const { model, seconds } = await fitted(
      await mnist(folder),
      { kind: 'denoising', noiseLevel: 0.5, latent: 32 },
      { seed },
    );
    const scratch = mkdtempSync(join(tmpdir(), 'autoencoder-'));
    const path = join(scratch, 'model.safetensors');
    await model.save(path);
    const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    const printed = execFileSync(process.execPath, [command, 'evaluate', path, 'mnist', '--json'], {
      env: { ...process.env, AUTOENCODER_DATA: folder },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(scratch, { recursive: true });
    const { gain, noisyPsnr, denoisedPsnr } = JSON.parse(printed);
    return { value: gain, others: { noisyPsnr, denoisedPsnr, trainingSeconds: seconds } };
  },
});
