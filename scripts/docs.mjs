/** Writes docs/commands.md, every command's --help, and docs/results.md; run by `npm run check`, which fails when either changes. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const help = (...words) =>
  execFileSync(process.execPath, [command, ...words, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '100' },
  });

const names = [...help().matchAll(/^ {2}([a-z-]+) (?:\[options\]|<)/gm)]
  .map(([, name]) => name)
  .filter((name) => name !== 'help');
const sections = names.map((name) => `## \`autoencoder ${name}\`\n\n\`\`\`\n${help(name).trim()}\n\`\`\`\n`);
writeFileSync(
  new URL('../docs/commands.md', import.meta.url),
  `# Commands\n\nMade by \`node scripts/docs.mjs\` from what the commands say of themselves; do not edit.\n\n${sections.join('\n')}`,
);
await import('./results.mjs');
