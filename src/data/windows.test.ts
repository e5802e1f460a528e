import { expect, test } from 'vitest';
import type { TableSource } from './dataset.ts';
import { channelNames, columnsOfChannels, windowStarts, windowsOf } from './windows.ts';

const table: TableSource = {
  form: 'table',
  name: 'log',
  rows: 5,
  columns: [
    { type: 'numeric', name: 'x', values: Float64Array.of(1, 2, Number.NaN, 4, 5) },
    { type: 'category', name: 'mode', values: ['on', null, 'off', 'on', 'on'] },
  ],
};

test('windows hold the rows in their order, a channel for each category', () => {
  expect(channelNames(table)).toEqual(['x', 'mode=off', 'mode=on']);
  const { values, shape } = windowsOf(table, { length: 3 });
  expect(shape).toEqual([3, 3, 3]);
  expect([...values.subarray(0, 9)]).toEqual([1, 0, 1, 2, NaN, NaN, NaN, 1, 0]);
  expect([...values.subarray(18)]).toEqual([NaN, 1, 0, 4, 0, 1, 5, 0, 1]);
});

test('the last window ends with the last row, whatever the stride', () => {
  expect([...windowStarts(10, { length: 4, stride: 3 })]).toEqual([0, 3, 6]);
  expect([...windowStarts(11, { length: 4, stride: 3 })]).toEqual([0, 3, 6, 7]);
  expect([...windowStarts(4, { length: 4, stride: 9 })]).toEqual([0]);
});

test('channels of another table are found by name; a category that is not there is never on', () => {
  const { values, shape } = windowsOf(table, { length: 5, channels: ['mode=boost', 'x'] });
  expect(shape).toEqual([1, 5, 2]);
  expect([...values]).toEqual([0, 1, NaN, 2, 0, NaN, 0, 4, 0, 5]);
  expect(() => windowsOf(table, { length: 2, channels: ['y'] })).toThrow('a column "y"');
});

test('a window longer than the series, or of no rows, is refused', () => {
  expect(() => windowsOf(table, { length: 6 })).toThrow('at least the 6 rows of a window, got 5');
  expect(() => windowsOf(table, { length: 0 })).toThrow('--window');
  expect(() => windowsOf(table, { length: 2, stride: 1.5 })).toThrow('--stride');
});

test('the columns of channels are found again among others', () => {
  const names = ['x', 'mode', 'a=b', 'left out'];
  expect(columnsOfChannels(['x', 'mode=off', 'mode=on', 'a=b'], names, 'log')).toEqual({
    x: 'numeric',
    mode: 'category',
    'a=b': 'numeric',
  });
  expect(() => columnsOfChannels(['y'], names, 'log')).toThrow('log: expected a column "y"');
});
