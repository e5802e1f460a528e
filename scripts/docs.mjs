/** Writes docs/commands.md (every command's --help), docs/kinds.md, docs/api.md and docs/results.md; run by `npm run check`, which fails when either changes. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kinds } from '../dist/model/kinds/kinds.js';

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const help = (...words) =>
  execFileSync(process.execPath, [command, ...words, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '100' },
  });

const namesIn = (text) =>
  [...text.slice(text.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) (?:\[options\]|<| {2})/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
// Of a command with commands of its own, those too.
const names = namesIn(help()).flatMap((name) => {
  const text = help(name);
  return [name, ...(text.includes('\nCommands:') ? namesIn(text).map((inner) => `${name} ${inner}`) : [])];
});
const sections = names.map(
  (name) => `## \`autoencoder ${name}\`\n\n\`\`\`\n${help(...name.split(' ')).trim()}\n\`\`\`\n`,
);
writeFileSync(
  new URL('../docs/commands.md', import.meta.url),
  `# Commands\n\nMade by \`node scripts/docs.mjs\` from what the commands say of themselves; do not edit.\n\n${sections.join('\n')}`,
);
writeFileSync(new URL('../docs/kinds.md', import.meta.url), kindsPage(kinds));
await import('./api.mjs');
await import('./results.mjs');

function kindsPage(all) {
  const intro =
    'Made by `node scripts/docs.mjs` from the kinds themselves; do not edit. Every kind trains on every network (`--network dense`, ' +
    '`convolutional`, `recurrent`, `lapped`) with every `--loss`; every loss is in nats for each example.';
  return `# Kinds of autoencoders\n\n${intro}\n\n${all.map(kindSection).join('\n')}`;
}

/** @throws Error for a kind without a guide. */
function guideOf(name) {
  const guide = `kinds/${name}.md`;
  if (!existsSync(new URL(`../docs/${guide}`, import.meta.url))) throw new Error(`${name} has no docs/${guide}`);
  return guide;
}

function kindSection({ name, summary, source, diagram, formula, use, options }) {
  const defaults = options.parse({});
  const rows = Object.entries(options.shape).map(([option, { description }]) => {
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return `| \`${flag}\` | ${[defaults[option]].flat().join(',')} | ${description.replaceAll('|', '\\|')} |`;
  });
  const parts = [
    `## ${name}`,
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`\n${diagram}\n\`\`\``,
    `**Minimised:** ${formula}`,
    `**When:** ${use} [Guide](${guideOf(name)}).`,
    `| option | default | meaning |\n|---|---|---|\n${rows.join('\n')}`,
    `Source: ${source}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}
