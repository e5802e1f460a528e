import { expect, test } from 'vitest';
import { bdRate, type RatePoint, rateAt } from './bd-rate.ts';

const curve: readonly RatePoint[] = [0.1, 0.2, 0.35, 0.6, 1].map((bitsPerPixel) => ({
  bitsPerPixel,
  psnr: 30 + 6 * Math.log2(bitsPerPixel) + bitsPerPixel,
}));
const times = (factor: number): RatePoint[] =>
  curve.map(({ bitsPerPixel, psnr }) => ({ bitsPerPixel: factor * bitsPerPixel, psnr }));

test('the same curve is 0 %, half the bits −50 %, twice the bits 100 %', () => {
  expect(bdRate(curve, curve)).toBeCloseTo(0, 10);
  expect(bdRate(times(0.5), curve)).toBeCloseTo(-50, 8);
  expect(bdRate(times(2), curve)).toBeCloseTo(100, 8);
  // The other way round it is the inverse, whatever the points are.
  const other = [0.15, 0.5, 0.9].map((bitsPerPixel) => ({ bitsPerPixel, psnr: 29 + 5.5 * Math.log2(bitsPerPixel) }));
  expect((1 + bdRate(curve, other) / 100) * (1 + bdRate(other, curve) / 100)).toBeCloseTo(1, 8);
});

test('only where both are: curves that do not meet have none', () => {
  const better = curve.map(({ bitsPerPixel, psnr }) => ({ bitsPerPixel, psnr: psnr + 40 }));
  expect(bdRate(better, curve)).toBeNaN();
  expect(bdRate([], curve)).toBeNaN();
});

test('between its points a curve goes up, and through them', () => {
  for (const { bitsPerPixel, psnr } of curve) expect(rateAt(curve, psnr)).toBeCloseTo(bitsPerPixel, 10);
  let last = 0;
  for (let psnr = curve[0].psnr; psnr <= curve[4].psnr; psnr += 0.05) {
    const rate = rateAt(curve, psnr);
    expect(rate).toBeGreaterThan(last);
    last = rate;
  }
  expect(rateAt(curve, 60)).toBeNaN();
  // A point that takes more for less is not on the way.
  const worse = [...curve, { bitsPerPixel: 0.5, psnr: 20 }];
  expect(bdRate(worse, curve)).toBeCloseTo(0, 10);
});
