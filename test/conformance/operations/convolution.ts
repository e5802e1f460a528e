/** Convolution, with the shapes and values it is checked at. */
import { convolve, convolveTransposed, kernelOfConvolution } from '../../../src/graph/ops/convolution.ts';
import { positionsOf, type SlidingOptions, slidingOf } from '../../../src/graph/window.ts';
import { float, noGradient, type OperationCase, operation, type Traits } from '../cases.ts';

interface Geometry extends SlidingOptions {
  readonly batch: number;
  readonly channels: number;
  readonly units: number;
  readonly size: readonly [number, number];
  readonly window: readonly [number, number];
}

const geometries: readonly Geometry[] = [
  { batch: 2, channels: 3, units: 2, size: [4, 5], window: [3, 3], padding: [1, 1, 1, 1] },
  { batch: 2, channels: 1, units: 3, size: [6, 6], window: [3, 3], padding: [1, 1, 1, 1], stride: [2, 2] },
  { batch: 1, channels: 2, units: 1, size: [7, 5], window: [3, 3], padding: [1, 1, 1, 1], stride: [2, 2] },
  { batch: 3, channels: 2, units: 2, size: [5, 6], window: [2, 3], stride: [2, 3] },
  { batch: 2, channels: 2, units: 3, size: [4, 3], window: [1, 1] },
  { batch: 2, channels: 2, units: 2, size: [5, 5], window: [1, 1], stride: [2, 2] },
  { batch: 1, channels: 2, units: 2, size: [7, 8], window: [3, 2], dilation: [2, 3], padding: [2, 1, 0, 3] },
  {
    batch: 1,
    channels: 1,
    units: 2,
    size: [8, 7],
    window: [2, 2],
    dilation: [3, 2],
    stride: [2, 3],
    padding: [0, 2, 1, 0],
  },
  { batch: 2, channels: 1, units: 1, size: [5, 4], window: [4, 4], padding: [1, 2, 2, 1] },
  { batch: 2, channels: 2, units: 2, size: [1, 9], window: [1, 3], padding: [0, 1, 0, 1], stride: [1, 2] },
  { batch: 1, channels: 2, units: 1, size: [3, 3], window: [3, 3] },
  { batch: 1, channels: 1, units: 1, size: [9, 9], window: [2, 2], stride: [4, 5] },
];

/** Of whole blocks of channels, which a runtime may lay out in its own way. */
const wideGeometries: readonly Geometry[] = [
  { batch: 2, channels: 16, units: 32, size: [5, 6], window: [3, 3], padding: [1, 1, 1, 1] },
  { batch: 1, channels: 32, units: 16, size: [7, 8], window: [3, 2], dilation: [2, 3], padding: [2, 1, 0, 3] },
  { batch: 3, channels: 48, units: 16, size: [9, 7], window: [3, 3], padding: [1, 1, 1, 1], stride: [2, 2] },
  { batch: 1, channels: 16, units: 16, size: [1, 40], window: [1, 5], padding: [0, 2, 0, 2], stride: [1, 3] },
  { batch: 2, channels: 16, units: 16, size: [2, 2], window: [4, 4], padding: [2, 2, 2, 2] },
];

const nameOf = ({
  batch,
  channels,
  units,
  size,
  window,
  stride = [1, 1],
  padding = [0, 0, 0, 0],
  dilation = [1, 1],
}: Geometry): string =>
  `${batch}×${channels}×${size.join('×')} to ${units}, ${window.join('×')} / ${stride} + ${padding} by ${dilation}`;

const casesOf = (geometry: Geometry, traits: Traits = {}): readonly OperationCase[] => {
  const { batch, channels, units, size, window } = geometry;
  const x = float([batch, channels, ...size]);
  const kernel = float([units, channels, ...window]);
  const y = float([batch, units, ...positionsOf('case', size, window, slidingOf(geometry))]);
  const name = nameOf(geometry);
  return [
    operation('convolve', name, [x, kernel], (a, k) => convolve(a, k, geometry), traits),
    operation('convolveTransposed', name, [y, kernel], (b, k) => convolveTransposed(b, k, size, geometry), traits),
    operation(
      'convolve',
      `with bias ${name}`,
      [x, kernel, float([units])],
      (a, k, b) => convolve(a, k, geometry, b),
      traits,
    ),
    operation(
      'convolveTransposed',
      `with bias ${name}`,
      [y, kernel, float([channels])],
      (b, k, bias) => convolveTransposed(b, k, size, geometry, bias),
      traits,
    ),
    operation('kernelOfConvolution', name, [x, y], (a, b) => kernelOfConvolution(a, b, window, geometry), traits),
  ];
};

/** Their gradients are those of the small ones; differences of thousands of weights would take minutes. */
export const wideConvolutions = wideGeometries.flatMap((geometry) => casesOf(geometry, noGradient));

export const convolutionCases: readonly OperationCase[] = [
  ...geometries.flatMap((geometry) => casesOf(geometry)),
  ...wideConvolutions,
];
