/** The page of `index`: how often what is found is what was looked for, by label, beside simpler ways. */
import { basename } from 'node:path';
import type { SearchIndex } from '../applications/search-index.ts';
import type { Precision, SearchQuality } from '../applications/search-quality.ts';
import { contactSheet, type SheetRow } from './contact-sheet.ts';
import { figure, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable, type Tile } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';

export interface IndexReport {
  readonly index: SearchIndex;
  /** Where there are labels. */
  readonly quality?: SearchQuality;
  /** A few of the index with what is most like them; where they are pictures. */
  readonly sheet: readonly SheetRow[];
  readonly data: string;
  /** Paths, as in the commands. */
  readonly folder: string;
  readonly modelFile: string;
}

/** The text of the page. */
export function indexReport({ index, quality, sheet, data, folder, modelFile }: IndexReport): string {
  const title = `An index of ${basename(data)}`;
  const pictures = contactSheet(sheet);
  const body = frame({
    kicker: 'Search',
    title,
    what: html`<b>${wholeNumber(index.names.length)}</b> examples of <b>${data}</b>, each by the ${index.width} numbers of its code, encoded by <b>${modelFile}</b>; kept in <b>${folder}</b>.`,
    verdict: quality ? verdict(quality) : html`Without labels, only the eye can tell whether what is found is alike.`,
    tiles: [
      { name: 'Examples', value: wholeNumber(index.names.length), note: `${index.width} numbers each` },
      ...(quality ? [precisionTile(quality)] : []),
    ],
    sections: [...(quality ? [comparison(quality)] : []), ...(pictures ? [pictures.section] : []), next(folder)],
  });
  return renderPage(title, body, { title, contactSheet: pictures?.drawn });
}

function verdict({ model, pca, data }: SearchQuality): Html {
  const best = Math.max(pca.all, data?.all ?? 0);
  return model.all > best
    ? html`What it finds is <strong>more often of the same label</strong> than what the data itself or PCA finds.`
    : html`A simpler way <strong class="doubt">finds the same label as often or more</strong>: this model has not earned its complexity yet.`;
}

function precisionTile({ model, pca, data, top }: SearchQuality): Tile {
  return {
    name: `Precision@${top}`,
    value: share(model.all),
    note: `${share(pca.all)} with PCA${data ? `, ${share(data.all)} with the data itself` : ''}`,
  };
}

/** With a digit more than elsewhere: good searches differ by little. */
function share(value: number): string {
  return `${figure(100 * value)}%`;
}

function comparison({ model, pca, pcaWidth, data, queries, among, top }: SearchQuality): Section {
  const row = (name: string, of: (precision: Precision) => number, isWhole = false): Html =>
    html`<tr${isWhole && html` class="chosen"`}><th scope="row">${name}</th>${[model, pca, data].map((way) => way && html`<td>${share(of(way))}</td>`)}</tr>`;
  return {
    id: 'precision',
    title: 'Is what is found alike?',
    lead: `Of the ${top} found first, the share that has the label of what was asked: ${wholeNumber(queries)} examples that were not among the ${wholeNumber(among)} searched. The labels are only compared, the search never sees them.`,
    body: scrollable(
      'Precision by label',
      html`<table>
<thead><tr><th scope="col">Label</th><th scope="col">This model</th><th scope="col">PCA, ${pcaWidth} components</th>${data && html`<th scope="col">The data itself</th>`}</tr></thead>
<tbody>${row('All', ({ all }) => all, true)}${Object.keys(model.byLabel).map((label) =>
        row(label, ({ byLabel }) => byLabel[label]),
      )}</tbody></table>`,
    ),
  };
}

function next(folder: string): Section {
  return {
    id: 'next',
    title: 'What to do with it',
    lead: 'Copy one of these lines into a terminal, in the folder where the index was made.',
    body: html`<dl class="commands"><div><dt>Find what is like a picture</dt><dd><code>autoencoder search ${folder} PICTURE</code></dd></div><div><dt>Put more in</dt><dd><code>autoencoder index ${folder} --add DATA</code></dd></div></dl>`,
  };
}
