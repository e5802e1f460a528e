/** The page of `anomalies`: the scores and the threshold, the most surprising examples with their reasons, and how it measures up. */
import { basename } from 'node:path';
import type { Anomalies } from '../applications/anomalies.ts';
import { type Reason, reasonsOf, reasonsOfStretches } from '../applications/anomaly-table.ts';
import type { Detector } from '../applications/detector.ts';
import { descending } from '../applications/roc.ts';
import { readForScoring } from '../applications/scoring-data.ts';
import type { Source } from '../data/dataset.ts';
import { matrixRows, takeRows } from '../data/split.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { histogram } from './histogram.ts';
import { type Html, html } from './html.ts';
import { pictureShape, scaled, stackOf } from './pictures.ts';
import { renderPage } from './report.ts';
import type { ExamplePanel } from './report-data.ts';
import { seriesChart } from './series-chart.ts';

export interface AnomalyReport {
  readonly found: Anomalies;
  readonly detector: Detector;
  readonly source: Source;
  /** Examples to show. */
  readonly top: number;
}

/** Pictures to show with their heat. */
const PICTURES = 12;
/** Columns in the list of what gives anomalies away. */
const COLUMNS = 20;

/** The text of the page. */
export function anomalyReport({ found, detector, source, top }: AnomalyReport): string {
  const { scores, threshold, isAnomaly, measured } = found;
  const count = isAnomaly.filter(Boolean).length;
  const title = `What is unusual in ${basename(source.name)}`;
  const pictures = picturesOf(found, detector, source);
  const body = frame({
    kicker: 'Anomaly detection',
    title,
    what: html`<b>${wholeNumber(scores.length)}</b> examples of <b>${source.name}</b>, scored by ${detector.members.length === 1 ? 'a model' : `${detector.members.length} models`} of what is normal.`,
    verdict: verdict(found, count),
    tiles: [
      { name: 'Anomalies', value: wholeNumber(count), note: `${percent(count / scores.length)} of the examples` },
      { name: 'Threshold', value: figure(threshold), note: `${unitOf(found)}; a score above is an anomaly` },
      ...(measured
        ? [
            {
              name: 'AUROC',
              value: percent(measured.model.auroc),
              note: measured.baselines
                ? `${percent(best(measured.baselines))} with the best simple method`
                : 'of all pairs in the right order',
            },
            {
              name: 'F1',
              value: figure(measured.model.f1),
              note: `precision ${percent(measured.model.precision)}, recall ${percent(measured.model.recall)}`,
            },
          ]
        : []),
    ],
    sections: [
      scoreSection(found, detector),
      ...seriesSection(found, source),
      reasonSection(found, source, detector, top),
      ...(pictures ? [pictureSection] : columnSection(found)),
      ...measuredSection(found),
    ],
  });
  return renderPage(title, body, { title, examples: pictures });
}

type Baselines = NonNullable<NonNullable<Anomalies['measured']>['baselines']>;

function best(baselines: Baselines): number {
  return Math.max(...Object.values(baselines).map(({ auroc }) => auroc));
}

/** Scores of rows of a series are roots: so many times what is usually missed. */
function unitOf({ stretches }: Anomalies): string {
  return stretches ? 'usual misses' : 'nats';
}

function verdict({ measured, stretches }: Anomalies, count: number): Html {
  if (!measured && stretches)
    return html`<strong>${stretches.length === 0 ? 'No stretch' : wholeNumber(stretches.length)}</strong> of rows ${stretches.length === 1 ? 'stands' : 'stand'} out. No labels say whether that is right: look at them below.`;
  if (!measured)
    return html`<strong>${count === 0 ? 'Nothing' : wholeNumber(count)}</strong> scores above the threshold. No labels say whether that is right: look at the reasons below.`;
  const { model, baselines } = measured;
  if (!baselines)
    return html`An anomaly scores above a normal example in <strong>${percent(model.auroc)} of all pairs</strong>.`;
  const gain = model.auroc - best(baselines);
  if (gain > 0)
    return html`An anomaly scores above a normal example in <strong>${percent(model.auroc)} of all pairs</strong>, more often than with principal components, an isolation forest or nearest neighbours.`;
  return html`An anomaly scores above a normal example in ${percent(model.auroc)} of all pairs; <strong class="doubt">a method without a network does as well or better here</strong> (${percent(best(baselines))}).`;
}

function scoreSection(found: Anomalies, { reference }: Detector): Section {
  const { scores, threshold } = found;
  return {
    id: 'scores',
    title: 'Scores and threshold',
    lead: 'How much each example surprises; the dashed line is the threshold. What was taken for normal lies behind, as an outline.',
    body: histogram({ label: 'Scores', unit: unitOf(found), values: scores, reference, threshold }),
  };
}

/** Bands of a series beyond this make a page that nobody scrolls through. */
const BANDS = 12;

function seriesSection({ scores, threshold, stretches, names }: Anomalies, source: Source): Section[] {
  if (!stretches || source.form !== 'table') return [];
  const bands = names.slice(0, BANDS).flatMap((name) => {
    const column = source.columns.find((candidate) => candidate.name === name);
    return column?.type === 'numeric' ? [{ name, values: column.values }] : [];
  });
  return [
    {
      id: 'series',
      title: 'The series',
      lead: 'The score of every row above the series themselves; what was called an anomaly is marked. Below: the number of the row.',
      body: seriesChart({
        label: 'Scores and series',
        bands: [{ name: 'score', values: scores, line: threshold }, ...bands],
        marked: stretches,
      }),
    },
  ];
}

