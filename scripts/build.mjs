/** Compiles src into dist; bundles the command, the report's page, the studio and what trains for it. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { build } from 'vite';
import { bundleCommand } from './build-command.mjs';
import { bundlePage } from './build-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
await bundleCommand();
await bundlePage('report');
await build({ configFile: fileURLToPath(new URL('../studio/vite.config.ts', import.meta.url)) });
await bundlePage('offline');
// What trains for the studio's page is the page's own code, in Node.
await esbuild.build({
  entryPoints: [fileURLToPath(new URL('../studio/native/process.ts', import.meta.url))],
  outfile: fileURLToPath(new URL('../dist/native/training.js', import.meta.url)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['autoencoder', 'autoencoder/browser'],
  tsconfigRaw: {},
});
