/** The page of `impute`: how well hidden cells are told, what was missing, and the first examples with what was filled in. */
import { basename } from 'node:path';
import type { FillingError, FillingErrors, Way } from '../applications/imputation-error.ts';
import type { Imputed } from '../applications/impute.ts';
import type { Column, Dataset, Source } from '../data/dataset.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';

export interface ImputeReport {
  readonly imputed: Imputed;
  /** Absent where no cells were hidden on purpose. */
  readonly errors?: FillingErrors;
  /** Whether the model has not learned from the examples whose cells were hidden. */
  readonly isHeldOut: boolean;
  readonly data: Dataset;
  /** As it came. */
  readonly source: Source;
  /** Paths, as in the commands. */
  readonly modelFile: string;
  readonly files: readonly string[];
}

const WAYS: readonly { readonly way: Way; readonly name: string }[] = [
  { way: 'model', name: 'This model' },
  { way: 'means', name: 'Mean, most frequent category' },
  { way: 'neighbours', name: 'Nearest neighbours' },
  { way: 'regressions', name: 'Regressions in turn' },
];

/** Examples that are shown. */
const SHOWN = 12;

/** The text of the page. */
export function imputeReport(page: ImputeReport): string {
  const { imputed, errors, data, modelFile, files } = page;
  const missing = imputed.columns.reduce((sum, column) => sum + column.missing, 0);
  const cells = imputed.columns.length * data.count;
  const title = `${basename(data.name)}, filled in`;
  const body = frame({
    kicker: 'Missing values',
    title,
    what: html`<b>${wholeNumber(missing)}</b> missing cells of <b>${data.name}</b>, told by <b>${modelFile}</b> (${imputed.method}) and written to <b>${files.join(', ')}</b>.`,
    verdict: verdict(errors),
    tiles: [
      {
        name: 'Missing',
        value: wholeNumber(missing),
        note: `${percent(cells > 0 ? missing / cells : 0)} of the cells`,
      },
      ...(errors?.model.numbers === undefined
        ? []
        : [
            {
              name: 'Error of numbers',
              value: figure(errors.model.numbers),
              note: `standard deviations; ${figure(errors.means.numbers)} with the mean`,
            },
          ]),
      ...(errors?.model.categories === undefined
        ? []
        : [
            {
              name: 'Wrong categories',
              value: percent(errors.model.categories),
              note: `${percent(errors.means.categories ?? 0)} with the most frequent`,
            },
          ]),
    ],
    sections: [
      ...(errors ? [comparison(errors, page.isHeldOut), byColumn(errors)] : []),
      gaps(page),
      ...examples(page),
    ],
  });
  return renderPage(title, body, { title });
}

function verdict(errors: FillingErrors | undefined): Html {
  if (!errors) return html`How well was not measured: <strong>--report</strong> hides cells on purpose and looks.`;
  const isBest = (part: 'numbers' | 'categories'): boolean =>
    WAYS.every(({ way }) => (errors.model[part] ?? 0) <= (errors[way][part] ?? Number.POSITIVE_INFINITY));
  const parts = (['numbers', 'categories'] as const).filter((part) => errors.model[part] !== undefined);
  if (parts.every(isBest))
    return html`It tells hidden cells <strong>at least as well as the mean, nearest neighbours and regressions</strong>.`;
  const better = WAYS.filter(({ way }) => parts.some((part) => (errors[way][part] ?? 1) < (errors.model[part] ?? 0)));
  return html`On hidden cells, <strong class="doubt">a simpler way does better</strong> (${better.map(({ name }) => name.toLowerCase()).join(', ')}): look at the table before using these values.`;
}

