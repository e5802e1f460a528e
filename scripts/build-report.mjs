/** Bundles the scripts that pages of one file carry: dist/report/page.js of every report, dist/studio/offline.js of what the studio gives away. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { licences } from './licences.mjs';

const root = new URL('../', import.meta.url);
const PAGES = {
  report: ['src/report/page/page.ts', 'dist/report/page.js'],
  offline: ['studio/offline/offline.ts', 'dist/studio/offline.js'],
};

/** Bundles and minifies the script of a page, writes it into dist, and gives its text. */
export async function bundlePage(name) {
  const [source, target] = PAGES[name].map((path) => fileURLToPath(new URL(path, root)));
  const { outputFiles, metafile } = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    metafile: true,
    tsconfigRaw: {},
    absWorkingDir: fileURLToPath(root),
  });
  // Without schemes, so that a report can be searched for addresses and none is found.
  const notice = (await licences(metafile)).replaceAll('*/', '* /').replaceAll(/https?:\/\//g, '');
  const text = `/*\n${notice}\n*/\n${outputFiles[0].text}`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  return text;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, [, target]] of Object.entries(PAGES))
    console.log(`${target}: ${Math.round((await bundlePage(name)).length / 1024)} kB`);
}
