/** A page that detects: which examples of a file are unlike those learned from. */
import { datasetFor, makeRunner, plainEngine } from 'autoencoder/browser';
import { rowErrors } from '../worker/row-errors.ts';
import { made, row } from './elements.ts';
import { given, sourceOf } from './given.ts';
import type { DetectJob, Saved } from './job.ts';

const SHOWN = 50;

/** A file of examples, and which of them are unlike what was learned from. */
export function detecting(
  work: HTMLElement,
  { threshold, quantile }: DetectJob,
  { model, parameters, card }: Saved,
): void {
  const runner = makeRunner(plainEngine(), model);
  const place = made('div', { 'aria-live': 'polite', id: 'found' });
  const names = card.scaling.form === 'columns' ? namesOf(card.scaling.columns) : undefined;
  const input = given('Examples', place, async (files) => {
    const data = datasetFor(card, await sourceOf(files), 'the model of this page');
    const { reconstruction } = await runner.reconstruct(parameters, data);
    const { errors, worst } = rowErrors(data, reconstruction);
    const order = Array.from(errors.keys()).sort((a, b) => errors[b] - errors[a]);
    const unlike = order.filter((at) => errors[at] > threshold);
    const cells = order
      .slice(0, SHOWN)
      .map((at) => [
        data.names?.[at] ?? `${at + 1}`,
        errors[at].toPrecision(3),
        ...(names ? [names[worst[at]] ?? ''] : []),
        errors[at] > threshold ? 'unlike' : '',
      ]);
    place.replaceChildren(
      made('p', { class: 'verdict' }, `${unlike.length} of ${data.count} are unlike what it learned from.`),
      made(
        'table',
        {},
        made('thead', {}, row('th', ['example', 'error', ...(names ? ['worst rebuilt'] : []), ''])),
        made('tbody', {}, ...cells.map((each) => row('td', each))),
      ),
    );
  });
  work.append(
    made(
      'p',
      {},
      `Choose a file like that which it learned from. What is rebuilt worse than ${(100 * quantile).toFixed(0)} % of that was is told.`,
    ),
    input,
    place,
  );
}

/** A column for each number that the model sees. */
function namesOf(
  columns: readonly { readonly name: string; readonly type: string; readonly categories?: readonly string[] }[],
): string[] {
  return columns.flatMap(({ name, categories }) => (categories ? categories.map(() => name) : [name]));
}
