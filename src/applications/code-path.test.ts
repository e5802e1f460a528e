import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { codesOnPath } from './code-path.ts';

const random = createRandom(1);
const draw = (): Float32Array => Float32Array.from({ length: 6 }, () => random.normal());
const lengthOf = (values: Float32Array): number => Math.hypot(...values);
const at = (codes: Float32Array, step: number): Float32Array => codes.subarray(6 * step, 6 * step + 6);

test('a straight way is a blend in equal steps, from end to end', () => {
  const [from, to] = [Float32Array.of(0, 10), Float32Array.of(4, 2)];
  expect([...codesOnPath(from, to, 5)]).toEqual([0, 10, 1, 8, 2, 6, 3, 4, 4, 2]);
  expect([...codesOnPath(from, to, 1)]).toEqual([0, 10]);
});

test('a quarter of a circle, by equal angles', () => {
  const codes = codesOnPath(Float32Array.of(2, 0), Float32Array.of(0, 2), 3, 2);
  expect(codes[2]).toBeCloseTo(Math.SQRT2, 6);
  expect(codes[3]).toBeCloseTo(Math.SQRT2, 6);
});

test('along a sphere lengths go from one to the other and angles are equal; both ways are one', () => {
  for (let round = 0; round < 20; round++) {
    const [from, to] = [draw(), draw()];
    const codes = codesOnPath(from, to, 5, 6);
    const back = codesOnPath(to, from, 5, 6);
    const angle = (a: Float32Array, b: Float32Array): number =>
      Math.acos(a.reduce((sum, value, i) => sum + value * b[i], 0) / (lengthOf(a) * lengthOf(b)));
    for (let step = 0; step < 5; step++) {
      expect(lengthOf(at(codes, step))).toBeCloseTo(lengthOf(from) + (step / 4) * (lengthOf(to) - lengthOf(from)), 4);
      for (let i = 0; i < 6; i++) expect(at(codes, step)[i]).toBeCloseTo(at(back, 4 - step)[i], 4);
      if (step > 0) expect(angle(at(codes, step - 1), at(codes, step))).toBeCloseTo(angle(from, to) / 4, 3);
    }
    expect(lengthOf(at(codesOnPath(from, to, 3), 1))).toBeLessThan(lengthOf(at(codesOnPath(from, to, 3, 6), 1)) + 1e-6);
  }
});

test('only the first numbers go along the sphere; ends that are the same, opposite or nothing go straight', () => {
  const codes = codesOnPath(Float32Array.of(1, 0, 3), Float32Array.of(0, 1, 5), 3, 2);
  expect(codes[3]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(codes[5]).toBe(4);
  const same = Float32Array.of(1, 2);
  expect([...codesOnPath(same, same, 3, 2)]).toEqual([1, 2, 1, 2, 1, 2]);
  expect([...codesOnPath(same, Float32Array.of(-1, -2), 3, 2)].slice(2, 4)).toEqual([0, 0]);
  expect([...codesOnPath(Float32Array.of(0, 0), same, 3, 2)]).toEqual([0, 0, 0.5, 1, 1, 2]);
});
