import { describe, expect, test } from 'vitest';
import { makePicture } from '../data/picture.ts';
import { partPlaces, partsAt, withParts } from './picture-parts.ts';

const slope = makePicture(
  { name: 'slope', channels: 1, height: 8, width: 12 },
  (_, row, column) => (10 * row + column) / 255,
);

describe('partPlaces', () => {
  test('halves lie half over one another and reach from edge to edge; none for 1', () => {
    const places = partPlaces([1, 56, 40], 2);
    expect(places).toHaveLength(9);
    expect([...new Set(places.map(({ y }) => y))]).toEqual([0, 14, 28]);
    expect([...new Set(places.map(({ x }) => x))]).toEqual([0, 10, 20]);
    for (const { width, height } of places) expect([width, height]).toEqual([20, 28]);
    expect(partPlaces([3, 30, 30], 3)).toHaveLength(25);
    expect(partPlaces([1, 56, 40], 1)).toEqual([]);
  });

  test.each([2, 3, 5, 8])(
    'whatever is smaller than 1/(2 × %i) of a side lies within a part, and no part beyond',
    (share) => {
      const places = partPlaces([1, 64, 47], share);
      const most = Math.floor(47 / (2 * share)) - 1;
      for (let x = 0; x + most <= 47; x++)
        expect(places.some((place) => place.x <= x && x + most <= place.x + place.width)).toBe(true);
      for (const { x, y, width, height } of places) {
        expect(x + width).toBeLessThanOrEqual(47);
        expect(y + height).toBeLessThanOrEqual(64);
      }
    },
  );

  test('what has no parts is refused', () => {
    expect(() => partPlaces([30], 2)).toThrow(
      'pictures, grey or in colour, which have parts, got examples of shape [30]',
    );
    expect(() => partPlaces([1, 4, 4], 5)).toThrow('from 1, the picture alone, to 4, got 5');
    expect(() => partPlaces([1, 8, 8], 1.5)).toThrow('a whole number');
  });
});

describe('partsAt', () => {
  test('a part of the size that is wanted is what is there, of each picture', () => {
    const { values, count } = partsAt([slope, slope], { x: 5, y: 2, width: 3, height: 2 }, [1, 2, 3]);
    expect(count).toBe(2);
    expect([...values]).toEqual([25, 26, 27, 35, 36, 37, 25, 26, 27, 35, 36, 37]);
  });

  test('grey becomes colour where the model sees colours, and pictures of any size their size', () => {
    const whole = { x: 0, y: 0, width: 12, height: 8 };
    const { values } = partsAt([slope], whole, [3, 16, 24]);
    const plane = 16 * 24;
    expect(values).toHaveLength(3 * plane);
    expect(values.subarray(0, plane)).toEqual(values.subarray(2 * plane));
    // Half-way between its corners.
    expect(values[7 * 24 + 11]).toBeCloseTo(38, -1);
  });

  test.each([
    { x: 10, y: 0, width: 3, height: 2 },
    { x: 0, y: 7, width: 3, height: 2 },
    { x: -1, y: 0, width: 3, height: 2 },
    { x: 0, y: 0, width: 0, height: 2 },
    { x: 0.5, y: 0, width: 3, height: 2 },
  ])('%o is not a part of 12×8 pixels', (place) => {
    expect(() => partsAt([slope], place, [1, 2, 3])).toThrow('slope: expected a part within its 12×8 pixels');
  });
});

test('withParts: each picture as it is, then its parts', () => {
  const values = Uint8Array.from({ length: 32 }, (_, at) => at);
  const places = partPlaces([1, 4, 4], 2);
  const { values: all, count } = withParts({ name: 'two', values, shape: [1, 4, 4], count: 2 }, places);
  expect(count).toBe(20);
  expect(all.subarray(0, 16)).toEqual(values.subarray(0, 16));
  expect(all.subarray(160, 176)).toEqual(values.subarray(16));
  const second = makePicture(
    { name: '', channels: 1, height: 4, width: 4 },
    (_, row, column) => (16 + 4 * row + column) / 255,
  );
  for (const [at, place] of places.entries())
    expect(all.subarray(16 * (11 + at), 16 * (12 + at))).toEqual(partsAt([second], place, [1, 4, 4]).values);
});
