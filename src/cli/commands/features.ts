/** `autoencoder features`: what codes tell about labels, the groups they fall into, the columns they depend on. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Features, features, type Score } from '../../applications/features.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeCsv } from '../../data/formats/csv.ts';
import { featuresReport, scoreRows } from '../../report/features-report.ts';
import { countParser, oneOf } from '../flags.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, REPORT_FILE } from '../run-folder.ts';
import { addSubjectFlags, readSubject, type SubjectFlags, type SubjectWords, subjectFolder } from '../subject.ts';
import { makeTerminal, placeLines, short, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly labels?: number;
  readonly probe: 'linear' | 'fine-tune';
  readonly clusters: number | 'auto';
}

/** Corrupted inputs make for codes that keep what the parts of an example tell of one another. */
const DEFAULTS = { kind: 'denoising', noise: 'masking', noiseLevel: 0.3 };

export function addFeatures(program: Command, signal: AbortSignal): void {
  const count = countParser('--clusters');
  const command = program
    .command('features')
    .summary('codes as features: for classes, numbers, groups')
    .description(
      'Writes the codes of all examples, and a report: how well labels or numbers are told from them, beside the same network trained from scratch; the groups they fall into; the columns that they depend on.',
    )
    .option('--target <column>', 'column of numbers to be told, in place of classes; kept out of the inputs')
    .option('--labels <n>', 'use only n labelled examples, as many of each class as can be', countParser('--labels'))
    .addOption(
      oneOf(
        program.createOption('--probe <name>', 'linear: on the codes as they are; fine-tune: trains the encoder on'),
        ['linear', 'fine-tune'],
      ).default('fine-tune'),
    )
    .option(
      '--clusters <n>',
      'groups of codes: a number, or auto for the best silhouette',
      (text) => (text === 'auto' ? text : count(text)),
      'auto',
    );
  addResultFlags(command);
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder features --fit digits --labels 100\n  autoencoder features --fit waves --target price\n  autoencoder features runs/sensors-vanilla sensors --label mode --probe linear',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'features', model, data, defaults: DEFAULTS }, flags, signal),
  );
}

async function run(
  words: SubjectWords,
  { labels, probe, clusters, ...flags }: Flags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const folder = subjectFolder(words, flags);
  const subject = await readSubject(words, flags, join(folder, 'model'), terminal, signal);
  const { engine, model, data, measured, modelFile, learnedFrom } = subject;
  const { latent } = model.blueprint;
  const found = await features({
    ...subject,
    pool: learnedFrom ?? data,
    measured: measured === data ? undefined : measured,
    labels,
    probe,
    clusters,
    random: createRandom(Number(flags.seed ?? 0)).fork('features'),
    onStage: (stage) => terminal.note(stage),
    signal,
  });
  await makeFolder(folder);
  const codesFile = join(folder, 'features.csv');
  await writeFileAtomic(codesFile, encodeCsv(asTable(found, data.count, latent)));
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, await featuresReport({ engine, found, latent, data, modelFile }));

  const { task, clusters: groups, dependence } = found;
  const [first, ...others] = dependence.slice(0, 5).map(({ name, share }) => `${name} (${short(share)})`);
  for (const line of [
    '',
    ...(task
      ? [
          `${data.name}, ${task.labels.toLocaleString('en')} of ${task.available.toLocaleString('en')} labels; on ${task.heldOut.toLocaleString('en')} held-out examples:`,
          '',
          ...table([
            task.form === 'classes' ? ['', 'wrong'] : ['', `error of ${task.names[0]}`, 'R²'],
            ...scoreRows(task, latent).map(([name, score]) => [name, ...figures(score)]),
          ]).map((line) => `  ${line}`),
          '',
        ]
      : [`${data.name}: no labels of two classes (--label) and no numbers (--target) to be told from codes.`]),
    `Groups: ${groups.count} (silhouette ${short(groups.silhouette)})`,
    `The code depends most on: ${[first, ...others].join(', ')}`,
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
    ...(task ? { task } : {}),
    clusters: { count: groups.count, silhouette: groups.silhouette, tried: groups.tried },
    dependence,
  });
}

function figures(score: Score): string[] {
  return 'error' in score ? [`${short(100 * score.error)} %`] : [short(score.rmse), short(score.r2)];
}

/** Codes and the group of every example, in the order of the data. */
function asTable({ codes, clusters }: Features, rows: number, latent: number): Parameters<typeof encodeCsv>[0] {
  const column = (name: string, at: (row: number) => number) => ({
    type: 'numeric' as const,
    name,
    values: Float64Array.from({ length: rows }, (_, row) => at(row)),
  });
  const numbers = Array.from({ length: latent }, (_, place) =>
    column(`code${place + 1}`, (row) => Number(codes[row * latent + place].toPrecision(7))),
  );
  return {
    form: 'table',
    name: 'features',
    rows,
    columns: [...numbers, column('cluster', (row) => clusters.assigned[row] + 1)],
  };
}
