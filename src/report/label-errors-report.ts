/** The page of `label-errors`: the rows whose labels fit least, which classes are confused, and how well the search works. */

import { basename } from 'node:path';
import type { LabelErrors } from '../applications/label-errors.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import type { Dataset } from '../data/dataset.ts';
import { cellText } from '../data/formats/table.ts';
import { takeExamples } from '../data/split.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { pictureShape, stackOf } from './pictures.ts';
import { renderPage } from './report.ts';
import type { ExamplePanel } from './report-data.ts';

export interface LabelErrorsReport {
  readonly found: LabelErrors;
  readonly data: Dataset;
  /** Rows in the list. */
  readonly top: number;
  /** What the model makes of rows, in its units. */
  readonly rebuild: (rows: Dataset) => Promise<Float32Array>;
  /** The model file's path, as in the commands. */
  readonly modelFile: string;
}

const PICTURES = 24;
const COLUMNS = 8;
const PAIRS = 15;

/** The text of the page. */
export async function labelErrorsReport(request: LabelErrorsReport): Promise<string> {
  const { found, data, top, modelFile } = request;
  const { ranked, isSuspect, agreement, trial } = found;
  const suspects = isSuspect.filter(Boolean).length;
  const title = `Labels of ${basename(data.name)} that do not fit`;
  const pictures = await picturesOf(request);
  const body = frame({
    kicker: 'Label errors',
    title,
    what: html`<b>${wholeNumber(ranked.length)}</b> labelled examples of <b>${data.name}</b>, encoded by <b>${modelFile}</b>.`,
    verdict:
      suspects === 0
        ? html`<strong>No label</strong> is contradicted by the examples near it.`
        : html`<strong>${wholeNumber(suspects)} label${suspects > 1 && 's'}</strong> (${percent(suspects / ranked.length)}) ${suspects > 1 ? 'are' : 'is'} contradicted by the examples near ${suspects > 1 ? 'them' : 'it'}: look at these first.`,
    tiles: [
      { name: 'Suspects', value: wholeNumber(suspects), note: `of ${wholeNumber(ranked.length)} labels` },
      { name: 'Neighbours agree', value: percent(agreement), note: 'of the labels are what those near them say' },
      {
        name: 'Found in the trial',
        value: percent(trial.model.precision),
        note: `of ${wholeNumber(trial.changed)} labels changed on purpose; ${percent(trial.pca.precision)} among principal components`,
      },
    ],
    sections: [
      ...(pictures ? [pictureSection] : []),
      rowSection(found, data, top),
      ...pairSection(found),
      trialSection(found),
    ],
  });
  return renderPage(title, body, { title, examples: pictures });
}

const pictureSection: Section = {
  id: 'pictures',
  title: 'The pictures that fit least',
  lead: 'Under each: its number, the label it has, and the one that its neighbours have.',
  body: chart('examples', 'The pictures whose labels fit least'),
};

/** `4 → 9`. */
function changeOf({ names, labels, suggested }: LabelErrors, row: number): string {
  return `${names[labels[row]]} → ${names[suggested[row]]}`;
}

async function picturesOf({ found, data, rebuild }: LabelErrorsReport): Promise<ExamplePanel | undefined> {
  if (!pictureShape(data)) return undefined;
  const rows = found.ranked.subarray(0, PICTURES);
  const chosen = takeExamples(data, rows);
  const scale = data.values instanceof Uint8Array ? 1 / 255 : 1;
  return {
    form: 'images',
    original: stackOf(
      chosen,
      Float32Array.from(chosen.values, (value) => value * scale),
    ),
    reconstruction: stackOf(chosen, await rebuild(chosen)),
    captions: Array.from(rows, (row) => `${row + 1}: ${changeOf(found, row)}`),
  };
}

function rowSection(found: LabelErrors, data: Dataset, top: number): Section {
  const rows = found.ranked.subarray(0, top);
  const { names, labels, suggested, scores, isSuspect } = found;
  const cells = cellsOf(data, rows);
  const line = (row: number, at: number): Html =>
    html`<tr${isSuspect[row] && html` class="chosen"`}><th scope="row">${wholeNumber(row + 1)}</th><td>${names[labels[row]]}</td><td>${names[suggested[row]]}</td><td>${figure(1 - scores[row])}</td>${cells.map(({ values }) => html`<td>${values[at]}</td>`)}</tr>`;
  return {
    id: 'rows',
    title: 'The labels that fit least',
    lead: 'What the rows near each one in the code are called, the row itself left out. Suspects are marked: another class is said of them with as much confidence as is usual for it.',
    body: scrollable(
      'Labels that fit least',
      html`<table>
<thead><tr><th scope="col">Example</th><th scope="col">Label</th><th scope="col">Suggested</th><th scope="col">Chance of the label</th>${cells.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${Array.from(rows, line)}</tbody></table>`,
    ),
  };
}

/** The first columns of the rows, in raw units; nothing for what is no table. */
function cellsOf(data: Dataset, rows: Int32Array): { readonly name: string; readonly values: readonly string[] }[] {
  if (data.scaling.form !== 'columns') return [];
  const source = undoScaling(data.scaling, Float32Array.from(takeExamples(data, rows).values), rows.length);
  if (source.form !== 'table') return [];
  return source.columns.slice(0, COLUMNS).map((column) => ({
    name: column.name,
    values: Array.from(rows, (_, at) =>
      column.type === 'numeric' ? figure(column.values[at]) : (cellText(column, at) ?? '–'),
    ),
  }));
}

/** Which labels the suspects have, and which they would have. */
function pairSection(found: LabelErrors): Section[] {
  const counts = new Map<string, number>();
  for (const row of found.ranked)
    if (found.isSuspect[row]) counts.set(changeOf(found, row), (counts.get(changeOf(found, row)) ?? 0) + 1);
  if (counts.size === 0) return [];
  const pairs = [...counts].sort(([, a], [, b]) => b - a).slice(0, PAIRS);
  return [
    {
      id: 'pairs',
      title: 'Which classes are confused',
      lead: 'Suspects by the label they have and the one suggested; many of one pair may be a rule that was read differently rather than slips.',
      body: scrollable(
        'Suspects by label',
        html`<table><thead><tr><th scope="col">Label → suggested</th><th scope="col">Suspects</th></tr></thead><tbody>${pairs.map(
          ([pair, count]) => html`<tr><th scope="row">${pair}</th><td>${wholeNumber(count)}</td></tr>`,
        )}</tbody></table>`,
      ),
    },
  ];
}

function trialSection({ trial: { changed, model, pca } }: LabelErrors): Section {
  const row = (name: string, { averagePrecision, precision }: typeof model, isModel = false): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${percent(averagePrecision)}</td><td>${percent(precision)}</td></tr>`;
  return {
    id: 'trial',
    title: 'How well would errors be found?',
    lead: `A trial: ${wholeNumber(changed)} labels changed at random, and looked for in the same way. Average precision: how pure the top of the list is. Labels that were wrong already count as false alarms, and real errors are between classes that look alike: expect somewhat less.`,
    body: scrollable(
      'The trial',
      html`<table><thead><tr><th scope="col">Neighbours among</th><th scope="col">Average precision</th><th scope="col">Found among the first ${wholeNumber(changed)}</th></tr></thead>
<tbody>${row('codes of this model', model, true)}${row('principal components', pca)}</tbody></table>`,
    ),
  };
}
