/**
 * Every kind on every network by the command on real data: that each trains, and how its error stands beside simple methods after a few
 * epochs with nothing but defaults. Writes quality/results/pairs/pairs.json, then docs/results.md.
 *
 *   node quality/pairs.mjs DATA_FOLDER [kind …]        (after npm run build); the other kinds are kept from the file
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kinds } from '../dist/model/kinds/kinds.js';
import { networkFamilies } from '../dist/model/networks/networks.js';

const [folder, ...chosen] = process.argv.slice(2);
if (!folder) {
  console.error('node quality/pairs.mjs DATA_FOLDER [kind …]');
  process.exit(2);
}
const pictures = ['fashion-mnist', '--limit', '10000', '--epochs', '8'];
const series = [join(folder, 'ecg5000/ecg_signals.npy'), '--epochs', '20'];
/** Data that suits each network. */
const dataOf = { dense: pictures, convolutional: pictures, recurrent: series };
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const file = new URL('./results/pairs/pairs.json', import.meta.url);
const out = mkdtempSync(join(tmpdir(), 'autoencoder-pairs-'));
const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).pairs : [];
const pairs = new Map(earlier.map((pair) => [`${pair.kind} ${pair.network}`, pair]));

for (const kind of kinds.filter(({ name }) => chosen.length === 0 || chosen.includes(name)))
  for (const network of networkFamilies) {
    const told = ['--kind', kind.name, '--network', network.name, '--threads', '1', '--seed', '1'];
    const words = ['train', ...dataOf[network.name], ...told, '--out', out, '--overwrite', '--json'];
    const env = { ...process.env, AUTOENCODER_DATA: folder };
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${kind.name} on ${network.name} ended with ${status}: ${stderr}`);
    const { parameters, validation, baselines, seconds } = JSON.parse(stdout);
    const pair = {
      kind: kind.name,
      network: network.name,
      parameters,
      mse: validation.mse,
      pca: baselines.pca.mse,
      mean: baselines.mean.mse,
      seconds,
    };
    console.error(JSON.stringify(pair));
    pairs.set(`${kind.name} ${network.name}`, pair);
    mkdirSync(new URL('.', file), { recursive: true });
    const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores`;
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(
      file,
      `${JSON.stringify({ pairs: [...pairs.values()], machine, node: process.version, date }, undefined, 2)}\n`,
    );
  }
rmSync(out, { recursive: true });
await import('../scripts/results.mjs');
