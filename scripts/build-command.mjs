/**
 * Bundles the command: dist/cli/main.js, the processes and threads it starts, and the parts they share. To find and load a module
 * for each source and package took Node longer than many a command takes for what it is asked (docs/decisions/0030).
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licences } from './licences.mjs';

const root = new URL('../', import.meta.url);
const sources = fileURLToPath(new URL('src/', root));
const built = fileURLToPath(new URL('dist/', root));

const PROGRAMS = [
  'cli/main',
  'cli/job-process',
  'cli/trial-process',
  'applications/chunk-thread',
  'distributed/shard-thread',
  'engine/node-thread',
];

/** What brings files of its own (programs for the machine, WebAssembly), and what a user installs only when wanted. */
const NOT_BUNDLED = [
  'onnxruntime-node',
  'onnxruntime-web',
  '@duckdb/node-api',
  'bullmq',
  'ioredis',
  'koffi',
  'pg',
  'sharp',
];

/** All parts lie in dist/cli, so what a source says of places beside itself is said from there. */
const placesOfSources = {
  name: 'places-of-sources',
  setup(bundling) {
    bundling.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = JSON.stringify(`../${relative(sources, path).replaceAll('\\', '/').replace(/\.ts$/, '.js')}`);
      return { contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), loader: 'ts' };
    });
  },
};

/** Replaces what the compiler wrote for the command by the bundle. */
export async function bundleCommand() {
  await rm(`${built}cli`, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: PROGRAMS.map((name) => `${sources}${name}.ts`),
    outbase: sources,
    outdir: built,
    bundle: true,
    splitting: true,
    chunkNames: 'cli/parts-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: NOT_BUNDLED,
    // Packages that are no ES modules ask for Node's own by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    legalComments: 'none',
    metafile: true,
    plugins: [placesOfSources],
    tsconfigRaw: {},
    absWorkingDir: fileURLToPath(root),
  });
  await writeFile(`${built}cli/licences.md`, await licences(metafile));
  await chmod(`${built}cli/main.js`, 0o755);
}
