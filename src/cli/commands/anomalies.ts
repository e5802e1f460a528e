/** `autoencoder anomalies`: what is unlike the rest, why, and how surely. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { findAnomalies } from '../../applications/anomalies.ts';
import { anomalyTable, contributionTable } from '../../applications/anomaly-table.ts';
import { DETECTOR_FILE } from '../../applications/detector-file.ts';
import { isDetectorFolder, readDetectorFolder } from '../../applications/detector-folder.ts';
import { chooseThreshold, parseThreshold, type ThresholdRule } from '../../applications/threshold.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeSource } from '../../data/formats/formats.ts';
import { isRowFile } from '../../data/sinks/row-sinks.ts';
import { anomalyReport } from '../../report/anomaly-report.ts';
import { type AnomalyFlags, fittedCase, knownCase, refuseMaking } from '../anomaly-case.ts';
import { anomalyLines } from '../anomaly-lines.ts';
import { scoreToFile } from '../anomaly-rows.ts';
import { addFromFlag } from '../data-flags.ts';
import { anomaliesFromDisk, filesToLearnFrom } from '../disk-anomalies.ts';
import { besideReading, openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { addResultFlags } from '../result-flags.ts';
import { rowFilesInto } from '../row-files.ts';
import { makeFolder, outputFolder, REPORT_FILE } from '../run-folder.ts';
import { scoreLines } from '../stream-lines.ts';
import { addSubjectFlags, namedModel, refuseWords, trainingOptions } from '../subject.ts';
import { makeTerminal, placeLines, type Terminal } from '../terminal.ts';

export function addAnomalies(program: Command, signal: AbortSignal): void {
  const command = program
    .command('anomalies')
    .summary('find what is unlike the rest, and say why')
    .description(
      'Scores every example by how much it surprises a model of what is normal, column by column, and calls those above a threshold anomalies. With labels, it learns from the normal ones only and measures itself beside PCA, an isolation forest and nearest neighbours.',
    )
    .option('--robust', 'the data to learn from holds anomalies itself: several small models, each of a few rows')
    .addOption(
      program
        .createOption(
          '--models <n>',
          'models whose scores are averaged (default: 3; 5 of short series, 1 of long ones and of pictures, 10 with --robust)',
        )
        .argParser(countParser('--models')),
    )
    .addOption(
      program
        .createOption(
          '--window <rows>',
          'rows are moments of a series: see them through windows of so many; auto: 150, or a tenth of a short series',
        )
        .argParser((text) => (text === 'auto' ? 'auto' : countParser('--window')(text))),
    )
    .option(
      '--threshold <rule>',
      'quantile:Q of what is normal, deviations:D above its mean, share:S of the examples, cost:R (a miss costs R false alarms) or labels, where there are labels; or a score (default: quantile:0.99; deviations:2.5 with --window)',
    )
    .option('--normal <class>', 'the label of what is normal (default: normal, ok, 0 …, or the most frequent)')
    .addOption(program.createOption('--top <n>', 'anomalies to show').default(10).argParser(countParser('--top')))
    .option(
      '--stream',
      'with a detector: read lines (CSV with a header, or JSON objects) from standard input and write a score for each at once',
    )
    .addOption(
      program
        .createOption('--half-life <lines>', 'of --stream: lines after which what was seen counts half (default: 4000)')
        .argParser(countParser('--half-life')),
    );
  addResultFlags(command, { of: 'of the scores', formats: ['csv', 'parquet', 'jsonl'] });
  addSubjectFlags(command);
  addFromFlag(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder anomalies --fit sensors\n  autoencoder anomalies --fit log.csv --robust --threshold share:0.02\n  autoencoder anomalies --fit machine.csv --time timestamp --window auto\n  autoencoder anomalies --fit "logs/*.parquet" --from disk\n  autoencoder anomalies --fit "logs/*.parquet" --time at --window auto\n  autoencoder anomalies runs/log-anomalies today.csv\n  tail -f log.csv | autoencoder anomalies runs/log-anomalies --stream\n  autoencoder anomalies runs/log-anomalies "logs/*.parquet" --out scores.parquet',
  );
  command.action((model: string | undefined, data: string | undefined, flags: AnomalyFlags) =>
    run({ command: 'anomalies', model, data }, flags, signal),
  );
}

async function run(
  words: { readonly command: string; readonly model?: string; readonly data?: string },
  flags: AnomalyFlags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const given = flags.threshold === undefined ? undefined : parseThreshold(flags.threshold);
  if (flags.stream) return streamed(words, given, flags, terminal, signal);
  if (flags.out !== undefined && isRowFile(flags.out)) return scored(words, given, flags.out, flags, terminal, signal);
  const named = flags.fit ?? words.data ?? '';
  const folder = outputFolder(named, words.command, [REPORT_FILE, DETECTOR_FILE, 'model'], flags);
  const files =
    flags.fit === undefined
      ? await rowFilesInto(undefined, named, flags.from, terminal)
      : await filesToLearnFrom(flags.fit, given, flags, terminal);
  const engine = await openEngine(flags);
  if (files) {
    refuseWords(words);
    const options = trainingOptions(flags);
    return anomaliesFromDisk({ data: named, files, options, rule: given, folder, flags, engine, terminal, signal });
  }
  const { detector, source, rule, labels, fitOn, isMeasured, save } =
    flags.fit === undefined
      ? await knownCase(namedModel(words, flags), given, flags, engine, terminal, signal)
      : await fittedCase(flags.fit, words, given, flags, engine, folder, terminal, signal);
  const random = createRandom(0).fork('baselines');
  const found = await findAnomalies({
    engine,
    detector,
    source,
    threshold: rule,
    labels: labels?.isAnomaly,
    isMeasured,
    fitOn,
    random,
  });
  await makeFolder(folder);
  await save?.(found.threshold);
  const scoresFile = join(folder, `anomalies.${flags.format}`);
  await writeFileAtomic(scoresFile, encodeSource(scoresFile, anomalyTable(source, found)));
  const contributions = join(folder, `contributions.${flags.format}`);
  await writeFileAtomic(contributions, encodeSource(contributions, contributionTable(found)));
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, anomalyReport({ found, detector, source, top: Math.max(20, flags.top) }));
  for (const line of anomalyLines(found, source, detector, flags.top)) terminal.say(line);
  for (const line of [
    '',
    ...placeLines({
      Scores: scoresFile,
      Contributions: contributions,
      Report: report,
      Detector: save && `${folder}  (autoencoder anomalies ${folder} DATA)`,
    }),
  ])
    terminal.say(line);
  const { scores, threshold, isAnomaly, measured, unseen } = found;
  terminal.result({
    data: source.name,
    examples: scores.length,
    anomalies: isAnomaly.filter(Boolean).length,
    threshold,
    normal: labels?.normal,
    unseen: unseen.length,
    ...(found.stretches ? { stretches: found.stretches } : {}),
    scores: scoresFile,
    contributions,
    report,
    ...(save ? { detector: folder } : {}),
    ...(measured
      ? {
          results: { ...measured.model, ...(measured.events ? { events: measured.events } : {}) },
          baselines: measured.baselines,
          measured: measured.examples,
        }
      : {}),
  });
}

/** Rows as they are read, into a file of scores. */
async function scored(
  words: { readonly command: string; readonly model?: string; readonly data?: string },
  rule: ThresholdRule | undefined,
  out: string,
  flags: AnomalyFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  if (flags.fit !== undefined)
    throw new OptionError({
      where: `--out ${out}`,
      expected: 'a folder, for the detector that --fit makes',
      got: 'the name of a file',
      fix: 'make the detector first, then: autoencoder anomalies DETECTOR DATA --out scores.parquet',
    });
  const { model: path, data } = namedModel(words, flags);
  refuseMaking(path, flags);
  const engine = await openEngine(besideReading(flags));
  await scoreToFile({ path, data, out, rule, flags, engine, terminal, signal });
}

