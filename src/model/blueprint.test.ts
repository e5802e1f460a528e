import { expect, test } from 'vitest';
import { architectureSchema, blueprintSchema, type DataFacts, makeBlueprint } from './blueprint.ts';

const table: DataFacts = {
  shape: [6],
  hasMissing: false,
  isBytes: false,
  isUnitRange: false,
  categories: [
    [1, 3],
    [3, 6],
  ],
};
const made = (architecture: Readonly<Record<string, unknown>>, facts: Partial<DataFacts> = {}) =>
  makeBlueprint(architectureSchema.parse(architecture), { kind: {}, network: {} }, { ...table, ...facts });

test('tables with categories are measured column by column, all else by squared error, unless the user says', () => {
  expect(made({})).toMatchObject({ loss: 'mixed', categories: table.categories });
  expect(made({}, { categories: [] })).toMatchObject({ loss: 'squared-error', categories: [] });
  expect(made({}, { categories: undefined })).toMatchObject({ loss: 'squared-error' });
  expect(made({ loss: 'squared-error' })).toMatchObject({ loss: 'squared-error', categories: [] });
  expect(made({ loss: 'mixed' }, { categories: [] })).toMatchObject({ loss: 'mixed' });
  expect(() => made({ loss: 'mixed' }, { categories: undefined })).toThrow(/--loss mixed: expected a table.*\[6\]/);
});

test('the variance of numbers is learned for kinds that draw their codes', () => {
  expect(made({ kind: 'variational' }).variance).toBe('learned');
  expect(made({ kind: 'vanilla' }).variance).toBe('fixed');
  expect(made({ kind: 'vanilla', variance: 'learned' }).variance).toBe('learned');
});

test('a code may be wider than a sequence is long: a token says more than a number', () => {
  const tokens = { shape: [6], categories: undefined, vocabulary: 10 };
  expect(made({ loss: 'categorical', latent: 20 }, tokens)).toMatchObject({
    vocabulary: 10,
    shape: [6],
  });
});

test('tokens of more than a few kinds are embedded, numbers never', () => {
  const embedding = (architecture: object, vocabulary?: number): number =>
    made({ loss: vocabulary ? 'categorical' : 'auto', ...architecture }, { categories: undefined, vocabulary })
      .embedding;
  expect(embedding({}, 1000)).toBe(32);
  expect(embedding({}, 32)).toBe(0);
  expect(embedding({ embedding: 3 }, 32)).toBe(3);
  expect(embedding({ embedding: 0 }, 1000)).toBe(0);
  expect(embedding({})).toBe(0);
  expect(() => embedding({ embedding: 8 })).toThrow('--loss categorical beside it');
});

test('a blueprint written before there were columns and tokens is still read; one that contradicts itself is not', () => {
  const { categories: _, vocabulary: __, embedding: ___, ...old } = made({ loss: 'squared-error' });
  expect(blueprintSchema.parse(old)).toEqual(made({ loss: 'squared-error' }));
  const good = made({});
  expect(blueprintSchema.parse(JSON.parse(JSON.stringify(good)))).toEqual(good);
  const damaged = [
    { categories: [[3, 3]] },
    { categories: [[0, 7]] },
    {
      categories: [
        [2, 4],
        [3, 6],
      ],
    },
    { categories: [[-1, 2]] },
    { categories: [[0, 2, 4]] },
    { shape: [2, 3] },
    { vocabulary: 3 },
    { embedding: 3 },
    { loss: 'categorical' },
  ];
  for (const change of damaged)
    expect(blueprintSchema.safeParse({ ...good, ...change }).success, JSON.stringify(change)).toBe(false);
});
