/**
 * All quality rows, one after the other, each in a process of its own, then docs/results.md.
 *
 *   npm run quality -- ../shared/data [row …]        the folder of the data sets (see README of that folder)
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [folder, ...chosen] = process.argv.slice(2);
if (!folder) {
  console.error('npm run quality -- DATA_FOLDER [row …]');
  process.exit(2);
}
const rows = readdirSync(new URL('./rows', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .sort();
for (const file of rows) {
  if (chosen.length > 0 && !chosen.includes(file.replace('.ts', ''))) continue;
  const path = fileURLToPath(new URL(`./rows/${file}`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', path, folder], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
await import('../scripts/results.mjs');
