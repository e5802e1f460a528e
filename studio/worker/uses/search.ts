/** What is most like an example, by the codes. */
import { searchIndex, searchPrecision, takeRows } from 'autoencoder/browser';
import { show } from '../shown.ts';
import { type Block, number, type StudioUse } from './use.ts';

export const search: StudioUse = {
  name: 'Search',
  about: 'The examples that are most like one of them.',
  makesModel: false,
  command: 'search',
  refusal: ({ model }) => (model ? undefined : 'Train a model first.'),
  fields: () => [number('example', 1, 'whose likes are looked for'), number('top', 12, 'how many', 1, 100)],
  async run({ model, source, answers, progress }) {
    if (!model) throw new Error('internal: search without a model');
    const asked = Number(answers.example) - 1;
    // Called by their numbers, so that what is found can be shown.
    const { names: _, ...train } = source.train.form === 'array' ? source.train : { ...source.train, names: undefined };
    progress('Encoding');
    const index = await searchIndex(model, train);
    const found = await index.like(`${asked + 1}`, { top: Number(answers.top) });
    const rows = found.map(({ name }) => Number(name) - 1);
    const blocks: Block[] = [
      { block: 'examples', name: 'Asked for', shown: show(takeRows(source.train, [asked])), size: 96 },
      {
        block: 'examples',
        name: 'Found',
        shown: show(takeRows(source.train, rows)),
        captions: found.map(
          ({ label, distance }) => `${label === undefined ? '' : `${label} · `}${distance.toFixed(3)}`,
        ),
        size: 72,
      },
    ];
    if (source.train.labels) {
      progress('Measuring');
      const quality = await searchPrecision(model, source.train);
      if (quality)
        blocks.push({
          block: 'table',
          name: `How many of the first ${quality.top} have the same label`,
          columns: ['by', 'share'],
          rows: [
            ['codes of this model', quality.model.all],
            [`${quality.pcaWidth} principal components`, quality.pca.all],
            ...(quality.data ? [['the numbers themselves', quality.data.all]] : []),
          ],
          about: `${quality.queries} searches among ${quality.among}.`,
        });
    }
    return blocks;
  },
};
