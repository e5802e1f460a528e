import { expect, test } from 'vitest';
import type { Source } from './dataset.ts';
import { withLabelColumn } from './label-column.ts';

const labels = { values: Int32Array.of(1, -1), names: ['cat', 'dog'] };

test('a table gets a column of classes, the last; an unknown one is missing', () => {
  const table: Source = {
    form: 'table',
    name: 'pets',
    rows: 2,
    columns: [{ type: 'numeric', name: 'size', values: Float64Array.of(3, 4) }],
    labels,
  };
  expect(withLabelColumn(table, 'sort')).toMatchObject({
    rows: 2,
    columns: [{ name: 'size' }, { type: 'category', name: 'sort', values: ['dog', null] }],
  });
  expect(withLabelColumn({ ...table, labels: undefined }, 'sort')).toMatchObject({ columns: [{ name: 'size' }] });
});

test('an array becomes a table, number by number', () => {
  const array: Source = { form: 'array', name: 'dots', values: Uint8Array.of(1, 2, 3, 4), shape: [2, 1, 1, 2], labels };
  const made = withLabelColumn(array, 'label');
  expect(made).toMatchObject({
    form: 'table',
    rows: 2,
    columns: [{ name: '[0,0,0]' }, { name: '[0,0,1]' }, { name: 'label' }],
  });
  expect(made.form === 'table' && made.columns[1].values).toEqual(Float64Array.of(2, 4));
});
