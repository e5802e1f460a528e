/** The page of `recommend`: how well what was set aside is told, who rated how much, and the first users' lists. */
import { basename } from 'node:path';
import type { Answer } from '../applications/answers.ts';
import type { RatingFigures, RecommendationErrors } from '../applications/recommendation-error.ts';
import type { FittedRecommender } from '../applications/recommender.ts';
import type { Lists } from '../data/ratings.ts';
import { duration, figure, percent, wholeNumber } from './figures.ts';
import { frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';

export interface RecommendReport {
  readonly recommender: FittedRecommender;
  /** Paths, as in the commands. */
  readonly folder: string;
  readonly file: string;
  /** The first users' lists. */
  readonly first: readonly Answer[];
}

/** The text of the page. */
export function recommendReport({ recommender, folder, file, first }: RecommendReport): string {
  const { ratings, seconds, errors } = recommender;
  const title = `What users of ${basename(ratings.name)} may like`;
  const best = bestOf(errors);
  const body = frame({
    kicker: 'Recommendations',
    title,
    what: html`<b>${wholeNumber(ratings.values.length)}</b> ${ratings.form === 'ratings' ? 'ratings' : 'items taken'} by <b>${wholeNumber(ratings.users.length)}</b> users of <b>${wholeNumber(ratings.items.length)}</b> items, learned in ${duration(seconds)} and kept in <b>${folder}</b>; the best items of every user are in <b>${file}</b>.`,
    verdict: verdict(errors, best),
    tiles: [
      {
        name: best.name,
        value: figure(errors.model[best.key]),
        note: `${figure(errors.popularity[best.key])} with ${best.key === 'rmse' ? 'means' : 'popularity'}`,
      },
      { name: 'Filled pairs', value: percent(densityOf(recommender)), note: 'of all users and items' },
    ],
    sections: [comparison(errors), sizes(recommender), lists(first, errors.top)],
  });
  return renderPage(title, body, { title });
}

interface Best {
  readonly key: keyof RatingFigures;
  readonly name: string;
  readonly isLess: boolean;
}

function bestOf({ model, top }: RecommendationErrors): Best {
  return model.rmse === undefined
    ? { key: 'ndcg', name: `nDCG@${top}`, isLess: false }
    : { key: 'rmse', name: 'Error of ratings', isLess: true };
}

function verdict({ model, popularity, neighbours }: RecommendationErrors, { key, isLess }: Best): Html {
  const own = model[key] ?? Number.NaN;
  const isBeyond = (other: RatingFigures | undefined): boolean => {
    const value = other?.[key];
    return value === undefined || (isLess ? own < value : own > value);
  };
  if (isBeyond(popularity) && isBeyond(neighbours))
    return html`It tells what was set aside <strong>better than the simpler ways</strong> do.`;
  if (isBeyond(popularity))
    return html`It knows more than what all like, but <strong class="doubt">nearest neighbours tell as much or more</strong>.`;
  return html`What all like <strong class="doubt">tells as much or more</strong>: this model has not earned its complexity yet.`;
}

function comparison({ model, popularity, neighbours, measured, top }: RecommendationErrors): Section {
  const isRated = model.rmse !== undefined;
  const row = (name: string, figures: RatingFigures, isModel: boolean): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th>${(
      isRated ? [figures.rmse] : [figures.ndcg, figures.recall]
    ).map((value) => html`<td>${figure(value)}</td>`)}</tr>`;
  return {
    id: 'comparison',
    title: 'How well is it told?',
    lead: isRated
      ? `Root mean squared error of ${wholeNumber(measured)} ratings that were set aside before anything was learned: the smaller the better.`
      : `Items of ${wholeNumber(measured)} users were set aside before anything was learned. Are they among the ${top} best (recall), and how high (nDCG)? Both are 1 for perfect lists.`,
    body: scrollable(
      'The model beside simpler ways',
      html`<table>
<thead><tr><th scope="col">Way</th>${(isRated ? ['RMSE'] : [`nDCG@${top}`, `Recall@${top}`]).map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${row('This model', model, true)}${row(isRated ? 'Means of user and item' : 'What most have taken', popularity, false)}${
        neighbours ? row('Nearest neighbours of items', neighbours, false) : ''
      }</tbody></table>`,
    ),
  };
}

function sizes({ ratings }: FittedRecommender): Section {
  const perItem = new Float64Array(ratings.items.length);
  for (const item of ratings.columns) perItem[item]++;
  const row = (name: string, counts: Float64Array): Html => {
    const sorted = counts.toSorted();
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
    return html`<tr><th scope="row">${name}</th>${[0, 0.5, 0.9, 1].map((share) => html`<td>${wholeNumber(at(share))}</td>`)}</tr>`;
  };
  return {
    id: 'sizes',
    title: 'How much is known?',
    lead: 'Of users and items with few ratings little can be told: they get what most like.',
    body: scrollable(
      'Ratings of users and items',
      html`<table>
<thead><tr><th scope="col">Ratings</th><th scope="col">Least</th><th scope="col">Half have at most</th><th scope="col">Nine in ten at most</th><th scope="col">Most</th></tr></thead>
<tbody>${row('Of a user', perRow(ratings))}${row('Of an item', perItem)}</tbody></table>`,
    ),
  };
}

function perRow({ starts }: Lists): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, at) => starts[at + 1] - starts[at]);
}

function densityOf({ ratings }: FittedRecommender): number {
  return ratings.values.length / ratings.users.length / ratings.items.length;
}

function lists(first: readonly Answer[], top: number): Section {
  return {
    id: 'lists',
    title: 'The first users',
    lead: `Up to ${top} items each, best first, without what they have.`,
    body: scrollable(
      'Recommendations of the first users',
      html`<table>
<thead><tr><th scope="col">User</th><th scope="col">Items</th></tr></thead>
<tbody>${first.map(
        ({ user, items }) =>
          html`<tr><th scope="row">${user}</th><td>${items.map(({ item }) => item).join(', ')}</td></tr>`,
      )}</tbody></table>`,
    ),
  };
}
