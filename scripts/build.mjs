/** Compiles src into dist, bundles the report's page and the studio; the command's file becomes executable. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundlePage } from './build-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
await bundlePage('report');
await build({ configFile: fileURLToPath(new URL('../studio/vite.config.ts', import.meta.url)) });
await bundlePage('offline');
chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755);
