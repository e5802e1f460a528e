/** The page of `features`: what codes tell, how they group, what they depend on. */
import { basename } from 'node:path';
import type { Features, Score, TaskResults } from '../applications/features.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { codeMap } from './code-map.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable, type Tile } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';

export interface FeaturesReport {
  readonly engine: Engine;
  readonly found: Features;
  /** Numbers in a code. */
  readonly latent: number;
  readonly data: Dataset;
  /** The model file's path, as in the commands. */
  readonly modelFile: string;
}

/** Columns that are listed. */
const LISTED = 20;

/** The text of the page. */
export async function featuresReport({ engine, found, latent, data, modelFile }: FeaturesReport): Promise<string> {
  const { task, clusters, dependence } = found;
  const grouped: Dataset = {
    ...data,
    labels: {
      values: clusters.assigned,
      names: Array.from({ length: clusters.count }, (_, group) => `group ${group + 1}`),
    },
  };
  const map = await codeMap(engine, found.codes, latent, grouped);
  const title = `Features of ${basename(data.name)}`;
  const body = frame({
    kicker: 'Features',
    title,
    what: html`<b>${wholeNumber(data.count)}</b> examples of <b>${data.name}</b>, encoded as ${latent} numbers each by <b>${modelFile}</b>.`,
    verdict: task
      ? verdict(task)
      : html`No labels were given: the codes fall into <strong>${clusters.count} groups</strong>.`,
    tiles: [
      ...(task ? tiles(task) : []),
      { name: 'Groups', value: `${clusters.count}`, note: `silhouette ${figure(clusters.silhouette)}; 1 is best` },
      { name: 'Depends most on', value: dependence[0].name, note: `${figure(dependence[0].share)}, where 1 is all` },
    ],
    sections: [
      ...(task ? [comparison(task, latent)] : []),
      {
        id: 'groups',
        title: 'Groups',
        lead: 'K-means on the codes. The silhouette compares the distance to the own group with that to the next: near 1 groups are apart, near 0 they touch.',
        body: html`${map && chart('code-map', 'The codes, coloured by group', 'groups')}${scrollable(
          'Silhouettes',
          html`<table><thead><tr><th scope="col">Groups</th><th scope="col">Silhouette</th></tr></thead><tbody>${clusters.tried.map(
            ({ count, silhouette }) =>
              html`<tr${count === clusters.count && html` class="chosen"`}><th scope="row">${count}</th><td>${figure(silhouette)}</td></tr>`,
          )}</tbody></table>`,
        )}`,
      },
      {
        id: 'dependence',
        title: 'What the code depends on',
        lead: 'How much codes change when one column is shuffled among the examples: 0, not at all; 1, as if it were another example’s code.',
        body: scrollable(
          'Dependence on columns',
          html`<table><thead><tr><th scope="col">Column</th><th scope="col">Change of the code</th></tr></thead><tbody>${dependence
            .slice(0, LISTED)
            .map(
              ({ name, share }) => html`<tr><th scope="row">${name}</th><td>${figure(share)}</td></tr>`,
            )}</tbody></table>`,
        ),
      },
    ],
  });
  return renderPage(title, body, { title, ...(map ? { codeMaps: { groups: map } } : {}) });
}

/** The ways to tell classes or numbers, by name, with what came of them. */
export function scoreRows({ form, scores }: TaskResults, latent: number): (readonly [string, Score])[] {
  const rows: readonly (readonly [string, Score | undefined])[] = [
    [`linear on codes of ${latent}`, scores.probe],
    ['encoder fine-tuned', scores.fineTuned],
    ['encoder fine-tuned, labels spread', scores.spread],
    ['the same from scratch', scores.scratch],
    ['linear on the inputs', scores.inputs],
    [form === 'classes' ? 'most frequent class' : 'mean', scores.constant],
  ];
  return rows.flatMap(([name, found]) => (found ? [[name, found] as const] : []));
}

/** Wrong share, or root mean squared error: less is better. */
function sizeOf(found: Score): number {
  return 'error' in found ? found.error : found.rmse;
}

function bestOf({ scores: { probe, fineTuned, spread } }: TaskResults): Score {
  return [probe, fineTuned, spread]
    .filter((found) => found !== undefined)
    .reduce((best, next) => (sizeOf(next) < sizeOf(best) ? next : best));
}

function verdict(task: TaskResults): Html {
  const [best, scratch] = [sizeOf(bestOf(task)), sizeOf(task.scores.scratch)];
  const labels = wholeNumber(task.labels);
  if (best < scratch)
    return html`With ${labels} labels, pretraining leaves <strong>${percent(1 - best / scratch)} less error</strong> than the same network trained from scratch.`;
  return html`With ${labels} labels, the same network <strong class="doubt">does as well from scratch</strong>: pretraining has brought nothing here.`;
}

function tiles(task: TaskResults): Tile[] {
  const show = (found: Score): string => ('error' in found ? percent(found.error) : figure(found.rmse));
  const name = task.form === 'classes' ? 'Wrong' : `Error of ${task.names[0]}`;
  return [{ name, value: show(bestOf(task)), note: `${show(task.scores.scratch)} from scratch` }];
}

function comparison(task: TaskResults, latent: number): Section {
  const cells = (found: Score): Html =>
    'error' in found
      ? html`<td>${percent(found.error)}</td>`
      : html`<td>${figure(found.rmse)}</td><td>${figure(found.r2)}</td>`;
  const best = bestOf(task);
  return {
    id: 'comparison',
    title: task.form === 'classes' ? 'Telling classes' : `Telling ${task.names[0]}`,
    lead: `Learned from ${wholeNumber(task.labels)} labels, measured on ${wholeNumber(task.heldOut)} examples that were not among them.`,
    body: scrollable(
      'What codes tell',
      html`<table><thead><tr><th scope="col">Way</th>${
        task.form === 'classes'
          ? html`<th scope="col">Wrong</th>`
          : html`<th scope="col">Root mean squared error</th><th scope="col">R²</th>`
      }</tr></thead><tbody>${scoreRows(task, latent).map(
        ([name, found]) =>
          html`<tr${found === best && html` class="chosen"`}><th scope="row">${name}</th>${cells(found)}</tr>`,
      )}</tbody></table>`,
    ),
  };
}
