import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Column } from '../dataset.ts';
import { makeSensors } from './sensors.ts';

const random = createRandom(3);
const parts = { train: makeSensors('train', random), test: makeSensors('test', random) };
const numbers = (columns: readonly Column[], name: string): Float64Array => {
  const column = columns.find((other) => other.name === name);
  return column?.type === 'numeric' ? column.values : new Float64Array(0);
};
const texts = (columns: readonly Column[], name: string): readonly (string | null)[] => {
  const column = columns.find((other) => other.name === name);
  return column?.type === 'category' ? column.values : [];
};
const names = ['speed', 'flow', 'pressure', 'current', 'temperature', 'coolant', 'vibration'];

test('a seed fixes the log, and the test part goes on where training ends', () => {
  expect(makeSensors('test', createRandom(3))).toEqual(parts.test);
  expect(makeSensors('train', createRandom(4))).not.toEqual(parts.train);
  expect(numbers(parts.train, 'time').slice(-2)).toEqual(Float64Array.of(39_980, 39_990));
  expect(numbers(parts.test, 'time').slice(0, 2)).toEqual(Float64Array.of(40_000, 40_010));
});

test('nothing is wrong in training; a twentieth of the test part is, in stretches', () => {
  expect(new Set(texts(parts.train, 'state'))).toEqual(new Set(['normal']));
  const states = texts(parts.test, 'state');
  const faults = states.filter((state) => state === 'fault').length;
  expect(faults / states.length).toBeGreaterThan(0.035);
  expect(faults / states.length).toBeLessThan(0.065);
  expect(states.filter((state, row) => state === 'fault' && states[row - 1] === 'normal')).toHaveLength(16);
});

test('two readings in a hundred are lost', () => {
  for (const name of names) {
    const lost = numbers(parts.train, name).filter(Number.isNaN).length;
    expect(lost).toBeGreaterThan(40);
    expect(lost).toBeLessThan(120);
  }
});

test('pressure follows from speed and flow wherever all is well, and not in a straight line', () => {
  const law = (columns: readonly Column[]): number[] => {
    const [speed, flow, pressure] = ['speed', 'flow', 'pressure'].map((name) => numbers(columns, name));
    return Array.from(pressure, (value, row) => value - (5 * (speed[row] / 1500) ** 2 - 0.005 * flow[row] ** 2));
  };
  const errors = law(parts.train).filter((error) => !Number.isNaN(error));
  const size = Math.sqrt(errors.reduce((total, error) => total + error ** 2, 0) / errors.length);
  expect(size).toBeLessThan(0.15);
  const states = texts(parts.test, 'state');
  expect(law(parts.test).some((error, row) => states[row] === 'fault' && Math.abs(error) > 1)).toBe(true);
});

test('faults are mostly within the range of each sensor: no limit finds them', () => {
  const ranges = names.map((name) => {
    const known = numbers(parts.train, name).filter((value) => !Number.isNaN(value));
    return [Math.min(...known), Math.max(...known)];
  });
  const faults = [...texts(parts.test, 'state').entries()].filter(([, state]) => state === 'fault');
  const outside = faults.filter(([row]) =>
    names.some((name, at) => {
      const value = numbers(parts.test, name)[row];
      return value < ranges[at][0] || value > ranges[at][1];
    }),
  );
  expect(outside.length).toBeLessThan(0.4 * faults.length);
});
