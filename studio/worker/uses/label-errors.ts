/** Labels that do not fit what is near in the code. */
import { labelErrors as find, takeRows } from 'autoencoder/browser';
import { show } from '../shown.ts';
import type { StudioUse } from './use.ts';

const SHOWN = 32;

export const labelErrors: StudioUse = {
  name: 'Wrong labels',
  about: 'Labels that do not fit what is near in the code, ranked.',
  makesModel: false,
  command: 'label-errors',
  refusal({ source, model }) {
    if (new Set(source.train.labels?.values).size < 2) return 'The data have no labels of at least two classes.';
    return model ? undefined : 'Train a model first.';
  },
  fields: () => [],
  async run({ model, source, progress }) {
    if (!model) throw new Error('internal: label errors without a model');
    progress('Asking the neighbours of every example');
    const { ranked, suggested, labels, names, isSuspect, agreement, trial, scores } = await find(model, source.train);
    const rows = Array.from(ranked.subarray(0, SHOWN));
    const suspects = isSuspect.filter(Boolean).length;
    return [
      {
        block: 'words',
        tone: 'verdict',
        text: `${suspects} labels are doubtful; ${(100 * agreement).toFixed(1)} % agree with their neighbours.`,
      },
      {
        block: 'words',
        tone: 'quiet',
        text: `Tried on your data: of ${trial.changed} labels changed on purpose, ${(100 * trial.model.precision).toFixed(0)} % are among the first as many; by principal components ${(100 * trial.pca.precision).toFixed(0)} %.`,
      },
      {
        block: 'examples',
        name: 'The most doubtful',
        shown: show(takeRows(source.train, rows)),
        captions: rows.map((row) => `${names[labels[row]]} → ${names[suggested[row]]}`),
      },
      {
        block: 'table',
        name: 'The same in words',
        columns: ['example', 'is called', 'looks like', 'doubt'],
        rows: rows.map((row) => [row + 1, names[labels[row]], names[suggested[row]], scores[row]]),
      },
    ];
  },
};
