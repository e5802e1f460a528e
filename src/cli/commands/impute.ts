/** `autoencoder impute`: missing values filled in, once or several times, and how well, beside simpler ways. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type SimpleWay, simpleWays } from '../../applications/baselines/fills.ts';
import { type FillingError, type FillingErrors, fillingErrors } from '../../applications/imputation-error.ts';
import {
  type ColumnGaps,
  impute,
  imputeDefaults,
  makeFiller,
  refuseBytes,
  SAMPLES,
} from '../../applications/impute.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { ColumnScaling } from '../../data/columns/form.ts';
import type { Column, Source } from '../../data/dataset.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeSource } from '../../data/formats/formats.ts';
import { imputeReport } from '../../report/impute-report.ts';
import { readData } from '../data-flags.ts';
import { countParser, oneOf } from '../flags.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, REPORT_FILE } from '../run-folder.ts';
import {
  addSubjectFlags,
  readSubject,
  type Subject,
  type SubjectFlags,
  type SubjectWords,
  subjectFolder,
} from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly format: string;
  readonly multiple?: number;
  readonly samples: number;
  readonly by: 'model' | SimpleWay;
  readonly report?: boolean;
}

export function addImpute(program: Command, signal: AbortSignal): void {
  const command = program
    .command('impute')
    .summary('fill in missing values of a table')
    .description(
      'Writes the data with its missing cells filled in, everything else as it was. With --fit, or --report, cells are hidden on purpose, and how well they are told stands beside the mean, nearest neighbours and regressions in turn.',
    )
    .addOption(
      program
        .createOption('--multiple <m>', 'fill in m times, each drawn from what the cells may have been')
        .argParser(countParser('--multiple')),
    )
    .addOption(
      program
        .createOption('--samples <n>', 'codes drawn for each example; more are better and slower')
        .argParser(countParser('--samples'))
        .default(SAMPLES),
    )
    .addOption(
      oneOf(program.createOption('--by <name>', 'who fills in: the model, or a simpler way'), [
        'model',
        ...simpleWays,
      ]).default('model'),
    )
    .option('--report', 'measure the error on cells hidden on purpose (with --fit always)');
  addResultFlags(command, { of: 'of the filled data', formats: ['csv', 'parquet', 'jsonl', 'npy'] });
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder impute --fit survey.csv\n  autoencoder impute --fit survey.csv --multiple 5 --format parquet\n  autoencoder impute runs/survey-impute/model today.csv --report',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'impute', model, data, defaults: imputeDefaults, gaps: 'any' }, flags, signal),
  );
}

async function run(words: SubjectWords, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const named = flags.fit ?? words.data ?? '';
  refuseStandardInput(named);
  const folder = subjectFolder(words, flags);
  const whole = named === '' ? undefined : await wholeSource(named, flags, terminal, signal);
  const subject = await readSubject(words, flags, join(folder, 'model'), terminal, signal);
  const { data, modelFile, learnedFrom } = subject;
  if (!whole) throw new Error('internal: a subject without data');
  const source = writable(whole, flags, data.scaling);
  const random = createRandom(Number(flags.seed ?? 0)).fork('impute');
  const { samples, multiple = 0, by } = flags;
  const imputed = await impute({ trained: subject, data, source, samples, multiple, by, random });
  const errors = learnedFrom || flags.report ? await errorsOf(subject, samples, terminal) : undefined;

  await makeFolder(folder);
  const files: string[] = [];
  for (const [time, filled] of imputed.sources.entries()) {
    const file = join(folder, `imputed${multiple > 0 ? `-${time + 1}` : ''}.${flags.format}`);
    await writeFileAtomic(file, encodeSource(file, filled));
    files.push(file);
  }
  const report = join(folder, REPORT_FILE);
  const isHeldOut = learnedFrom !== undefined;
  await writeFileAtomic(report, imputeReport({ imputed, errors, isHeldOut, data, source, modelFile, files }));

  const missing = imputed.columns.reduce((sum, column) => sum + column.missing, 0);
  for (const line of [
    '',
    ...gapLines(imputed.columns, data.count, multiple),
    ...(errors ? errorLines(errors, isHeldOut) : []),
    '',
    ...placeLines({
      Filled: files.length > 2 ? `${files[0]} … ${files[files.length - 1]}` : files.join(', '),
      Report: report,
      Model: learnedFrom && modelFile,
    }),
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    data: data.name,
    imputed: files,
    report,
    examples: data.count,
    missing,
    columns: imputed.columns,
    method: imputed.method,
    ...(errors ? resultsOf(errors) : {}),
  });
}

/** The data is read once more, to be written as it was. */
function refuseStandardInput(name: string): void {
  if (name !== '-') return;
  throw new OptionError({
    where: 'impute -',
    expected: 'data that can be read twice: to learn from, and to fill in',
    got: 'the standard input',
    fix: 'write it to a file first',
  });
}