async function streamed(
  { model: path, data }: { readonly model?: string; readonly data?: string },
  given: ThresholdRule | undefined,
  flags: AnomalyFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  if (path === undefined || !isDetectorFolder(path) || (data ?? '-') !== '-' || flags.fit !== undefined)
    throw new OptionError({
      where: '--stream',
      expected: 'the folder of a detector, and lines on standard input',
      got: path === undefined ? 'no detector' : isDetectorFolder(path) ? `${data ?? '--fit'} besides` : path,
      fix: 'make one first: autoencoder anomalies --fit log.csv; then: tail -f log.csv | autoencoder anomalies runs/log-anomalies --stream',
    });
  if (terminal.isJson)
    throw new OptionError({
      where: '--json',
      expected: 'no --stream beside it: that writes a line for each line, not one object',
      got: '--stream',
      fix: 'leave one of the two out',
    });
  const { open, threshold } = await readDetectorFolder(path);
  const detector = open(await openEngine(flags));
  const line = given
    ? chooseThreshold(given, { reference: detector.reference, scores: detector.reference })
    : threshold;
  const summary = await scoreLines({
    detector,
    threshold: line,
    halfLife: flags.halfLife,
    input: process.stdin,
    output: process.stdout,
    note: terminal.note,
    signal,
  });
  terminal.note(`${summary.lines} lines, ${summary.anomalies} anomalies, ${summary.malformed} that could not be read.`);
}
