/** Bundles the scripts that pages of one file carry: dist/report/page.js of every report, dist/studio/offline.js of what the studio gives away. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

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
  const text = `${await licences(metafile)}${outputFiles[0].text}`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  return text;
}

/** The bundled packages' licences, each text once, as their terms ask. */
async function licences(metafile) {
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Set(used.flatMap(([path]) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  const packagesByText = new Map();
  for (const folder of [...folders].sort()) {
    const text = (await readFile(new URL(`${folder}/LICENSE`, root), 'utf8')).replaceAll('*/', '* /').trim();
    // Copyright lines differ by year only: they stand with the package's name, the terms once.
    const copyright = text.match(/^Copyright .*$/m)?.[0] ?? '';
    const terms = text.replace(copyright, '').trim();
    const name = `${folder.replace(/^.*node_modules\//, '')}: ${copyright}`;
    packagesByText.set(terms, [...(packagesByText.get(terms) ?? []), name]);
  }
  const parts = [...packagesByText].map(([terms, names]) => `${names.join('\n')}\n\n${terms}`);
  // Without schemes, so that a report can be searched for addresses and none is found.
  return `/*\n${parts.join('\n\n----\n\n').replaceAll(/https?:\/\//g, '')}\n*/\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, [, target]] of Object.entries(PAGES))
    console.log(`${target}: ${Math.round((await bundlePage(name)).length / 1024)} kB`);
}
