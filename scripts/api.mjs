/** Writes docs/api.md: what the package exports, from the declarations that it ships and the comments in them. */
import { readFileSync, writeFileSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);
const ENTRIES = [
  { name: 'autoencoder', file: 'index.d.ts' },
  { name: 'autoencoder/browser', file: 'browser.d.ts', besides: 'index.d.ts' },
  { name: 'autoencoder/client', file: 'client.d.ts', besides: 'index.d.ts' },
];
const read = (file) => readFileSync(new URL(file, dist), 'utf8');

const pages = ENTRIES.map(({ name, file, besides }) => {
  const known = new Set(besides ? exportsOf(besides).map(({ exported }) => exported) : []);
  const all = exportsOf(file).filter(({ exported }) => !known.has(exported));
  const more = known.size > 0 && exportsOf(file).length > all.length;
  const byFile = grouped(all);
  const sections = [...byFile]
    .map(([from, ones]) => ({ ...sectionOf(from, ones), isFace: !from.includes('/') }))
    // What is called stands before what it gives, the library's own face before its parts.
    .sort((a, b) => Number(b.hasFunctions) - Number(a.hasFunctions) || Number(b.isFace) - Number(a.isFace))
    .map(({ text }) => text);
  const words = `${about(file)}${more ? ` What it shares with \`autoencoder\` is listed there.` : ''}`;
  return `# \`${name}\`\n\n${words}\n\n${sections.join('\n')}`;
});
const head = 'Made by `node scripts/docs.mjs` from the declarations of the package; do not edit.';
writeFileSync(new URL('../docs/api.md', import.meta.url), `${head}\n\n${pages.join('\n')}`);

function grouped(all) {
  const groups = new Map();
  for (const one of all) groups.set(one.file, [...(groups.get(one.file) ?? []), one]);
  return groups;
}

/** Names of an entry, the files that declare them, and their names there. */
function exportsOf(entry) {
  const text = read(entry);
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\} from '\.\/([^']+)\.ts';/gm)].flatMap(
    ([, , names, file]) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter((name) => name !== '')
        .map((name) => {
          const [own, exported = own] = name.split(' as ');
          return { exported, ...declaredIn(own, `${file}.d.ts`) };
        }),
  );
  const declared = [...text.matchAll(/^export (?:declare )?(?:function|interface|class|type|const) (\w+)/gm)];
  const here = declared.map(([, own]) => ({ own, exported: own, file: entry }));
  return [...listed, ...here.filter(({ own }, at) => here.findIndex((one) => one.own === own) === at)];
}

/** Where a name is declared: a file may hand on what others declare. */
function declaredIn(own, file) {
  const handed = new RegExp(`^export (?:type )?\\{[^}]*\\b${own}\\b[^}]*\\} from '([^']+)\\.ts';`, 'm').exec(
    read(file),
  );
  if (!handed) return { own, file };
  const target = new URL(`${handed[1]}.d.ts`, new URL(file, dist));
  return declaredIn(own, target.pathname.slice(dist.pathname.length));
}

/** What a file says that it is. */
function about(file) {
  // Of the source: a compiler leaves a comment out that stands before imports which it leaves out.
  const source = readFileSync(new URL(`../src/${file.replace(/\.d\.ts$/, '.ts')}`, import.meta.url), 'utf8');
  const [, comment] = /^\/\*\*([\s\S]*?)\*\//.exec(source) ?? [];
  return comment === undefined ? '' : textOf(comment).split('\n\n')[0].replaceAll('\n', ' ');
}

function sectionOf(file, ones) {
  const text = read(file);
  const parts = ones.map(({ own, exported }) => declarationOf(text, own, exported, file));
  const functions = parts.filter(({ kind }) => kind === 'function');
  const others = parts.filter(({ kind }) => kind !== 'function');
  const title = file
    .replace(/\.d\.ts$/, '')
    .split('/')
    .at(-1)
    .replaceAll('-', ' ');
  const intro = ['index.d.ts', 'client.d.ts'].includes(file) ? '' : `${about(file)}\n\n`;
  const words = `## ${title}\n\n${intro}${[...functions, ...others].map((part) => part.text).join('\n')}`;
  return { hasFunctions: functions.length > 0, text: words };
}

/** The declarations of a name (functions may have several) with the comment before them. */
function declarationOf(text, own, exported, file) {
  const pattern = new RegExp(
    `^export (?:declare )?(?:abstract )?(function|interface|class|type|const) ${own}\\b`,
    'gm',
  );
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) throw new Error(`${file} declares no ${own}`);
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(text.slice(0, found[0].index))?.[1];
  const code = found.map(({ index }) => text.slice(index, endOf(text, index)).replace(/^export (declare )?/, ''));
  const words = comment === undefined || isOfFile(text, found[0].index) ? '' : `${textOf(comment)}\n\n`;
  return { kind: found[0][1], text: `### ${exported}\n\n${words}\`\`\`ts\n${code.join('\n')}\n\`\`\`\n` };
}

/** Whether nothing but the file's own comment stands before. */
function isOfFile(text, index) {
  return (
    /^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.test(text.slice(0, index)) && !/\*\/[\s\S]*\*\//.test(text.slice(0, index))
  );
}

/** Behind the declaration that begins at `from`. */
function endOf(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (text.startsWith('/*', at)) at = text.indexOf('*/', at) + 1;
    else if ('({['.includes(sign)) depth++;
    else if (')}]'.includes(sign)) {
      depth--;
      const isBlock =
        sign === '}' &&
        depth === 0 &&
        /^export (declare )?(abstract )?(interface|class)\b/.test(text.slice(from, from + 40));
      if (isBlock) return at + 1;
    } else if (sign === ';' && depth === 0) return at + 1;
  }
  throw new Error('a declaration without an end');
}

/** A comment as Markdown: examples as code, errors as lines of their own. */
function textOf(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
  const [words, ...tags] = lines.join('\n').trim().split(/^@/m);
  const told = tags.map((tag) => {
    const [, name, rest] = /^(\w+)\s*([\s\S]*)$/.exec(tag.trim()) ?? [];
    if (name === 'example') return `\`\`\`ts\n${rest.trim()}\n\`\`\``;
    return `*${name === 'throws' ? 'Throws' : name}:* ${rest.trim().replaceAll('\n', ' ')}`;
  });
  return [words.trim(), ...told].filter((part) => part !== '').join('\n\n');
}
