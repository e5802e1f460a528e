/** How near a picture is to another one. */
import { grey, type Picture } from '../data/picture.ts';

export interface PictureQuality {
  /** Peak signal-to-noise ratio in dB, of values cut off at 0 and 1; infinite for equal pictures. */
  readonly psnr: number;
  /** Structural similarity, 1 for equal pictures. */
  readonly ssim: number;
}

/** Both, of all pixels but those within `border` of the edge. The pictures have the same size and channels. */
export function pictureQuality(picture: Picture, clean: Picture, border = 0): PictureQuality {
  return { psnr: psnr(picture, clean, border), ssim: ssim(picture, clean, border) };
}

/** 10 log₁₀(1 / mean square error), in dB, of the values that are `counted`. */
export function psnr(
  picture: Picture,
  clean: Picture,
  border = 0,
  counted: (at: number) => boolean = () => true,
): number {
  const { channels, height, width } = clean;
  let [sum, count] = [0, 0];
  for (let channel = 0; channel < channels; channel++)
    for (let row = border; row < height - border; row++)
      for (let column = border; column < width - border; column++) {
        const at = (channel * height + row) * width + column;
        if (!counted(at)) continue;
        sum += (unitRange(picture.values[at]) - unitRange(clean.values[at])) ** 2;
        count++;
      }
  return -10 * Math.log10(sum / count);
}

/** Window and constants of Wang, Bovik, Sheikh & Simoncelli 2004, "Image quality assessment", section III-C. */
const REACH = 5;
const DEVIATION = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Mean structural similarity of the brightness, in gaussian windows of 11×11 that lie inside of the picture (smaller on smaller pictures). */
export function ssim(picture: Picture, clean: Picture, border = 0): number {
  const [x, y] = [inner(grey(picture), border), inner(grey(clean), border)];
  const reach = Math.min(REACH, Math.floor((Math.min(x.height, x.width) - 1) / 2));
  const blurred = (values: Float64Array): Float64Array => blur(values, x.height, x.width, reach);
  const product = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value * b[at]);
  const [meanX, meanY] = [blurred(x.values), blurred(y.values)];
  const [squareX, squareY] = [blurred(product(x.values, x.values)), blurred(product(y.values, y.values))];
  const both = blurred(product(x.values, y.values));
  let sum = 0;
  for (let at = 0; at < meanX.length; at++) {
    const [mx, my] = [meanX[at], meanY[at]];
    const [vx, vy, covariance] = [squareX[at] - mx * mx, squareY[at] - my * my, both[at] - mx * my];
    sum += ((2 * mx * my + C1) * (2 * covariance + C2)) / ((mx * mx + my * my + C1) * (vx + vy + C2));
  }
  return sum / meanX.length;
}

function unitRange(value: number): number {
  return Math.min(1, Math.max(0, value));
}

interface Plane {
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

function inner({ height, width, values }: Picture, border: number): Plane {
  const [high, wide] = [height - 2 * border, width - 2 * border];
  return {
    height: high,
    width: wide,
    values: Float64Array.from({ length: high * wide }, (_, at) =>
      unitRange(values[(border + Math.floor(at / wide)) * width + border + (at % wide)]),
    ),
  };
}

/** Gaussian means of the windows that lie inside: `[height − 2 reach, width − 2 reach]`. */
function blur(values: Float64Array, height: number, width: number, reach: number): Float64Array {
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * DEVIATION ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const wide = width - 2 * reach;
  const rows = new Float64Array(height * wide);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < wide; column++) {
      let sum = 0;
      for (const [at, weight] of weights.entries()) sum += weight * values[row * width + column + at];
      rows[row * wide + column] = sum / total;
    }
  const result = new Float64Array((height - 2 * reach) * wide);
  for (let at = 0; at < result.length; at++) {
    let sum = 0;
    for (const [down, weight] of weights.entries()) sum += weight * rows[at + down * wide];
    result[at] = sum / total;
  }
  return result;
}
