/** Pooling, with the shapes and values it is checked at. */
import { square } from '../../../src/graph/ops/elementwise.ts';
import { averagePool, maxPool, upsample, windowSum } from '../../../src/graph/ops/pooling.ts';
import { float, type OperationCase, operation } from '../cases.ts';

const tilings = [
  { shape: [2, 2, 4, 6], window: [2, 2] },
  { shape: [1, 2, 5, 3], window: [2, 2] },
  { shape: [2, 1, 1, 7], window: [1, 2] },
  { shape: [1, 1, 7, 5], window: [3, 2] },
  { shape: [2, 1, 3, 2], window: [1, 1] },
] as const;

export const poolingCases: readonly OperationCase[] = tilings.flatMap(({ shape, window }) => {
  const name = `[${shape}] by ${window}`;
  const [batch, channels, height, width] = shape;
  const pooled = [batch, channels, Math.ceil(height / window[0]), Math.ceil(width / window[1])];
  return [
    // No two extremes in one window are equal.
    operation('maxPool', name, [float(shape)], (x) => square(maxPool(x, window)), {
      extremes: [1e4, -1e4, 3, -2, 0.5, 7, -9, 11],
    }),
    operation('averagePool', name, [float(shape)], (x) => square(averagePool(x, window))),
    operation('windowSum', name, [float(shape)], (x) => square(windowSum(x, window))),
    operation('upsample', name, [float(pooled)], (x) => square(upsample(x, window, [height, width]))),
  ];
});
