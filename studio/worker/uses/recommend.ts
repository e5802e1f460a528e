/** What people may like, from what they liked. */
import { recommender } from 'autoencoder/browser';
import { keep } from './keep.ts';
import { type Block, follow, number, type StudioUse } from './use.ts';

const NEEDED = 'A table with a row for each user and item (and a rating) is needed.';

export const recommend: StudioUse = {
  name: 'Recommend',
  about: 'What people may like, from what they liked.',
  makesModel: true,
  command: 'recommend',
  refusal({ source: { train } }) {
    if (train.form !== 'table' || train.columns.length < 2 || train.columns.length > 4) return NEEDED;
    // Who is there once only cannot be told anything.
    return new Set<unknown>(train.columns[0].values).size > train.rows / 2 ? NEEDED : undefined;
  },
  fields: ({ source: { train } }) => [
    {
      name: 'user',
      type: 'words',
      words: train.form === 'table' ? usersOf(train.columns[0]?.values ?? []) : [],
      description: 'who is told',
      preset: train.form === 'table' ? usersOf(train.columns[0]?.values ?? [])[0] : '',
    },
    number('top', 10, 'how many items', 1, 100),
  ],
  async run(context) {
    const { source, answers, engine, signal } = context;
    const own = await recommender(source, { engine, signal, onEvent: follow(context) });
    context.progress('Choosing');
    const blocks: Block[] = [];
    for await (const { user, items } of own.forUsers([String(answers.user)], { top: Number(answers.top) }))
      blocks.push({
        block: 'table',
        name: `For ${user}`,
        columns: ['item', 'score'],
        rows: items.map(({ item, score }) => [item, score]),
      });
    const { errors } = own;
    const isRated = errors.model.rmse !== undefined;
    const figures = [
      ['this model', errors.model],
      ['what most like', errors.popularity],
      ['nearest neighbours', errors.neighbours],
    ] as const;
    blocks.push({
      block: 'table',
      name: 'How well what was held out was told',
      columns: ['by', isRated ? 'error of ratings (RMSE)' : 'order of lists (nDCG)'],
      rows: figures.flatMap(([name, figure]) =>
        figure ? [[name, (isRated ? figure.rmse : figure.ndcg) ?? null]] : [],
      ),
      about: isRated
        ? `Less is better. ${errors.measured.toLocaleString('en')} ratings were held out.`
        : `More is better, 1 is best. Lists of ${errors.measured.toLocaleString('en')} users were asked for.`,
    });
    return [...blocks, ...keep('recommend', '--user NAME', await own.files())];
  },
};

const MOST_USERS = 200;

function usersOf(values: ArrayLike<number | string | null>): string[] {
  const users = new Set<string>();
  for (let row = 0; row < values.length && users.size < MOST_USERS; row++) users.add(String(values[row]));
  return [...users];
}
