/** What is most like an example, by the codes. */
import { type ArraySource, type Source, searchIndex, searchPrecision, takeRows } from 'autoencoder/browser';
import { pictureAs } from '../pictures.ts';
import { isPictures, show } from '../shown.ts';
import { type Block, number, picture, type StudioUse } from './use.ts';

export const search: StudioUse = {
  name: 'Search',
  about: 'The examples that are most like one of them.',
  makesModel: false,
  command: 'search',
  refusal: ({ model }) => (model ? undefined : 'Train a model first.'),
  fields: ({ source: { train } }) => [
    number('example', 1, 'whose likes are looked for'),
    ...(train.form === 'array' && isPictures(train) ? [picture('picture', 'or a picture of yours, of any size')] : []),
    number('top', 12, 'how many', 1, 100),
  ],
  async run({ model, source, answers, progress }) {
    if (!model) throw new Error('internal: search without a model');
    const asked = await askedFor(source.train, answers);
    // Called by their numbers, so that what is found can be shown.
    const { names: _, ...train } = source.train.form === 'array' ? source.train : { ...source.train, names: undefined };
    progress('Encoding');
    const index = await searchIndex(model, train);
    const top = Number(answers.top);
    const found =
      typeof asked === 'number' ? await index.like(`${asked + 1}`, { top }) : (await index.search(asked, { top }))[0];
    const rows = found.map(({ name }) => Number(name) - 1);
    const blocks: Block[] = [
      {
        block: 'examples',
        name: 'Asked for',
        shown: show(typeof asked === 'number' ? takeRows(source.train, [asked]) : asked),
        size: 96,
      },
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

/** The number of an example, or a picture in the form of the others. */
async function askedFor(
  train: Source,
  { example, picture }: Readonly<Record<string, unknown>>,
): Promise<number | ArraySource> {
  if (!(picture instanceof Blob) || train.form !== 'array') return Number(example) - 1;
  const shape = train.shape.slice(1);
  return { form: 'array', name: 'picture', values: await pictureAs(picture, shape), shape: [1, ...shape] };
}
