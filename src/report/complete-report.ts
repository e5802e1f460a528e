/** The page of `complete`: how well the second half of texts is told from the first, beside counted runs of pieces, and texts to read. */
import { basename } from 'node:path';
import type { CompletionErrors, FittedCompleter } from '../applications/complete.ts';
import { duration, figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';
import { learningSection, textList, textSection } from './text-sections.ts';

export interface CompleteReport {
  readonly completer: FittedCompleter;
  /** Paths, as in the command. */
  readonly data: string;
  readonly folder: string;
  /** Texts on the way from one to another; none of a running text. */
  readonly between: readonly string[];
  /** Texts from codes that were drawn; none for kinds without a prior. */
  readonly samples: readonly string[];
}

/** The text of the page. */
export function completeReport({ completer, data, folder, between, samples }: CompleteReport): string {
  const { errors, result, trained, leftOut, isRunning } = completer;
  const { card } = trained;
  const title = `How texts of ${basename(data)} go on`;
  const [length] = card.blueprint.shape;
  const body = frame({
    kicker: 'Completion',
    title,
    what: html`Learned from <b>${wholeNumber(card.data.examples)}</b> ${isRunning ? 'windows' : 'texts and beginnings'} in ${duration(result.seconds)}: at most ${wholeNumber(length)} pieces through a code of <b>${wholeNumber(card.blueprint.latent)}</b> numbers${leftOut > 0 && ` (${wholeNumber(leftOut)} longer ones left out)`}; kept in <b>${folder}</b>.`,
    verdict: verdict(errors),
    tiles: [
      { name: 'Nats per piece', value: figure(errors.model), note: 'of the second half of texts, given the first' },
      { name: 'Counted runs', value: figure(errors.nGrams), note: `the same, of up to ${errors.order} pieces` },
      {
        name: 'Nats per character',
        value: figure(errors.model / errors.charactersPerPiece),
        note: `${figure(errors.charactersPerPiece)} characters in a piece`,
      },
    ],
    sections: [
      comparison(errors),
      textSection(
        {
          id: 'texts',
          title: 'Texts to read',
          lead: 'Texts that nothing was learned from: how they began, how the model goes on, and how they went on.',
        },
        ['It began', 'The model', 'The text'],
        errors.examples.map(({ begun, told, was }) => [begun, told || '(ends here)', was]),
      ),
      ...listed(
        'between',
        'From one text to another',
        'Codes of the first and the last text, and of those between them in equal steps, each written out.',
        between,
      ),
      ...listed('samples', 'Made up', 'Written from codes drawn at random: nobody gave these texts.', samples),
      learningSection(result),
    ],
  });
  return renderPage(title, body, { title });
}

function listed(id: string, title: string, lead: string, texts: readonly string[]): Section[] {
  return texts.length > 0 ? [textList({ id, title, lead }, texts)] : [];
}

function verdict({ model, nGrams }: CompletionErrors): Html {
  return model < nGrams
    ? html`It is <strong>${percent(1 - model / nGrams)} less surprised</strong> by how texts go on than counted runs of pieces are.`
    : html`Counted runs of pieces <strong class="doubt">tell as well or better how texts go on</strong>: more text, or a longer training, is needed.`;
}

function comparison({ model, nGrams, order, charactersPerPiece, count }: CompletionErrors): Section {
  const row = (name: string, nats: number, isModel: boolean): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${figure(nats)}</td><td>${figure(nats / charactersPerPiece)}</td></tr>`;
  return {
    id: 'comparison',
    title: 'How well is it told?',
    lead: `The surprise of the second half of ${wholeNumber(count)} texts that nothing was learned from, given the first: the smaller the better.`,
    body: scrollable(
      'Surprise of the model and of counted runs',
      html`<table><thead><tr><th scope="col">Way</th><th scope="col">Nats per piece</th><th scope="col">Nats per character</th></tr></thead>
<tbody>${row('This model', model, true)}${row(`Runs of up to ${order} pieces, counted`, nGrams, false)}</tbody></table>`,
    ),
  };
}