function comparison(errors: FillingErrors, isHeldOut: boolean): Section {
  const { measured } = errors;
  const who = isHeldOut
    ? 'that the model did not learn from'
    : 'of this data (too good a figure where the model has learned from them)';
  return {
    id: 'comparison',
    title: 'How well are cells told?',
    lead: `Every cell that is there in ${wholeNumber(measured.examples)} examples ${who} was hidden once, a fifth of them at a time (${wholeNumber(measured.cells)} cells), and told from the rest. Errors of numbers are in standard deviations of their column: 1 is what the mean has.`,
    body: scrollable(
      'Error on hidden cells beside simpler ways',
      html`<table>
<thead><tr><th scope="col">Filled by</th><th scope="col">Error of numbers (RMSE / spread)</th><th scope="col">Wrong categories</th></tr></thead>
<tbody>${WAYS.map(
        ({ way, name }) =>
          html`<tr${way === 'model' && html` class="chosen"`}><th scope="row">${name}</th><td>${figure(errors[way].numbers)}</td><td>${share(errors[way].categories)}</td></tr>`,
      )}</tbody></table>`,
    ),
  };
}

function byColumn(errors: FillingErrors): Section {
  const errorOf = ({ columns }: FillingError, name: string): number | undefined =>
    columns.find((column) => column.name === name)?.error;
  return {
    id: 'columns',
    title: 'Which columns can be told',
    lead: 'An error near 1, or as many wrong categories as with the most frequent one, means that the other columns say nothing about this one.',
    body: scrollable(
      'Error on hidden cells by column',
      html`<table>
<thead><tr><th scope="col">Column</th>${WAYS.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${errors.model.columns.map(
        ({ name, isCategory }) =>
          html`<tr><th scope="row">${name}</th>${WAYS.map(({ way }) => {
            const error = errorOf(errors[way], name);
            return html`<td>${isCategory ? share(error) : figure(error)}</td>`;
          })}</tr>`,
      )}</tbody></table>`,
    ),
  };
}

function gaps({ imputed, data }: ImputeReport): Section {
  return {
    id: 'missing',
    title: 'What was missing',
    lead: 'Cells that were filled in, column by column. Categories that the model has not seen stay as they are, and it makes no use of them.',
    body: scrollable(
      'Missing cells by column',
      html`<table>
<thead><tr><th scope="col">Column</th><th scope="col">Missing</th><th scope="col">Share</th><th scope="col">Not seen before</th></tr></thead>
<tbody>${imputed.columns.map(
        ({ name, missing, unknown }) =>
          html`<tr><th scope="row">${name}</th><td>${wholeNumber(missing)}</td><td>${percent(missing / data.count)}</td><td>${wholeNumber(unknown)}</td></tr>`,
      )}</tbody></table>`,
    ),
  };
}

/** The first examples of a table that had gaps. */
function examples({ imputed, source }: ImputeReport): Section[] {
  const [filled] = imputed.sources;
  if (source.form !== 'table' || filled.form !== 'table') return [];
  const known = new Set(imputed.columns.map(({ name }) => name));
  const isGap = (column: Column, row: number): boolean => known.has(column.name) && textAt(column, row) === undefined;
  const rows = Array.from({ length: source.rows }, (_, row) => row)
    .filter((row) => source.columns.some((column) => isGap(column, row)))
    .slice(0, SHOWN);
  if (rows.length === 0) return [];
  return [
    {
      id: 'examples',
      title: 'Filled in',
      lead: `The first examples with gaps${imputed.sources.length > 1 ? ', as they were drawn the first time' : ''}; what was filled in is bold.`,
      body: scrollable(
        'Examples with what was filled in',
        html`<table>
<thead><tr><th scope="col">Row</th>${filled.columns.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
          (row) =>
            html`<tr><th scope="row">${row + 1}</th>${filled.columns.map((column, at) => {
              const text = textAt(column, row) ?? '–';
              return html`<td>${isGap(source.columns[at], row) ? html`<b>${text}</b>` : text}</td>`;
            })}</tr>`,
        )}</tbody></table>`,
      ),
    },
  ];
}

function textAt(column: Column, row: number): string | undefined {
  if (column.type === 'category') return column.values[row] ?? undefined;
  return Number.isNaN(column.values[row]) ? undefined : `${column.values[row]}`;
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : percent(value);
}
