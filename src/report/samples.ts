/** Examples that a model made up, for pages. */
import type { Drawn } from '../applications/draw.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import type { Dataset, Source } from '../data/dataset.ts';
import { withLabelColumn } from '../data/label-column.ts';
import { sizeOf } from '../graph/tensor.ts';
import { figure } from './figures.ts';
import { chart, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { pictureShape, stackOf } from './pictures.ts';
import type { CellValue, ReportColumn, SamplePanel } from './report-data.ts';

/** Pictures on a page, and rows of a table. */
const MOST_PICTURES = 64;
const MOST_ROWS = 16;

/** The first of them. */
export function samplePanel(
  { shape, scaling }: Pick<Dataset, 'shape' | 'scaling'>,
  { values, count, labels }: Pick<Drawn, 'values' | 'count' | 'labels'>,
): SamplePanel {
  const isPicture = pictureShape({ shape, scaling }) !== undefined;
  const shown = Math.min(count, isPicture ? MOST_PICTURES : MOST_ROWS);
  const some = values.subarray(0, shown * (values.length / count));
  if (isPicture) return { form: 'images', images: stackOf({ shape, scaling, count: shown }, some) };
  const source = undoScaling(scaling, some, shown);
  const classes = labels && { ...labels, values: labels.values.subarray(0, shown) };
  const { columns, rows } = tableOf(classes ? withLabelColumn({ ...source, labels: classes }, 'class') : source);
  return { form: 'table', columns: columns.map((name) => ({ name })), rows };
}

const FROM_PRIOR =
  'New examples, decoded from random codes: none of these is in the data, yet they should look as if they could be.';

/** The section with what the panel holds, but for pictures: these the script draws. */
export function samplesSection(panel: SamplePanel, lead = FROM_PRIOR): Section {
  const start = { id: 'samples', title: 'What it makes up', lead };
  if (panel.form !== 'table') return { ...start, body: chart('samples', 'Generated examples') };
  return {
    ...start,
    body: scrollable(
      'Generated rows',
      html`<table>
<thead><tr>${panel.columns.map((column) => html`<th scope="col">${columnName(column)}</th>`)}</tr></thead>
<tbody>${panel.rows.map((row) => html`<tr>${row.map((value) => html`<td>${cell(value)}</td>`)}</tr>`)}</tbody></table>`,
    ),
  };
}

/** Names of columns, and cells as a page shows them. */
export function tableOf(source: Source): { columns: string[]; rows: CellValue[][] } {
  if (source.form === 'table')
    return {
      columns: source.columns.map(({ name }) => name),
      rows: Array.from({ length: source.rows }, (_, row) => source.columns.map(({ values }) => cellOf(values[row]))),
    };
  const width = sizeOf(source.shape.slice(1));
  return {
    columns: Array.from({ length: width }, (_, at) => `feature ${at}`),
    rows: Array.from({ length: source.shape[0] }, (_, row) =>
      Array.from(source.values.subarray(row * width, (row + 1) * width), cellOf),
    ),
  };
}

function cellOf(value: number | string | null): CellValue {
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

export function columnName({ name, unit }: ReportColumn): Html {
  return unit === undefined ? html`${name}` : html`${name} <span class="unit">${unit}</span>`;
}

export function cell(value: CellValue): string {
  if (value === null) return 'missing';
  return typeof value === 'number' ? figure(value) : value;
}
