/** `anomalies MODEL DATA --out scores.parquet`: rows scored as they are read, of files of any size. */
import { makeChunkScorer } from '../applications/chunk-scorer.ts';
import { type Detector, detectorOf } from '../applications/detector.ts';
import { isDetectorFolder, readDetectorFolder } from '../applications/detector-folder.ts';
import { trainedOn } from '../applications/kept.ts';
import { readingFor } from '../applications/prepared-chunks.ts';
import { chunkTables } from '../applications/scored-rows.ts';
import { scoreSeries } from '../applications/scored-series.ts';
import type { Stretch } from '../applications/stretches.ts';
import { chooseThreshold, type ThresholdRule, usualThreshold } from '../applications/threshold.ts';
import { OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { countRows } from '../data/chunks/count-rows.ts';
import { sampleRows } from '../data/chunks/sample-rows.ts';
import { sourceCount } from '../data/split.ts';
import type { Engine } from '../engine/engine.ts';
import { stretchLines, stretchWords } from './anomaly-lines.ts';
import type { DataFlags } from './data-flags.ts';
import { readModel } from './model-argument.ts';
import { checkFolder, refuseExisting } from './output-file.ts';
import { type RowsDone, rowFilesOf, rowsThrough, rowsWords } from './row-files.ts';
import { placeLines, short, type Terminal } from './terminal.ts';

/** Rows that tell a model that is no detector what is usual. */
const USUAL = 5000;

export interface ScoreFile {
  readonly path: string;
  readonly data: string;
  readonly out: string;
  readonly rule?: ThresholdRule;
  /** The folder of a detector that was made for this. */
  readonly made?: string;
  readonly flags: DataFlags & {
    readonly overwrite?: boolean;
    /** Stretches of a series that are shown. */
    readonly top: number;
  };
  readonly engine: Engine;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** @throws OptionError for what needs all rows at once: labels, thresholds by shares or labels. */
export async function scoreToFile(request: ScoreFile): Promise<void> {
  const { data, out, rule, made, flags, terminal } = request;
  refuseWhole(rule, flags);
  await checkFolder(out);
  refuseExisting(out, flags);
  const files = (await rowFilesOf(data, 'disk', terminal, `--out ${out}`)) ?? [];
  const { detector, threshold } = await detectorFor(request, files);
  const { windows } = detector;
  const through = { ...request, files, detector, threshold };
  const { done, anomalies, lines, stretches } = await (windows
    ? seriesThrough({ ...through, windows })
    : scoredThrough(through));
  for (const line of [
    rowsWords(done),
    ...lines,
    '',
    ...placeLines({ Scores: out, Detector: made && `${made}  (autoencoder anomalies ${made} DATA)` }),
  ])
    terminal.say(line);
  terminal.result({
    data,
    examples: done.rows,
    anomalies,
    threshold,
    ...(stretches ? { stretches } : {}),
    ...done,
    scores: out,
    ...(made === undefined ? {} : { detector: made }),
  });
}

interface Through extends Pick<ScoreFile, 'data' | 'out' | 'flags' | 'terminal' | 'signal'> {
  readonly files: readonly string[];
  readonly detector: Detector;
  readonly threshold: number;
}

interface Scored {
  readonly done: RowsDone;
  readonly anomalies: number;
  /** For people. */
  readonly lines: readonly string[];
  readonly stretches?: readonly Stretch[];
}

async function scoredThrough({ detector, threshold, ...through }: Through): Promise<Scored> {
  const scorer = makeChunkScorer(detector.members);
  const tableOf = chunkTables(detector, scorer, threshold);
  let anomalies = 0;
  const done = await rowsThrough({
    ...through,
    as: { cards: detector.members.map(({ card }) => card), takes: 'anything' },
    async work(chunk) {
      const scored = await tableOf(chunk);
      anomalies += scored.anomalies;
      return scored.table;
    },
  });
  await scorer.dispose();
  const headline = `${anomalies === 0 ? 'None' : anomalies.toLocaleString('en')} above ${short(threshold)} nats.`;
  return { done, anomalies, lines: [headline] };
}

async function seriesThrough(
  through: Through & { readonly windows: NonNullable<Detector['windows']> },
): Promise<Scored> {
  const { data, files, flags, detector, windows, threshold, out } = through;
  const { time, header, limit } = flags;
  const series = await scoreSeries({
    name: data,
    detector,
    windows,
    threshold,
    rows: await countRows({ files, header, limit }),
    time,
    place: `${out}.rows.tmp`,
  });
  try {
    const done = await rowsThrough({
      ...through,
      as: { channels: windows.channels, time },
      async work(chunk) {
        await series.add(chunk);
        return undefined;
      },
      after: series.tables,
    });
    const stretches = series.stretches();
    const anomalies = stretches.reduce((sum, { from, to }) => sum + to + 1 - from, 0);
    const headline =
      stretches.length === 0
        ? `No unusual stretch above ${short(threshold)}.`
        : `${stretchWords(stretches.length, anomalies, threshold)}.`;
    return { done, anomalies, stretches, lines: [headline, ...stretchLines(stretches, detector, flags.top)] };
  } finally {
    await series.end();
  }
}

/** @throws OptionError for what needs all rows at once: labels, thresholds by shares or labels. */
export function refuseWhole(rule: ThresholdRule | undefined, { label }: DataFlags): void {
  if (rule && followsFromAll(rule))
    throw new OptionError({
      where: `--threshold ${rule.by}`,
      expected: 'a threshold that is known before the rows are read: quantile:Q, deviations:D or a score',
      got: 'one that follows from all of their scores',
      fix: 'choose --threshold quantile:0.99, or have all rows in memory: a folder in --out, --from memory',
    });
  if (label === undefined) return;
  throw new OptionError({
    where: '--label',
    expected: 'no labels beside rows that are not in memory: nothing is measured there',
    got: label,
    fix: 'leave --label out, or have all rows in memory: a folder in --out, --from memory',
  });
}

/** Whether a threshold is known when all scores are. */
export function followsFromAll({ by }: ThresholdRule): boolean {
  return by === 'share' || by === 'cost' || by === 'labels';
}

async function detectorFor(
  { path, rule, flags, engine, terminal }: ScoreFile,
  files: readonly string[],
): Promise<{ readonly detector: Detector; readonly threshold: number }> {
  const lineOf = (given: ThresholdRule, reference: Float64Array): number =>
    chooseThreshold(given, { reference, scores: reference });
  if (isDetectorFolder(path)) {
    const { open, threshold } = await readDetectorFolder(path);
    const detector = open(engine);
    return { detector, threshold: rule ? lineOf(rule, detector.reference) : threshold };
  }
  const trained = trainedOn(engine, await readModel(path));
  const { header, limit } = flags;
  const reading = { files, header, limit, ...readingFor(trained.card) };
  const usual = await sampleRows(reading, USUAL, createRandom(0).fork('usual'));
  terminal.note(
    `${path} is no detector: what is usual is learned from ${sourceCount(usual).toLocaleString('en')} of the rows.`,
  );
  const detector = await detectorOf(trained, usual);
  return { detector, threshold: lineOf(rule ?? usualThreshold(false), detector.reference) };
}
