/** Flags that say where a use leaves its results, the same on every command. */
import type { Command } from 'commander';
import { amountParser, oneOf } from './flags.ts';

export interface ResultFlags {
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Where a command writes one table in a format of choice: what of, and the formats, the default first. */
export interface ResultFormat {
  readonly of: string;
  readonly formats: readonly string[];
}

/** `--out`, `--overwrite`, `--json`, and `--format` where there is a choice. */
export function addResultFlags(command: Command, format?: ResultFormat): void {
  command
    .option('--out <folder>', `where results go (default: runs/<data>-${command.name()}, numbered)`)
    .option('--overwrite', 'replace the results that are in --out already');
  if (format)
    command.addOption(
      oneOf(command.createOption('--format <name>', format.of), format.formats).default(format.formats[0]),
    );
  command.option('--json', 'print one JSON object');
}

/** `--seed`, `--out`, `--overwrite` and `--json` of a command that makes examples: what is in the folder, and which files it may be instead. */
export function addExampleFlags(command: Command, { folder, files }: { folder: string; files: string }): void {
  command
    .option('--seed <n>', 'of what is drawn, and of the training', amountParser('--seed'), 0)
    .option(
      '--out <place>',
      `a folder for ${folder} (default: runs/<data>-${command.name()}, numbered), or a file: ${files} …`,
    )
    .option('--overwrite', 'replace what is in --out already')
    .option('--json', 'print one JSON object');
}
