/** Flags that say what the data is and how it is read, the same on every command. */
import type { Command } from 'commander';
import { datasetFor, type Gaps, knownColumns } from '../applications/learn.ts';
import type { Dataset, Source, SourceWithTest } from '../data/dataset.ts';
import type { ReadOptions } from '../data/formats/format.ts';
import { dataEnvironment, type LoadOptions, loadData } from '../data/load.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { countParser, oneOf, parseList } from './flags.ts';
import type { Terminal } from './terminal.ts';

export interface DataFlags {
  readonly columns?: string[];
  readonly label?: string;
  readonly time?: string;
  readonly target?: string;
  readonly header?: 'auto' | 'yes' | 'no';
  readonly limit?: number;
  /** A picture that cannot be read is an error. */
  readonly strict?: boolean;
}

const GROUP = 'Data:';

export function addDataFlags(command: Command): void {
  command
    .addOption(
      command.createOption('--columns <a,b,…>', 'columns of a table to use').argParser(parseList).helpGroup(GROUP),
    )
    .addOption(
      command
        .createOption('--label <column>', 'column that names the class; kept out of the features')
        .helpGroup(GROUP),
    )
    .addOption(
      command
        .createOption('--time <column>', 'column that says when each row was; kept out of the features')
        .helpGroup(GROUP),
    )
    .addOption(
      oneOf(
        command.createOption('--header <when>', 'whether the first line of a CSV names the columns (default: auto)'),
        ['auto', 'yes', 'no'],
      ).helpGroup(GROUP),
    )
    .addOption(
      command
        .createOption('--limit <n>', 'use the first n examples')
        .argParser(countParser('--limit'))
        .helpGroup(GROUP),
    )
    .addOption(
      command
        .createOption('--strict', 'of pictures: end with an error where one cannot be read; otherwise it is left out')
        .helpGroup(GROUP),
    );
}

/** Where rows are while they are worked on. */
export type RowPlace = 'auto' | 'memory' | 'disk';

/** `--from`, of commands that need not have all rows in memory. */
export function addFromFlag(command: Command): void {
  command.addOption(
    oneOf(
      command.createOption(
        '--from <place>',
        'where the rows of a file are while they are worked on: memory; disk, for more than fit into it; auto: disk for several files, and for more than 256 MB',
      ),
      ['auto', 'memory', 'disk'],
    )
      .default('auto')
      .helpGroup(GROUP),
  );
}

/** The data called `name`, read as the flags say. */
export async function readData(
  name: string,
  {
    columns,
    label,
    time,
    target,
    header,
    limit,
    strict,
    cells,
    otherwise,
  }: DataFlags & Pick<ReadOptions, 'cells'> & Pick<LoadOptions, 'otherwise'>,
  terminal: Pick<Terminal, 'note'>,
  signal?: AbortSignal,
): Promise<SourceWithTest> {
  let announced = '';
  return loadData(name, {
    columns,
    label,
    time,
    target,
    header,
    limit,
    cells,
    otherwise,
    environment: dataEnvironment(process.env),
    signal,
    ...(strict ? {} : { onLeftOut: (complaint) => terminal.note(`Left out: ${complaint}`) }),
    onProgress: (progress) => {
      if (announced === progress.name) return;
      announced = progress.name;
      terminal.note(
        progress.stage === 'download' ? `Downloading ${progress.name} …` : `Reading pictures of ${progress.name} …`,
      );
    },
  });
}

/** `source` as `card`'s model takes it; columns that it does not know are left out, and said so. */
export function examplesFor(
  card: ModelCard,
  source: Source,
  modelFile: string,
  terminal: Terminal,
  options?: { readonly gaps?: Gaps },
): Dataset {
  const { source: known, leftOut } = knownColumns(card, source);
  if (leftOut.length > 0) terminal.note(`Left out, as the model was not trained on it: ${leftOut.join(', ')}.`);
  return datasetFor(card, known, modelFile, options);
}
