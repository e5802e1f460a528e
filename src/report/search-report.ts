/** The page of `search`: pictures beside what is most like them, and how far that is. */
import { basename } from 'node:path';
import type { Match } from '../applications/search-index.ts';
import { contactSheet, type SheetRow } from './contact-sheet.ts';
import { figure, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { html } from './html.ts';
import { renderPage } from './report.ts';

/** One that was asked for, and what was found, most similar first. */
export interface Asked {
  readonly query: string;
  readonly found: readonly Match[];
}

export interface SearchReport {
  readonly asked: readonly Asked[];
  /** The first of them as pictures, where they are such. */
  readonly sheet: readonly SheetRow[];
  /** Examples in the index. */
  readonly examples: number;
  /** Paths, as in the commands. */
  readonly index: string;
  readonly file: string;
}

/** Searches in the table. */
const ROWS = 50;

/** The text of the page. */
export function searchReport({ asked, sheet, index, examples, file }: SearchReport): string {
  const title = `What in ${basename(index)} is like ${asked.length === 1 ? asked[0].query : `${wholeNumber(asked.length)} others`}`;
  const pictures = contactSheet(sheet);
  const nearest = asked.map(({ found }) => found[0]?.distance ?? Number.NaN).toSorted((a, b) => a - b);
  const body = frame({
    kicker: 'Search',
    title,
    what: html`<b>${wholeNumber(asked.length)}</b> asked for among the <b>${wholeNumber(examples)}</b> of <b>${index}</b>; all that was found is in <b>${file}</b>.`,
    verdict: html`Look whether it is alike: a distance is only to be compared with others of the same index.`,
    tiles: [
      {
        name: 'The nearest',
        value: figure(nearest[Math.floor(nearest.length / 2)]),
        note:
          asked.length === 1
            ? 'how far it is'
            : `how far it is, half of the time at most; ${figure(nearest[nearest.length - 1])} at worst`,
      },
    ],
    sections: [...(pictures ? [pictures.section] : []), list(asked)],
  });
  return renderPage(title, body, { title, contactSheet: pictures?.drawn });
}

function list(asked: readonly Asked[]): Section {
  return {
    id: 'found',
    title: 'The names',
    lead: `What was found for the first ${wholeNumber(Math.min(ROWS, asked.length))}, most similar first, with its distance.`,
    body: scrollable(
      'What was found',
      html`<table class="texts">
<thead><tr><th scope="col">Asked</th><th scope="col">Found</th></tr></thead>
<tbody>${asked
        .slice(0, ROWS)
        .map(
          ({ query, found }) =>
            html`<tr><th scope="row">${query}</th><td>${found
              .map(
                ({ name, label, distance }) => `${name}${label === undefined ? '' : ` (${label})`} ${figure(distance)}`,
              )
              .join(', ')}</td></tr>`,
        )}</tbody></table>`,
    ),
  };
}
