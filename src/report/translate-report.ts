/** The page of `translate`: how near translations are to those that people wrote, beside what needs no network, and lines to read. */
import { basename } from 'node:path';
import type { FittedTranslator, TranslationErrors } from '../applications/translate.ts';
import { duration, figure, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';
import { learningSection, textList, textSection } from './text-sections.ts';

export interface TranslateReport {
  readonly translator: FittedTranslator;
  /** Paths, as in the command. */
  readonly data: string;
  readonly folder: string;
  /** Translations on the way from one line to another. */
  readonly between: readonly string[];
  /** Texts from codes that were drawn; none for kinds without a prior. */
  readonly samples: readonly string[];
}

/** The text of the page. */
export function translateReport({ translator, data, folder, between, samples }: TranslateReport): string {
  const { errors, result, trained, leftOut } = translator;
  const { card } = trained;
  const title = `Translations learned from ${basename(data)}`;
  const [length] = card.blueprint.shape;
  const body = frame({
    kicker: 'Translation',
    title,
    what: html`Learned from <b>${wholeNumber(card.data.examples)}</b> pairs in ${duration(result.seconds)}: texts of at most ${wholeNumber(length)} pieces through a code of <b>${wholeNumber(card.blueprint.latent)}</b> numbers${leftOut > 0 && ` (${wholeNumber(leftOut)} longer ones left out)`}; kept in <b>${folder}</b>.`,
    verdict: verdict(errors),
    tiles: [
      {
        name: 'BLEU',
        value: figure(errors.model),
        note: `of 100, on ${wholeNumber(errors.count)} lines never learned from`,
      },
      { name: 'Word for word', value: figure(errors.wordByWord), note: 'BLEU of the likeliest word for each' },
      { name: 'Translation memory', value: figure(errors.memory), note: 'BLEU of the nearest known line' },
    ],
    sections: [
      comparison(errors),
      textSection(
        {
          id: 'lines',
          title: 'Lines to read',
          lead: 'The first lines that were measured on: as they were given, as the model told them, and the reference.',
        },
        ['Given', 'Told', 'Reference'],
        errors.examples.map(({ from, told, to }) => [from, told, to]),
      ),
      textList(
        {
          id: 'between',
          title: 'From one line to another',
          lead: 'Codes of the first and the last line, and of four between them in equal steps, each written out.',
        },
        between,
      ),
      ...(samples.length > 0
        ? [
            textList(
              { id: 'samples', title: 'Made up', lead: 'Written from codes drawn at random: nobody gave these lines.' },
              samples,
            ),
          ]
        : []),
      learningSection(result),
    ],
  });
  return renderPage(title, body, { title });
}

function verdict(errors: TranslationErrors): Html {
  return errors.model > Math.max(errors.wordByWord, errors.memory)
    ? html`Its translations are <strong>nearer to the references</strong> than what word lists and known lines give.`
    : html`Word lists and known lines <strong class="doubt">do as well or better</strong>: more pairs, or a longer training, are needed.`;
}

function comparison(errors: TranslationErrors): Section {
  const row = (name: string, value: number, isModel: boolean): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th><td>${figure(value)}</td></tr>`;
  return {
    id: 'comparison',
    title: 'How near are they?',
    lead: 'BLEU counts the runs of one to four words that a translation shares with the reference: 0 none, 100 all.',
    body: scrollable(
      'BLEU of the model and of simpler ways',
      html`<table><thead><tr><th scope="col">Way</th><th scope="col">BLEU</th></tr></thead>
<tbody>${row('This model', errors.model, true)}${row('Word for word', errors.wordByWord, false)}${row('Nearest known line', errors.memory, false)}</tbody></table>`,
    ),
  };
}
