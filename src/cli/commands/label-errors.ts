/** `autoencoder label-errors`: rows whose label does not fit those near them in the code. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type LabelErrors, labelErrors, usableLabels } from '../../applications/label-errors.ts';
import { createRandom } from '../../base/random.ts';
import type { TableSource } from '../../data/dataset.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeCsv } from '../../data/formats/csv.ts';
import { labelErrorsReport } from '../../report/label-errors-report.ts';
import { readData } from '../data-flags.ts';
import { countParser } from '../flags.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, REPORT_FILE } from '../run-folder.ts';
import { addSubjectFlags, readSubject, type SubjectFlags, type SubjectWords, subjectFolder } from '../subject.ts';
import { makeTerminal, placeLines, short, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly top: number;
}

/** Its codes are compared by distance: a prior keeps what does not matter from spreading them. */
const DEFAULTS = { kind: 'variational' };

export function addLabelErrors(program: Command, signal: AbortSignal): void {
  const command = program
    .command('label-errors')
    .summary('rows whose label does not fit, ranked')
    .description(
      'Writes all labelled examples, those first whose label is least what the examples near them in the code are called, with the class that these suggest; and a report.',
    )
    .addOption(program.createOption('--top <n>', 'examples to show').default(10).argParser(countParser('--top')));
  addResultFlags(command);
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder label-errors --fit digits --limit 2000\n  autoencoder label-errors --fit penguins.csv --label species\n  autoencoder label-errors runs/sensors-vanilla sensors --label mode',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'label-errors', model, data, defaults: DEFAULTS }, flags, signal),
  );
}

async function run(words: SubjectWords, { top, ...flags }: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const folder = subjectFolder(words, flags);
  // Nobody should wait for a training to be told that the labels will not do.
  if (flags.fit !== undefined && words.model === undefined)
    usableLabels((await readData(flags.fit, flags, terminal, signal)).train);
  const subject = await readSubject(words, flags, join(folder, 'model'), terminal, signal);
  const { runner, parameters, data, modelFile, learnedFrom } = subject;
  const random = createRandom(Number(flags.seed ?? 0)).fork('label errors');
  const found = await labelErrors({ ...subject, random });
  await makeFolder(folder);
  const file = join(folder, 'label-errors.csv');
  await writeFileAtomic(file, encodeCsv(asTable(found)));
  const report = join(folder, REPORT_FILE);
  const rebuild = async (rows: typeof data): Promise<Float32Array> =>
    (await runner.reconstruct(parameters, rows)).reconstruction;
  await writeFileAtomic(report, await labelErrorsReport({ found, data, top: Math.max(50, top), rebuild, modelFile }));

  const { names, labels, suggested, scores, isSuspect, ranked, agreement, trial } = found;
  const suspects = isSuspect.filter(Boolean).length;
  for (const line of [
    '',
    `${data.name}, ${ranked.length.toLocaleString('en')} labels: ${suspects.toLocaleString('en')} suspects (neighbours agree with ${short(100 * agreement)} %).`,
    '',
    ...table([
      ['example', 'label', 'suggested', 'chance of the label'],
      ...Array.from(ranked.subarray(0, top), (row) => [
        `${row + 1}${isSuspect[row] ? '' : ' (no suspect)'}`,
        names[labels[row]],
        names[suggested[row]],
        short(1 - scores[row]),
      ]),
    ]).map((line) => `  ${line}`),
    '',
    `A trial: of ${trial.changed.toLocaleString('en')} labels changed on purpose, among as many at the top of the list`,
    '',
    ...table([
      ['neighbours among', 'found', 'average precision'],
      ...(
        [
          ['codes of this model', trial.model],
          ['principal components', trial.pca],
        ] as const
      ).map(([name, { precision, averagePrecision }]) => [
        name,
        `${short(100 * precision)} %`,
        `${short(100 * averagePrecision)} %`,
      ]),
    ]).map((line) => `  ${line}`),
    '',
    ...placeLines({ Labels: file, Report: report, Model: learnedFrom && modelFile }),
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    data: data.name,
    labelErrors: file,
    report,
    labels: ranked.length,
    suspects,
    agreement,
    trial,
    top: Array.from(ranked.subarray(0, top), (row) => ({
      example: row + 1,
      label: names[labels[row]],
      suggested: names[suggested[row]],
      isSuspect: isSuspect[row],
      score: scores[row],
    })),
  });
}

/** The labelled rows in the order of how little their label fits, with the chance of every class. */
function asTable({ names, labels, chances, suggested, scores, isSuspect, ranked }: LabelErrors): TableSource {
  const numbers = (name: string, of: (row: number) => number) => ({
    type: 'numeric' as const,
    name,
    values: Float64Array.from(ranked, of),
  });
  const texts = (name: string, of: (row: number) => string) => ({
    type: 'category' as const,
    name,
    values: Array.from(ranked, of),
  });
  const rounded = (value: number): number => Number(value.toPrecision(5));
  return {
    form: 'table',
    name: 'label-errors',
    rows: ranked.length,
    columns: [
      numbers('example', (row) => row + 1),
      texts('label', (row) => names[labels[row]]),
      texts('suggested', (row) => names[suggested[row]]),
      texts('suspect', (row) => (isSuspect[row] ? 'yes' : 'no')),
      numbers('score', (row) => rounded(scores[row])),
      ...names.map((name, at) => numbers(`chance of ${name}`, (row) => rounded(chances[row * names.length + at]))),
    ],
  };
}