/**
 * All of the data, whatever columns were chosen, with every cell of a table as it stands there.
 *
 * @throws DataError for pictures in bytes, before a model is trained on them.
 */
async function wholeSource(name: string, flags: Flags, terminal: Terminal, signal: AbortSignal): Promise<Source> {
  const { header, limit } = flags;
  const { train } = await readData(name, { header, limit, cells: 'texts' }, terminal, signal);
  if (train.form === 'array') refuseBytes(train.values instanceof Uint8Array, name);
  return train;
}

/** CSV is written with every cell as it was; other formats with numbers where the model takes the column for numbers. */
function writable(source: Source, { format }: Flags, scaling: ColumnScaling): Source {
  return format === 'csv' || source.form !== 'table' || scaling.form !== 'columns'
    ? source
    : { ...source, columns: source.columns.map((column) => typed(column, scaling.columns)) };
}

/** The columns that are numbers to the model, as numbers. */
function typed(column: Column, rules: Extract<ColumnScaling, { form: 'columns' }>['columns']): Column {
  const isNumeric = rules.some(({ name, type }) => name === column.name && type === 'numeric');
  if (!isNumeric || column.type === 'numeric') return column;
  const values = Float64Array.from(column.values, (text) => (text === null ? Number.NaN : Number(text)));
  return { type: 'numeric', name: column.name, values };
}

async function errorsOf(subject: Subject, samples: number, terminal: Terminal): Promise<FillingErrors> {
  const { engine, measured, learnedFrom } = subject;
  terminal.note('Hiding cells on purpose, to see how well they are told …');
  const filler = makeFiller(subject, samples);
  const random = createRandom(0).fork('filling errors');
  const errors = await fillingErrors({
    engine,
    filler,
    data: measured,
    ...(learnedFrom ? { fitOn: learnedFrom } : {}),
    random,
  });
  await filler.dispose();
  return errors;
}

function gapLines(columns: readonly ColumnGaps[], count: number, multiple: number): string[] {
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  const unknown = columns.filter((column) => column.unknown > 0);
  const cells = columns.length * count;
  const times = multiple > 0 ? `, ${multiple} time${multiple > 1 ? 's' : ''}` : '';
  return [
    missing === 0
      ? 'Nothing is missing: the data is written as it was.'
      : `Filled in ${missing.toLocaleString('en')} of ${cells.toLocaleString('en')} cells (${short((100 * missing) / cells)} %)${times}.`,
    ...(unknown.length > 0
      ? [
          `Kept, though the model has not seen them and did not use them: ${unknown.map((column) => `${column.unknown} in ${column.name}`).join(', ')}.`,
        ]
      : []),
  ];
}

/** What the ways are called in words. */
const WAYS = {
  model: 'this model',
  means: 'mean, most frequent',
  neighbours: 'nearest neighbours',
  regressions: 'regressions in turn',
} as const;

function errorLines({ measured, ...ways }: FillingErrors, isHeldOut: boolean): string[] {
  const { model } = ways;
  const cell = (value: number | undefined, scale: number, unit: string): string[] =>
    value === undefined ? [] : [`${short(scale * value)}${unit}`];
  const row = (name: string, { numbers, categories }: FillingError): string[] => [
    name,
    ...(model.numbers === undefined ? [] : cell(numbers, 1, '')),
    ...(model.categories === undefined ? [] : cell(categories, 100, ' %')),
  ];
  return [
    '',
    `${measured.cells.toLocaleString('en')} cells of ${measured.examples.toLocaleString('en')} ${isHeldOut ? 'held-out examples' : 'examples'}, hidden a fifth at a time${isHeldOut ? '' : '; too good where the model learned from them'}:`,
    '',
    ...table([
      [
        '',
        ...(model.numbers === undefined ? [] : ['RMSE / spread']),
        ...(model.categories === undefined ? [] : ['wrong categories']),
      ],
      ...(['model', 'means', 'neighbours', 'regressions'] as const).map((way) => row(WAYS[way], ways[way])),
    ]).map((line) => `  ${line}`),
  ];
}

function resultsOf({ measured, model, means, neighbours, regressions }: FillingErrors): Record<string, unknown> {
  const short = ({ numbers, categories }: FillingError): Record<string, unknown> => ({ numbers, categories });
  return {
    measured,
    results: short(model),
    baselines: { mean: short(means), neighbours: short(neighbours), regression: short(regressions) },
  };
}
