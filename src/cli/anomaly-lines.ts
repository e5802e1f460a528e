/** What `anomalies` prints: what was found and why, and how it measures up. */
import type { Anomalies, Ranking } from '../applications/anomalies.ts';
import { type Reason, reasonsOf, reasonsOfStretches } from '../applications/anomaly-table.ts';
import type { Detector } from '../applications/detector.ts';
import { shareAtLeastOf } from '../applications/rarity.ts';
import { f1Of, type Stretch } from '../applications/stretches.ts';
import type { Source } from '../data/dataset.ts';
import { short, table } from './terminal.ts';

export function anomalyLines(found: Anomalies, source: Source, detector: Detector, top: number): string[] {
  const { scores, threshold, isAnomaly, stretches } = found;
  const count = isAnomaly.filter(Boolean).length;
  const headline = stretches
    ? `${source.name}, ${scores.length.toLocaleString('en')} rows: ${stretchWords(stretches.length, count, threshold)}.`
    : `${source.name}, ${scores.length.toLocaleString('en')} examples: ${many(count)} above ${short(threshold)} nats.`;
  const lines = ['', headline];
  const rows = stretches
    ? reasonsOfStretches(source, found, top).map((reason) => [reason.where, ...cellsOf(reason, detector)])
    : reasonsOf(source, found, top).map((reason) => [
        `${reason.row + 1}${isAnomaly[reason.row] ? '' : ' (normal)'}`,
        ...cellsOf(reason, detector),
      ]);
  if (rows.length > 0)
    lines.push(
      '',
      ...table([
        [stretches ? 'rows' : 'example', 'score', 'as rare as', 'most surprising', 'is', 'expected'],
        ...rows,
      ]).map((line) => `  ${line}`),
    );
  return [...lines, ...unseenLines(found), ...measuredLines(found)];
}

/** Stretches of a series that is not in memory, the highest first: where they are, and how high. */
export function stretchLines(stretches: readonly Stretch[], { reference }: Detector, top: number): string[] {
  if (stretches.length === 0) return [];
  const rarityOf = shareAtLeastOf(reference);
  const rows = stretches
    .toSorted((a, b) => b.peak - a.peak)
    .slice(0, top)
    .map(({ from, to, peak }) => [`${from + 1} – ${to + 1}`, short(peak), rareWords(rarityOf(peak), reference)]);
  return ['', ...table([['rows', 'score', 'as rare as'], ...rows]).map((line) => `  ${line}`)];
}

/** How many stretches were found in a series, and how many rows are in them. */
export function stretchWords(count: number, rows: number, threshold: number): string {
  return `${many(count)} unusual stretch${count === 1 ? '' : 'es'}, ${many(rows)} rows in all, above ${short(threshold)}`;
}

function many(value: number): string {
  return value === 0 ? 'none' : value.toLocaleString('en');
}

function cellsOf({ score, rarity, column, value, expected }: Reason, { reference }: Detector): string[] {
  return [short(score), rareWords(rarity, reference), column, value, expected];
}

function rareWords(rarity: number, reference: Float64Array): string {
  return rarity === 0 ? `< 1 in ${reference.length}` : `1 in ${short(1 / rarity)}`;
}

function unseenLines({ unseen }: Anomalies): string[] {
  if (unseen.length === 0) return [];
  const names = [...new Set(unseen.map(({ column, category }) => `${column}=${category}`))].slice(0, 5).join(', ');
  return ['', `Categories that were not there in training, in ${unseen.length} cells: ${names}.`];
}

function measuredLines({ measured }: Anomalies): string[] {
  if (!measured) return [];
  const { model, baselines, events } = measured;
  const row = (name: string, { auroc, averagePrecision }: Ranking): string[] => [
    name,
    `${short(100 * auroc)} %`,
    `${short(100 * averagePrecision)} %`,
  ];
  return [
    '',
    `Measured on ${measured.examples.toLocaleString('en')} labelled examples, ${measured.anomalies} of them anomalies: precision ${short(100 * model.precision)} %, recall ${short(100 * model.recall)} %, F1 ${short(model.f1)}.`,
    ...(events
      ? [
          `Of ${events.found + events.missed} labelled stretches ${events.found} found, ${events.falseAlarms} false alarms: F1 ${short(f1Of(events))}.`,
        ]
      : []),
    '',
    ...table([
      ['', 'AUROC', 'average precision'],
      row('this detector', model),
      ...(baselines
        ? [
            row('principal components', baselines.pca),
            row('isolation forest', baselines.isolationForest),
            row('nearest neighbours', baselines.nearestNeighbours),
          ]
        : []),
    ]).map((line) => `  ${line}`),
  ];
}
