/** Pictures made larger and smaller by bicubic interpolation, as the published figures of super-resolution do it. */
import type { Picture } from './picture.ts';

/**
 * Another height and width by the kernel of Keys 1981, "Cubic convolution interpolation for digital image processing", with a = −½;
 * stretched over more pixels where the picture becomes smaller, so that nothing is skipped. Beyond the edge the picture is mirrored.
 */
export function resample(picture: Picture, height: number, width: number): Picture {
  const { channels } = picture;
  const across = weightsOf(picture.width, width);
  const down = weightsOf(picture.height, height);
  const wide = new Float32Array(channels * picture.height * width);
  for (let row = 0; row < channels * picture.height; row++) {
    const from = row * picture.width;
    for (let column = 0; column < width; column++) {
      const { places, weights } = across[column];
      let sum = 0;
      for (let at = 0; at < weights.length; at++) sum += weights[at] * picture.values[from + places[at]];
      wide[row * width + column] = sum;
    }
  }
  const values = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      const { places, weights } = down[row];
      const to = (channel * height + row) * width;
      for (let at = 0; at < weights.length; at++) {
        const from = (channel * picture.height + places[at]) * width;
        const weight = weights[at];
        for (let column = 0; column < width; column++) values[to + column] += weight * wide[from + column];
      }
    }
  }
  return { ...picture, height, width, values };
}

/** What one pixel is made of. */
interface Weights {
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

/** For each of `to` pixels, which of `from` it is made of. */
function weightsOf(from: number, to: number): Weights[] {
  const scale = to / from;
  const stretch = Math.max(1, 1 / scale);
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) / scale - 0.5;
    const first = Math.ceil(centre - 2 * stretch);
    const count = Math.floor(centre + 2 * stretch) - first + 1;
    const weights = Float64Array.from({ length: count }, (_each, tap) => cubic((first + tap - centre) / stretch));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      places: Int32Array.from({ length: count }, (_each, tap) => mirrored(first + tap, from)),
      weights: weights.map((weight) => weight / total),
    };
  });
}

function cubic(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
  return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
}

function mirrored(at: number, length: number): number {
  const period = 2 * length;
  const within = ((at % period) + period) % period;
  return within < length ? within : period - 1 - within;
}
