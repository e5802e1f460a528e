import { expect, test } from 'vitest';
import { makeLabels } from './labels.ts';

test('classes are numbered in the order of their names, missing ones are −1', () => {
  expect(makeLabels(['b', 'a', null, 'b'])).toEqual({ values: Int32Array.of(1, 0, -1, 1), names: ['a', 'b'] });
});

test('names that are numbers are ordered as numbers, however they are spelled', () => {
  expect(makeLabels(['10', '9.0', '1e1']).names).toEqual(['9', '10']);
  expect(makeLabels([10, 9, 10]).values).toEqual(Int32Array.of(1, 0, 1));
});

test('the names of the training part come first in the test part', () => {
  expect(makeLabels([2, 5], ['5', '7'])).toEqual({ values: Int32Array.of(2, 0), names: ['5', '7', '2'] });
});
