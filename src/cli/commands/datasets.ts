/** `autoencoder datasets`: the sets that have names. */
import type { Command } from 'commander';
import { dataEnvironment, describeDatasets } from '../../data/load.ts';
import { makeTerminal } from '../terminal.ts';

export function addDatasets(program: Command): void {
  program
    .command('datasets')
    .summary('list the data sets that have names')
    .description('Lists built-in sets and sets that are fetched, and whether they are here already.')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nSets are looked up in AUTOENCODER_DATA first, then in the cache (AUTOENCODER_CACHE), then downloaded.' +
        '\n\nExample:\n  autoencoder datasets',
    )
    .action(async (flags: { json?: boolean }) => {
      const terminal = makeTerminal(flags.json ?? false);
      const datasets = await describeDatasets(dataEnvironment(process.env));
      for (const { name, form, examples, shape, columns, description, isAvailable, path } of datasets) {
        const where = form === 'built-in' ? 'built in' : isAvailable ? (path ?? 'here') : 'downloaded on first use';
        terminal.say(`${name.padEnd(16)}${description}`);
        const what = columns ? `rows of ${columns.join(', ')}` : `examples of ${shape?.join('×')}`;
        terminal.say(`${''.padEnd(16)}${examples.train} + ${examples.test} ${what}; ${where}`);
      }
      terminal.result({ datasets });
    });
}
