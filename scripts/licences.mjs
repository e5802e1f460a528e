/** The licences of the packages whose code is in a bundle, each text once, as their terms ask. */
import { readdir, readFile } from 'node:fs/promises';

const root = new URL('../', import.meta.url);

/** Every licence; `metafile` is esbuild's, with paths relative to the root of the project. */
export async function licences(metafile) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = new Set(used.flatMap(([path]) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  const packagesByText = new Map();
  for (const folder of [...folders].sort()) {
    const text = (await licenceIn(new URL(`${folder}/`, root))).trim();
    // Copyright lines differ by year only: they stand with the package's name, the terms once.
    const copyright = text.match(/^Copyright .*$/m)?.[0] ?? '';
    const terms = text.replace(copyright, '').trim();
    const name = `${folder.replace(/^.*node_modules\//, '')}: ${copyright}`;
    packagesByText.set(terms, [...(packagesByText.get(terms) ?? []), name]);
  }
  const parts = [...packagesByText].map(([terms, names]) => `${names.join('\n')}\n\n${terms}`);
  return parts.join('\n\n----\n\n');
}

async function licenceIn(folder) {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.md|\.txt)?$/i.test(name));
  if (file === undefined) throw new Error(`${folder.pathname} has no licence to go with its code`);
  return readFile(new URL(file, folder), 'utf8');
}
