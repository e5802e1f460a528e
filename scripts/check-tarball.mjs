/**
 * The package as users get it: packed, installed into an empty folder without install scripts, its command and its library used
 * there. Uses the registry (or npm's cache) for the dependencies.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'autoencoder-packed-'));
const run = (command, words, cwd = folder) => execFileSync(command, words, { cwd, encoding: 'utf8', maxBuffer: 1e8 });

try {
  const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root));
  const strays = files.map(({ path }) => path).filter((path) => /\.test\.|^(src|test|bench|quality)\//.test(path));
  if (strays.length > 0) throw new Error(`the package holds what nobody needs: ${strays.join(', ')}`);

  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`]);

  const help = run('npx', ['--no-install', 'autoencoder', '--help']);
  if (!help.includes('train')) throw new Error(`--help does not tell of train:\n${help}`);
  const words = [
    'train',
    'digits',
    '--limit',
    '500',
    '--epochs',
    '1',
    '--hidden',
    '32',
    '--latent',
    '8',
    '--out',
    'run',
    '--json',
  ];
  const result = JSON.parse(run('npx', ['--no-install', 'autoencoder', ...words]));
  if (!(result.epochs === 1 && Number.isFinite(result.validation?.mse)))
    throw new Error(`train --json said ${JSON.stringify(result)}`);
  if (!existsSync(join(folder, 'run', 'model.safetensors'))) throw new Error('train wrote no run/model.safetensors');
  const report = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
  if (!report.includes('<html')) throw new Error('train wrote no report');

  const program = "import * as library from 'autoencoder'; console.log(Object.keys(library).length)";
  if (!(Number(run(process.execPath, ['--input-type=module', '--eval', program])) > 0))
    throw new Error('the library exports nothing');
} catch (error) {
  console.log(error.stdout ?? '', error.stderr ?? '', error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
