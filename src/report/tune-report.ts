/** The page of `tune`: what was found, how soon, and which options mattered. */
import { pointOf, type TuningPlan } from '../applications/tuning/plan.ts';
import type { Trial, Tuned } from '../applications/tuning/result.ts';
import { duration, figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';
import { importanceChart, type MeasuredTrial, progressChart, scatterCharts, valueWords } from './tune-charts.ts';

export interface TuneReport {
  readonly plan: TuningPlan;
  readonly tuned: Tuned;
  readonly data: string;
  readonly modelFile: string;
  /** What to type to train such a model again. */
  readonly command: string;
}

/** Rows of the table of trials. */
const SHOWN = 20;

/** The text of the page. */
export function tuneReport(page: TuneReport): string {
  const { plan, tuned, data, modelFile } = page;
  const { trials, best, passedOver, initial, improvement, seconds } = tuned;
  const title = `Tuned on ${data}`;
  const complete = trials.filter(({ state }) => state === 'complete').length;
  const failed = trials.filter(({ state }) => state === 'failed').length;
  const body = frame({
    kicker: 'Tuning',
    title,
    what: html`<b>${wholeNumber(trials.length)}</b> models by <b>${plan.method}</b> over ${plan.space.map(({ name }) => name).join(', ')}, judged by: ${plan.objective.words}. The best is <b>${modelFile}</b>.`,
    verdict: html`${verdictOf(improvement)}${passedOver && ` ${passedOverWords(passedOver)}`}`,
    tiles: [
      { name: 'Best', value: figure(best.value), note: `trial ${best.trial}` },
      ...(initial ? [{ name: 'Default', value: figure(initial.value), note: 'what all defaults make' }] : []),
      { name: 'Trials', value: wholeNumber(trials.length), note: `${complete} to the end, ${failed} failed` },
      { name: 'Time', value: duration(seconds), note: 'of the search' },
    ],
    sections: [
      {
        id: 'found',
        title: 'What was found',
        lead: 'The options of the best model beside those of the default one; a dash is an option that it does not have.',
        body: foundTable(page),
      },
      {
        id: 'progress',
        title: 'How soon it was found',
        lead: 'The error of the best model so far, over the time of the search; the axis is logarithmic.',
        body: progressChart(tuned, 'The best error so far'),
      },
      ...importanceSections(page),
      {
        id: 'trials',
        title: 'The trials',
        lead: `The ${wholeNumber(Math.min(SHOWN, trials.length))} that came furthest, and among them the best first. All are in trials.jsonl.`,
        body: trialsTable(page),
      },
    ],
  });
  return renderPage(title, body, { title });
}

/** Why a trial of a lower value was not taken. */
export function passedOverWords({ trial: { trial, value }, worse }: NonNullable<Tuned['passedOver']>): string {
  const others = worse.length > 2 ? ` and ${worse.length - 2} more` : '';
  const why =
    worse.length > 0
      ? `worse than, or unlike, the default model at: ${worse.slice(0, 2).join('; ')}${others}`
      : 'by no more than chance may do';
  return `Trial ${trial} was lower as a whole (${figure(value)}), but ${why}.`;
}

function verdictOf(improvement: number | undefined): Html {
  if (improvement === undefined)
    return html`The default model <strong class="doubt">could not be trained</strong>; the best of the others is kept.`;
  return improvement > 0
    ? html`The best model is <strong>${percent(improvement)} below the default one</strong>. It was chosen on the validation examples: on others expect a little less.`
    : html`Nothing was <strong class="doubt">better than the default model</strong>, which is kept. Give the search more trials, or a wider space.`;
}

function foundTable({ plan, tuned: { best, initial }, command }: TuneReport): Html {
  return html`${scrollable(
    'Options of the best and of the default model',
    html`<table><thead><tr><th scope="col">Option</th><th scope="col">Best</th>${initial && html`<th scope="col">Default</th>`}</tr></thead>
<tbody>${plan.space.map(
      ({ name }) =>
        html`<tr><th scope="row">${name}</th><td>${valueWords(pointOf(plan, best)[name])}</td>${initial && html`<td>${valueWords(pointOf(plan, initial)[name])}</td>`}</tr>`,
    )}</tbody></table>`,
  )}<p class="note">Such a model again: <code>${command}</code></p>`;
}

function importanceSections({ plan, tuned }: TuneReport): Section[] {
  const found = tuned.importance;
  if (!found) return [];
  const comparable = tuned.trials.filter((trial): trial is MeasuredTrial => trial.value !== undefined);
  const epochs = plan.rungs[found.rung];
  return [
    {
      id: 'importance',
      title: 'What mattered',
      lead: `Of what the errors of ${wholeNumber(found.trials)} trials differ by after ${wholeNumber(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}, the share that each option accounts for by itself, by a random forest; the rest is interplay and chance.`,
      body: importanceChart(found.shares),
    },
    {
      id: 'values',
      title: 'Which values were good',
      lead: 'Each point is a trial, its error from the bottom (best) up, after as many epochs as it was given; the large one is the best model.',
      body: scatterCharts(plan.space, comparable, tuned.best.trial),
    },
  ];
}

function trialsTable({ plan, tuned: { trials, best } }: TuneReport): Html {
  const order = (trial: Trial): number => trial.value ?? Number.POSITIVE_INFINITY;
  const shown = trials.toSorted((a, b) => b.epochs - a.epochs || order(a) - order(b)).slice(0, SHOWN);
  const row = (trial: Trial): Html =>
    html`<tr${trial === best && html` class="chosen"`}><th scope="row">${trial.trial}</th><td>${figure(trial.value)}</td><td>${wholeNumber(trial.epochs)}</td><td>${duration(trial.seconds)}</td>${plan.space.map(
      ({ name }) => html`<td>${valueWords(pointOf(plan, trial)[name])}</td>`,
    )}<td>${trial.reason ?? ''}</td></tr>`;
  return scrollable(
    'Trials',
    html`<table><thead><tr><th scope="col">Trial</th><th scope="col">Error</th><th scope="col">Epochs</th><th scope="col">Time</th>${plan.space.map(
      ({ name }) => html`<th scope="col">${name}</th>`,
    )}<th scope="col">Failed because</th></tr></thead><tbody>${shown.map(row)}</tbody></table>`,
  );
}
