import { describe, expect, it } from 'vitest';
import { duration, figure, percent } from './figures.ts';

describe('figure', () => {
  it.each([
    [0.0094137, '0.00941'],
    [12.345, '12.3'],
    [123456.7, '123,457'],
    [0, '0'],
    [-1.5, '−1.5'],
    [0.00001234, '1.23e−5'],
    [Number.NaN, '–'],
    [null, '–'],
  ])('writes %s as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('duration', () => {
  it.each([
    [0.84, '840 ms'],
    [12.43, '12.4 s'],
    [59.97, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7525, '2 h 5 min'],
    [7199.8, '2 h 0 min'],
  ])('writes %s as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('percent', () => {
  it('keeps a digit more below ten', () => {
    expect([percent(0.75), percent(0.075)]).toEqual(['75%', '7.5%']);
  });
});
