/** Parts that pages about texts share. */
import type { TrainResult } from '../training/train.ts';
import { figure } from './figures.ts';
import { type Section, scrollable } from './frame.ts';
import { html } from './html.ts';

/** Texts side by side: a heading for each column. */
export function textSection(
  section: Pick<Section, 'id' | 'title' | 'lead'>,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Section {
  return {
    ...section,
    body: scrollable(
      section.title,
      html`<table class="texts"><thead><tr>${headings.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`,
    ),
  };
}

/** Texts below each other. */
export function textList(section: Pick<Section, 'id' | 'title' | 'lead'>, texts: readonly string[]): Section {
  return { ...section, body: html`<ol class="texts">${texts.map((text) => html`<li>${text}</li>`)}</ol>` };
}

/** The loss after every epoch. */
export function learningSection({ history, bestEpoch }: TrainResult): Section {
  return {
    id: 'learning',
    title: 'How it learned',
    lead: 'Loss in nats for each text after every pass over the texts; the model is that of the pass with the lowest on texts that it did not learn from.',
    body: scrollable(
      'Loss by epoch',
      html`<table><thead><tr><th scope="col">Epoch</th><th scope="col">Training</th><th scope="col">Held out</th></tr></thead>
<tbody>${history.map(
        ({ epoch, train, validation }) =>
          html`<tr${epoch === bestEpoch && html` class="chosen"`}><th scope="row">${epoch}</th><td>${figure(train.loss)}</td><td>${figure(validation.loss)}</td></tr>`,
      )}</tbody></table>`,
    ),
  };
}
