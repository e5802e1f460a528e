/** The page of `reduce`: two maps, and what they keep. */
import { basename } from 'node:path';
import type { MapQuality, Reduced } from '../applications/reduce.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { codeMap } from './code-map.ts';
import { figure, percent, wholeNumber } from './figures.ts';
import { chart, frame, type Section, scrollable } from './frame.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './report.ts';
import type { PageData } from './report-data.ts';

export interface ReduceReport {
  readonly engine: Engine;
  readonly reduced: Reduced;
  /** Numbers in a code. */
  readonly latent: number;
  readonly data: Dataset;
  /** The model file's path, as in the commands. */
  readonly modelFile: string;
}

/** The text of the page. */
export async function reduceReport({ engine, reduced, latent, data, modelFile }: ReduceReport): Promise<string> {
  const { model, pca, codes } = reduced;
  const maps = {
    model: await codeMap(engine, codes.model, latent, data),
    pca: await codeMap(engine, codes.pca, codes.pcaWidth, data),
  };
  const title = `${basename(data.name)} in ${latent === 1 ? 'one number' : `${latent} numbers`}`;
  const body = frame({
    kicker: 'Dimensionality reduction',
    title,
    what: html`<b>${wholeNumber(data.count)}</b> examples of <b>${data.name}</b>, encoded by <b>${modelFile}</b>.`,
    verdict: verdict(reduced),
    tiles: [
      { name: 'Reconstruction error', value: figure(model.mse), note: `${figure(pca.mse)} with PCA` },
      {
        name: 'Trustworthiness',
        value: figure(model.trustworthiness),
        note: `${figure(pca.trustworthiness)} with PCA; 1 is best`,
      },
      { name: 'Continuity', value: figure(model.continuity), note: `${figure(pca.continuity)} with PCA; 1 is best` },
      ...(model.agreement === undefined
        ? []
        : [
            {
              name: 'Neighbours agree',
              value: percent(model.agreement),
              note: `${percent(pca.agreement ?? 0)} with PCA, ${percent(reduced.data.agreement ?? 0)} in the data itself`,
            },
          ]),
    ],
    sections: [comparison(reduced, latent), ...mapSections(maps, latent)],
  });
  return renderPage(title, body, { title, codeMaps: present(maps) });
}

function verdict({ model, pca, neighbours }: Reduced): Html {
  const isTruer = model.trustworthiness >= pca.trustworthiness;
  const isCloser = model.mse < pca.mse;
  if (isCloser && isTruer)
    return html`It keeps more than PCA with as many numbers: <strong>${percent(1 - model.mse / pca.mse)} less reconstruction error</strong>, and neighbours on its map are more often neighbours in the data.`;
  if (isCloser)
    return html`It rebuilds better than PCA with as many numbers (${percent(1 - model.mse / pca.mse)} less error), but <strong class="doubt">PCA keeps the ${neighbours} nearest neighbours better</strong>.`;
  return html`PCA, which only draws straight lines, <strong class="doubt">rebuilds as well or better</strong> with as many numbers: this model has not earned its complexity yet.`;
}

function comparison({ model, pca, data, neighbours, measured }: Reduced, latent: number): Section {
  const row = (name: string, quality: Partial<MapQuality>, isModel: boolean): Html =>
    html`<tr${isModel && html` class="chosen"`}><th scope="row">${name}</th>${(
      ['mse', 'trustworthiness', 'continuity', 'agreement'] as const
    ).map((key) => html`<td>${figure(quality[key])}</td>`)}</tr>`;
  return {
    id: 'comparison',
    title: 'How good a map?',
    lead: `Trustworthiness: are the ${neighbours} nearest on the map near in the data, too? Continuity: the other way round. Both are 1 for a perfect map and about 0.5 for one at random; measured on ${wholeNumber(measured)} examples.`,
    body: scrollable(
      'The codes beside principal components',
      html`<table>
<thead><tr><th scope="col">Map</th><th scope="col">Mean squared error</th><th scope="col">Trustworthiness</th><th scope="col">Continuity</th><th scope="col">Same label</th></tr></thead>
<tbody>${row(`This model, ${latent} numbers`, model, true)}${row(`PCA, ${latent} components`, pca, false)}${row(
        'The data itself',
        { mse: 0, trustworthiness: 1, continuity: 1, ...data },
        false,
      )}</tbody></table>`,
    ),
  };
}

function mapSections(maps: Readonly<Record<string, unknown>>, latent: number): Section[] {
  const flat = latent > 2 ? ' Seen in the plane in which they vary most.' : '';
  const section = (of: string, title: string, lead: string): Section[] =>
    maps[of] === undefined ? [] : [{ id: of, title, lead: `${lead}${flat}`, body: chart('code-map', title, of) }];
  return [
    ...section('model', 'The codes', 'Each point is one example, placed by its code; labels only colour the points.'),
    ...section('pca', 'Principal components', 'The same examples, placed by PCA.'),
  ];
}

function present(
  maps: Readonly<Record<string, NonNullable<PageData['codeMaps']>[string] | undefined>>,
): PageData['codeMaps'] {
  return Object.fromEntries(Object.entries(maps).flatMap(([of, map]) => (map ? [[of, map]] : [])));
}
