/** `autoencoder reduce`: codes as a map of the data, beside principal components. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type MapQuality, reduce } from '../../applications/reduce.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeSource } from '../../data/formats/formats.ts';
import { reduceReport } from '../../report/reduce-report.ts';
import { asArray } from '../output-file.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, REPORT_FILE } from '../run-folder.ts';
import { addSubjectFlags, readSubject, type SubjectFlags, type SubjectWords, subjectFolder } from '../subject.ts';
import { makeTerminal, placeLines, short, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly format: string;
}

export function addReduce(program: Command, signal: AbortSignal): void {
  const command = program
    .command('reduce')
    .summary('map data in few dimensions, beside PCA')
    .description(
      'Writes the codes of all examples and a report with the map: what it rebuilds and which neighbours it keeps, beside as many principal components.',
    );
  addResultFlags(command, { of: 'of the codes', formats: ['csv', 'parquet', 'jsonl', 'npy'] });
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder reduce --fit digits --latent 2\n  autoencoder reduce runs/digits-vanilla digits --format parquet\n  autoencoder reduce --fit sensors.csv --label state --latent 3 --kind denoising',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'reduce', model, data }, flags, signal),
  );
}

async function run(words: SubjectWords, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const folder = subjectFolder(words, flags);
  const subject = await readSubject(words, flags, join(folder, 'model'), terminal, signal);
  const { engine, model, data, measured, modelFile, learnedFrom } = subject;
  const { latent } = model.blueprint;
  const reduced = await reduce({
    ...subject,
    data: measured,
    fitOn: learnedFrom ?? measured,
    random: createRandom(0).fork('reduce'),
  });
  const { code } = await subject.runner.encode(subject.parameters, data);
  await makeFolder(folder);
  const codesFile = join(folder, `codes.${flags.format}`);
  await writeFileAtomic(codesFile, encodeSource(codesFile, asArray('codes', code, latent)));
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, await reduceReport({ engine, reduced, latent, data: measured, modelFile }));

  const row = (name: string, { mse, trustworthiness, continuity, agreement }: Partial<MapQuality>): string[] => [
    name,
    ...[mse, trustworthiness, continuity].map((value) => (value === undefined ? '' : short(value))),
    ...(reduced.data.agreement === undefined ? [] : [agreement === undefined ? '' : `${short(100 * agreement)} %`]),
  ];
  for (const line of [
    '',
    `${measured.name}, ${measured.count.toLocaleString('en')} examples; neighbourhoods of ${reduced.neighbours} among ${reduced.measured.toLocaleString('en')}:`,
    '',
    ...table([
      ['', 'mse', 'trustworthiness', 'continuity', ...(reduced.data.agreement === undefined ? [] : ['same label'])],
      row(`this model, ${latent} numbers`, reduced.model),
      row(`PCA, ${reduced.codes.pcaWidth} components`, reduced.pca),
      row('the data itself', { mse: 0, trustworthiness: 1, continuity: 1, ...reduced.data }),
    ]).map((line) => `  ${line}`),
    '',
    ...placeLines({ Codes: codesFile, Report: report, Model: learnedFrom && modelFile }),
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    data: data.name,
    codes: codesFile,
    report,
    shape: [data.count, latent],
    measured: measured.count,
    neighbours: reduced.neighbours,
    results: reduced.model,
    baselines: { pca: reduced.pca, data: reduced.data },
  });
}
