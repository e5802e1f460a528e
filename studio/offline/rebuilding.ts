/** A page that rebuilds: examples as the model knows them, without what does not belong there. */
import {
  datasetFor,
  encodeCsv,
  encodeNpySource,
  encodePngGrid,
  makeRunner,
  plainEngine,
  type Source,
  sourceCount,
  takeRows,
  undoScaling,
} from 'autoencoder/browser';
import { download } from '../src/parts/download.ts';
import { isPictures } from '../worker/shown.ts';
import { beforeAndAfter, drawn, made } from './elements.ts';
import { given, sourceOf } from './given.ts';
import type { RebuildJob, Saved } from './job.ts';

const SHOWN = 24;

export function rebuilding(work: HTMLElement, _job: RebuildJob, { model, parameters, card }: Saved): void {
  const runner = makeRunner(plainEngine(), model);
  const place = made('div', { 'aria-live': 'polite', id: 'rebuilt' });
  const input = given('Examples', place, async (files) => {
    const source = await sourceOf(files);
    const data = datasetFor(card, source, 'the model of this page');
    const { reconstruction } = await runner.reconstruct(parameters, data);
    const rebuilt = undoScaling(card.scaling, reconstruction, data.count, 'rebuilt');
    const some = Array.from({ length: Math.min(SHOWN, sourceCount(source)) }, (_, at) => at);
    const { name, encode } = fileOf(rebuilt);
    const save = made('button', { type: 'button' }, `Save ${name}`);
    save.addEventListener('click', () => download(name, 'application/octet-stream', encode(rebuilt)));
    const pairs =
      rebuilt.form === 'table'
        ? [drawn(takeRows(rebuilt, some), 'Rebuilt')]
        : some.map((at) => beforeAndAfter(takeRows(source, [at]), takeRows(rebuilt, [at]), `${at + 1}`));
    place.replaceChildren(
      made(
        'p',
        {},
        `${data.count} rebuilt${data.count > SHOWN ? `, of which the first ${SHOWN} are shown` : ''}. `,
        save,
      ),
      ...pairs,
    );
  });
  work.append(made('p', {}, 'Choose a file like that which it learned from.'), input, place);
}

/** Pictures as one, in rows. Not by `encodeSource`, whose other formats would make the page a quarter larger. */
function fileOf(source: Source): { readonly name: string; readonly encode: (source: Source) => Uint8Array } {
  if (source.form === 'table') return { name: 'rebuilt.csv', encode: encodeCsv };
  if (isPictures(source)) return { name: 'rebuilt.png', encode: (pictures) => encodePngGrid(pictures) };
  return { name: 'rebuilt.npy', encode: encodeNpySource };
}
