/**
 * Who may import whom: a folder of `src` only folders before it, only `src/engine` the runtimes, nobody in a circle, and the
 * leaves of a family (kinds, formats, commands …) never one another. Prints what breaks a rule and ends with 1.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** First to last; files directly in `src` come after all folders but before nothing. */
const ORDER = [
  'base',
  'codec',
  'graph',
  'engine',
  'data',
  'model',
  'training',
  'applications',
  'report',
  'distributed',
  'server',
  'cli',
  '',
];

/**
 * Folders of equals and the file that lists them. What the list imports from the folder is a leaf; what it does not (an
 * interface, shared parts) is for all of them.
 */
const FAMILIES = [
  { folder: 'model/kinds', list: 'model/kinds/kinds.ts' },
  { folder: 'model/networks', list: 'model/networks/networks.ts' },
  { folder: 'data/formats', list: 'data/formats/formats.ts' },
  { folder: 'data/builtin', list: 'data/builtin/builtin.ts' },
  { folder: 'applications', list: 'applications/applications.ts' },
  { folder: 'cli/commands', list: 'cli/main.ts' },
];

/** Leaves that contain another one by nature, with the reason. */
const CONTAINED = [
  // An npz file is a zip of npy files.
  ['data/formats/npz.ts', 'data/formats/npy.ts'],
];

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = new Map(sourceFiles(src).map((path) => [relative(src, path), importsOf(path)]));
const complaints = [...directions(), ...runtimes(), ...circles(), ...siblings()];
for (const complaint of complaints) console.log(complaint);
console.log(`${files.size} files, ${complaints.length} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** What a file imports: names of packages, and paths in `src` relative to it. */
function importsOf(path) {
  const text = readFileSync(path, 'utf8').replace(/^\s*\/?\*.*$/gm, '');
  const statements = /^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s*)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  const names = [...text.matchAll(statements)].map(([, fixed, dynamic]) => fixed ?? dynamic);
  return {
    packages: names.filter((name) => !name.startsWith('.')),
    files: names.filter((name) => name.startsWith('.')).map((name) => relative(src, resolve(dirname(path), name))),
  };
}

function directions() {
  const rank = (file) => ORDER.indexOf(file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
  const found = [];
  for (const [file, imports] of files) {
    if (rank(file) < 0) found.push(`${file}: its folder has no place in the order of scripts/check-imports.mjs`);
    for (const target of imports.files) {
      if (target.startsWith('..')) found.push(`${file}: imports ${target}, which is outside of src`);
      else if (!files.has(target)) found.push(`${file}: imports ${target}, which is not there`);
      else if (rank(target) > rank(file)) found.push(`${file}: imports ${target}, from a folder that comes later`);
    }
  }
  return found;
}

function runtimes() {
  return [...files].flatMap(([file, { packages }]) =>
    packages
      .filter((name) => name.startsWith('onnxruntime-') && !file.startsWith('engine/'))
      .map((name) => `${file}: imports ${name}; only src/engine names a runtime`),
  );
}

/** Every circle once, found depth first. */
function circles() {
  const found = [];
  const done = new Set();
  const visit = (file, path) => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`circle: ${[...path.slice(at), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of files.get(file)?.files ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return found;
}

function siblings() {
  const found = [];
  for (const { folder, list } of FAMILIES) {
    if (!existsSync(join(src, list))) continue;
    const leaves = new Set(
      files.get(list)?.files.filter((file) => dirname(file) === folder && !isInterface(folder, file)),
    );
    for (const leaf of leaves)
      for (const target of files.get(leaf)?.files ?? []) {
        const isContained = CONTAINED.some(([outer, inner]) => outer === leaf && inner === target);
        if (leaves.has(target) && !isContained)
          found.push(`${leaf}: imports its sibling ${target}; move what both need to a file of its own`);
        if (target === list) found.push(`${leaf}: imports the list that it stands in`);
      }
  }
  return found;
}

/** `kinds/kind.ts`, `formats/format.ts`: what every leaf is. */
function isInterface(folder, file) {
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  return file === `${folder}/${name.replace(/s$/, '')}.ts`;
}