function reasonSection(found: Anomalies, source: Source, { reference }: Detector, top: number): Section {
  const reasons: readonly (Reason & { readonly where?: string })[] = found.stretches
    ? reasonsOfStretches(source, found, top)
    : reasonsOf(source, found, top);
  const row = ({
    row: at,
    where,
    score,
    rarity,
    column,
    value,
    expected,
    nats,
  }: Reason & { readonly where?: string }): Html =>
    html`<tr${found.isAnomaly[at] && html` class="chosen"`}><th scope="row">${where ?? wholeNumber(at + 1)}</th><td>${figure(score)}</td><td>${rarity === 0 ? `< 1 in ${wholeNumber(reference.length)}` : `1 in ${figure(1 / rarity)}`}</td><td>${column}</td><td>${value || '–'}</td><td>${expected || '–'}</td><td>${figure(nats)}</td></tr>`;
  return {
    id: 'reasons',
    title: 'The most surprising examples',
    lead: 'For each, the column that surprises most, what stands there, and what the model would have expected; anomalies are marked. Rare: how often what is normal scores as high.',
    body: scrollable(
      'Examples with the highest scores',
      html`<table>
<thead><tr><th scope="col">Example</th><th scope="col">Score</th><th scope="col">As rare as</th><th scope="col">Most surprising</th><th scope="col">Is</th><th scope="col">Expected</th><th scope="col">Nats</th></tr></thead>
<tbody>${reasons.map(row)}</tbody></table>`,
    ),
  };
}

/** Average nats of each column over the anomalies, beside the rest. */
function columnSection({ columns, names, isAnomaly }: Anomalies): Section[] {
  const called = isAnomaly.filter(Boolean).length;
  if (called === 0 || names.length < 2) return [];
  const sums = names.map((name) => ({ name, anomalies: 0, rest: 0 }));
  for (let i = 0; i < columns.length; i++) {
    const sum = sums[i % names.length];
    if (isAnomaly[Math.floor(i / names.length)]) sum.anomalies += columns[i] / called;
    else sum.rest += columns[i] / Math.max(1, isAnomaly.length - called);
  }
  const shown = sums.toSorted((a, b) => b.anomalies - b.rest - (a.anomalies - a.rest)).slice(0, COLUMNS);
  return [
    {
      id: 'columns',
      title: 'What gives them away',
      lead: `Nats that each column adds on average, over the anomalies and over the rest${names.length > COLUMNS ? `; the first ${COLUMNS} of ${names.length} columns` : ''}.`,
      body: scrollable(
        'Nats by column',
        html`<table><thead><tr><th scope="col">Column</th><th scope="col">Anomalies</th><th scope="col">The rest</th></tr></thead>
<tbody>${shown.map(({ name, anomalies, rest }) => html`<tr><th scope="row">${name}</th><td>${figure(anomalies)}</td><td>${figure(rest)}</td></tr>`)}</tbody></table>`,
      ),
    },
  ];
}

function measuredSection({ measured }: Anomalies): Section[] {
  if (!measured) return [];
  const row = (
    name: string,
    { auroc, averagePrecision }: { auroc: number; averagePrecision: number },
    isModel = false,
  ): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${percent(auroc)}</td><td>${percent(averagePrecision)}</td></tr>`;
  const { model, baselines } = measured;
  return [
    {
      id: 'measured',
      title: baselines ? 'Beside simpler methods' : 'How well it tells them apart',
      lead: `On ${wholeNumber(measured.examples)} labelled examples, ${wholeNumber(measured.anomalies)} of them anomalies. AUROC: how often an anomaly scores above a normal example. Average precision: how pure the top of the list is; ${percent(measured.anomalies / measured.examples)} by chance.`,
      body: scrollable(
        'The detector beside simpler methods',
        html`<table><thead><tr><th scope="col">Method</th><th scope="col">AUROC</th><th scope="col">Average precision</th></tr></thead>
<tbody>${row('This detector', model, true)}${baselines && [row('Principal components', baselines.pca), row('Isolation forest', baselines.isolationForest), row('Nearest neighbours', baselines.nearestNeighbours)]}</tbody></table>`,
      ),
    },
  ];
}

const pictureSection: Section = {
  id: 'pictures',
  title: 'Where they surprise',
  lead: 'The pictures with the highest scores, what the model made of them, and where the two differ more than usual: the brighter, the more nats.',
  body: chart('examples', 'The most surprising pictures'),
};

/** The pictures with the highest scores, what was expected, and the heat between them. */
function picturesOf(found: Anomalies, detector: Detector, source: Source): ExamplePanel | undefined {
  const [{ card }] = detector.members;
  if (card.scaling.form !== 'pixels') return undefined;
  const rows = descending(found.scores).subarray(0, PICTURES);
  const data = readForScoring(card, takeRows(source, rows)).data;
  const expected = readForScoring(card, takeRows(found.expected, rows)).data;
  if (!pictureShape(data)) return undefined;
  const width = found.names.length;
  const heat = matrixRows(found.columns, width, rows);
  const most = heat.reduce((largest, nats) => Math.max(largest, nats), 0) || 1;
  return {
    form: 'images',
    original: stackOf(data, scaled(data)),
    reconstruction: stackOf(expected, scaled(expected)),
    heat: stackOf(
      data,
      heat.map((nats) => nats / most),
    ),
    captions: Array.from(rows, (row) => `${row + 1}: ${figure(found.scores[row])}`),
  };
}
