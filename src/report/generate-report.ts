/** The page of `generate`: what a model makes up, whether it is like the data, and whether it is more than copies. */
import { basename } from 'node:path';
import type { Coverage } from '../applications/manifold.ts';
import type { SampleQuality } from '../applications/sample-quality.ts';
import { contactSheet, type SheetRow } from './contact-sheet.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable, type Tile } from './frame.ts';
import { type Html, html } from './html.ts';
import { LONGEST_SIDE } from './picture-rows.ts';
import { renderPage } from './report.ts';
import type { SamplePanel } from './report-data.ts';
import { samplesSection } from './samples.ts';

export interface GenerateReport {
  readonly panel: SamplePanel;
  readonly count: number;
  readonly quality?: SampleQuality;
  /** Made ones beside real ones; where they are pictures. */
  readonly sheet: readonly SheetRow[];
  /** What they were made near to; nothing where codes were drawn from the prior. */
  readonly like?: string;
  /** What samples are measured by. */
  readonly data?: string;
  /** Paths, as in the commands. */
  readonly modelFile: string;
  readonly examples: string;
}

/** The text of the page. */
export function generateReport(page: GenerateReport): string {
  const { panel, count, quality, sheet, like, data, modelFile, examples } = page;
  const title = like === undefined ? `What ${basename(data ?? modelFile)} might be` : `More like ${basename(like)}`;
  const pictures = contactSheet(sheet, like === undefined ? NEAREST : ORIGINS, LONGEST_SIDE);
  const source =
    like === undefined ? html`decoded from random codes` : html`decoded from codes near those of <b>${like}</b>`;
  const body = frame({
    kicker: 'New examples',
    title,
    what: html`<b>${wholeNumber(count)}</b> examples made up by <b>${modelFile}</b>, ${source}; all are in <b>${examples}</b>.`,
    verdict: quality
      ? verdict(quality)
      : like === undefined
        ? html`Without other examples to compare with, only the eye can judge them.`
        : html`Look whether each still is what it was made of, and yet another: <code>--spread</code> says how far they go.`,
    tiles: quality ? tiles(quality) : [],
    sections: [
      like === undefined ? samplesSection(panel) : samplesSection(panel, FROM_OTHERS),
      ...(quality ? [comparison(quality)] : []),
      ...(pictures ? [pictures.section] : []),
      ...(quality ? [nearness(quality)] : []),
    ],
  });
  const drawn = panel.form === 'table' ? {} : { samples: panel };
  return renderPage(title, body, { title, ...drawn, contactSheet: pictures?.drawn });
}

const NEAREST = {
  id: 'nearest',
  title: 'Made up, or remembered?',
  lead: 'First a picture that was made up, then those of the data that are nearest to it, pixel by pixel; under each its label, where there is one, and how far it is.',
};

const FROM_OTHERS = 'New examples, decoded from codes around those of given ones, which take turns.';

const ORIGINS = {
  id: 'origins',
  title: 'What they were made of',
  lead: 'First a picture of the data, then those that were made of it.',
};

function verdict({ model, gaussian, nearest }: SampleQuality): Html {
  const copies =
    nearest.copies > 0.05 ? html` <strong class="doubt">Some are all but copies</strong> of what it learned from.` : '';
  if (!gaussian) return html`${percent(model.precision)} of what it makes up is like real examples.${copies}`;
  return harmonic(model) > harmonic(gaussian)
    ? html`By precision and recall together, what it makes up is <strong>more like real examples</strong> than draws from a normal distribution of principal components.${copies}`
    : html`Draws from a normal distribution of principal components <strong class="doubt">are as good or better</strong>: train longer, or try another kind or size of the code.${copies}`;
}

/** One figure for both: high only where both are. */
function harmonic({ precision, recall }: Coverage): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function tiles({ model, gaussian, likelihood }: SampleQuality): Tile[] {
  const beside = (of: (coverage: Coverage) => number): string =>
    gaussian ? `${percent(of(gaussian))} for draws of principal components` : 'of the examples compared';
  return [
    { name: 'Precision', value: percent(model.precision), note: beside(({ precision }) => precision) },
    { name: 'Recall', value: percent(model.recall), note: beside(({ recall }) => recall) },
    ...(likelihood
      ? [
          {
            name: 'Surprise',
            value: figure(likelihood.negativeLogLikelihood),
            note: `nats for each of ${wholeNumber(likelihood.examples)} real examples that it did not learn from`,
          },
        ]
      : []),
  ];
}

function comparison({ model, gaussian, real, compared, label }: SampleQuality): Section {
  const row = (name: string, { precision, recall }: Coverage, isModel = false): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${percent(precision)}</td><td>${percent(recall)}</td></tr>`;
  return {
    id: 'quality',
    title: 'Are they like the data?',
    lead: `Precision: the share of what is made that lies among real examples. Recall: the share of real examples that lie among what is made. ${wholeNumber(compared)} of each${label === undefined ? '' : `, all of class ${label}`}, compared by the codes of this model: to another model, or another code, the figures cannot be compared.`,
    body: scrollable(
      'Precision and recall beside simpler ways',
      html`<table><thead><tr><th scope="col">What is made by</th><th scope="col">Precision</th><th scope="col">Recall</th></tr></thead>
<tbody>${row('This model', model, true)}${gaussian && row(`A normal distribution of ${gaussian.components} principal components`, gaussian)}${row('Nobody: examples that it learned from', real)}</tbody></table>`,
    ),
  };
}

function nearness({ nearest: { made, held, copies, compared } }: SampleQuality): Section {
  const row = (name: string, value: string): Html => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
  return {
    id: 'copies',
    title: 'How near to what was learned from?',
    lead: `The distance (root mean square) to the nearest example that was learned from, for ${wholeNumber(compared)} that were made and as many real ones that were not learned from. What is blurred is near to much; a share of copies well above 1% is what learning by heart looks like.`,
    body: scrollable(
      'Distances to the nearest example',
      html`<table><thead><tr><th scope="col">Of</th><th scope="col">Distance</th></tr></thead>
<tbody>${row('Made up, half are nearer', figure(made))}${row('Real, held out, half are nearer', figure(held))}${row('Made up and nearer than 99 of 100 real ones', percent(copies))}</tbody></table>`,
    ),
  };
}
