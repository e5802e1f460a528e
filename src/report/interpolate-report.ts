/** The page of `interpolate`: ways from examples to others, and whether they lead through examples. */
import { basename } from 'node:path';
import type { Change } from '../applications/interpolate.ts';
import type { ChangeQuality, PathQuality } from '../applications/path-quality.ts';
import { contactSheet, type SheetRow } from './contact-sheet.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { LONGEST_SIDE } from './picture-rows.ts';
import { renderPage } from './report.ts';
import type { SamplePanel } from './report-data.ts';
import { samplesSection } from './samples.ts';

export interface InterpolateReport {
  /** Where the examples are no pictures. */
  readonly panel?: SamplePanel;
  /** The ways, where they are. */
  readonly sheet: readonly SheetRow[];
  readonly ways: number;
  readonly steps: number;
  /** `linear`, `spherical`, or what is done to a class. */
  readonly how: string;
  /** Of ways from example to example, or of a change of class. */
  readonly quality?: PathQuality;
  readonly change?: Change & { readonly quality: ChangeQuality };
  /** Paths, as in the commands. */
  readonly data: string;
  readonly modelFile: string;
  readonly examples: string;
}

/** The text of the page. */
export function interpolateReport(page: InterpolateReport): string {
  const { panel, sheet, ways, steps, how, quality, change, data, modelFile, examples } = page;
  const title = `On the way in ${basename(data)}`;
  const pictures = contactSheet(sheet, WAYS, LONGEST_SIDE);
  const body = frame({
    kicker: 'Interpolation',
    title,
    what: html`<b>${wholeNumber(ways)}</b> ${ways === 1 ? 'way' : 'ways'} of <b>${wholeNumber(steps)}</b> steps by the codes of <b>${modelFile}</b> (${how}); all are in <b>${examples}</b>.`,
    verdict: verdictOf(page),
    tiles: [
      ...(quality
        ? [
            {
              name: 'Half-way',
              value: figure(quality.decoded),
              note: 'from the nearest example, half of the time at most',
            },
            { name: 'Blend', value: figure(quality.blend), note: 'the same, of both ends laid over one another' },
          ]
        : []),
      ...(change
        ? [
            {
              name: `Taken for ${change.plus}`,
              value: percent(change.quality.after),
              note: `${percent(change.quality.before)} before`,
            },
          ]
        : []),
    ],
    sections: [
      ...(pictures ? [pictures.section] : []),
      ...(panel
        ? [samplesSection(panel, 'Step by step from one example to another, decoded from codes between theirs.')]
        : []),
      ...(quality ? [comparison(quality)] : []),
      ...(change ? [comparisonOfChange(change.quality, change)] : []),
    ],
  });
  return renderPage(title, body, { title, contactSheet: pictures?.drawn });
}

const WAYS = {
  id: 'ways',
  title: 'Step by step',
  lead: 'First an example of the data, then the way from its code; at the end where it leads.',
};

function verdictOf({ quality, change }: InterpolateReport): Html {
  if (quality) return verdict(quality);
  return change
    ? verdictOfChange(change.quality, change)
    : html`Look whether each step could be an example, and is a little further than the one before.`;
}

function verdict({ decoded, blend }: PathQuality): Html {
  return decoded < blend
    ? html`What lies half-way is <strong>${percent(1 - decoded / blend)} nearer to real examples</strong> than both ends laid over one another.`
    : html`What lies half-way is <strong class="doubt">no nearer to real examples</strong> than both ends laid over one another: the code of this model has gaps. Try another kind, or more training.`;
}

function verdictOfChange({ before, after }: ChangeQuality, { minus, plus }: Change): Html {
  return after > before + 0.5
    ? html`What was ${minus} is <strong>taken for ${plus}</strong>: ${percent(after)} of it is nearest to one of those.`
    : html`What was ${minus} is <strong class="doubt">not often taken for ${plus}</strong>: ${percent(after)} of it is nearest to one of those. Go further with <code>--strength</code>.`;
}

function comparison({ pairs, distance, decoded, blend }: PathQuality): Section {
  const row = (name: string, value: number, isModel = false): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${figure(value)}</td></tr>`;
  const measure =
    distance === 'cosine'
      ? '1 less the cosine of the angle between them, about the mean picture'
      : 'Euclidean, in scaled units';
  return {
    id: 'quality',
    title: 'Does it lead through examples?',
    lead: `${wholeNumber(pairs)} pairs of examples, drawn at random: how far what lies half-way is from the nearest example but these two (${measure}; half of the time at most).`,
    body: scrollable(
      'Half-way, decoded and blended',
      html`<table><thead><tr><th scope="col">Half-way</th><th scope="col">Distance</th></tr></thead>
<tbody>${row('Decoded from codes between', decoded, true)}${row('Both ends laid over one another', blend)}</tbody></table>`,
    ),
  };
}

function comparisonOfChange({ examples, before, after }: ChangeQuality, { minus, plus }: Change): Section {
  const row = (name: string, share: number): Html =>
    html`<tr><th scope="row">${name}</th><td>${percent(share)}</td></tr>`;
  return {
    id: 'quality',
    title: 'Is it taken for the other?',
    lead: `${wholeNumber(examples)} examples of ${minus}, drawn at random: how often the nearest example of the data is of ${plus}.`,
    body: scrollable(
      'Before and after the change',
      html`<table><thead><tr><th scope="col">When</th><th scope="col">Nearest is of ${plus}</th></tr></thead>
<tbody>${row('Rebuilt as it is', before)}${row('With the change', after)}</tbody></table>`,
    ),
  };
}
