/**
 * Pictures as planes: lightness whole, colour at half the height and width, where the eye sees less. As in JFIF 1.02 (Hamilton 1992).
 *
 *   red, green, blue ── Y, Cb, Cr ── averages of 2×2 of Cb and Cr          and back, straight between their places
 */
import { grey, makePicture, type Picture } from '../../data/picture.ts';

/** Colours lie around it. */
const NEUTRAL = 0.5;

/** One plane, or three. */
export function planesOf(picture: Picture): readonly Picture[] {
  if (picture.channels === 1) return [picture];
  const lightness = grey(picture);
  const area = picture.width * picture.height;
  const difference = (channel: number, most: number): Picture => {
    const from = channel * area;
    const values = lightness.values.map((y, at) => NEUTRAL + (picture.values[from + at] - y) / most);
    return halved({ ...lightness, values });
  };
  return [lightness, difference(2, 1.772), difference(0, 1.402)];
}

/** Width and height of the planes of a picture. */
export function planeSizes(width: number, height: number, channels: 1 | 3): readonly (readonly [number, number])[] {
  if (channels === 1) return [[width, height]];
  const half = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
  return [[width, height], half, half];
}

/** The picture of planes as `planesOf` gives them. */
export function pictureOf([lightness, blue, red]: readonly Picture[]): Picture {
  if (!blue || !red) return lightness;
  const { width, height } = lightness;
  const area = width * height;
  const [wideBlue, wideRed] = [doubled(blue, width, height), doubled(red, width, height)];
  const values = new Float32Array(3 * area);
  for (let at = 0; at < area; at++) {
    const [y, b, r] = [lightness.values[at], wideBlue.values[at] - NEUTRAL, wideRed.values[at] - NEUTRAL];
    values[at] = y + 1.402 * r;
    values[area + at] = y - (0.299 * 1.402 * r + 0.114 * 1.772 * b) / 0.587;
    values[2 * area + at] = y + 1.772 * b;
  }
  return { ...lightness, channels: 3, values };
}

/** Averages of 2×2; at an odd edge of what is there. */
function halved(plane: Picture): Picture {
  const { values, width, height } = plane;
  const size = { name: plane.name, channels: 1, width: Math.ceil(width / 2), height: Math.ceil(height / 2) } as const;
  return makePicture(size, (_, y, x) => {
    const [first, second] = [2 * y * width, Math.min(height - 1, 2 * y + 1) * width];
    const [left, right] = [2 * x, Math.min(width - 1, 2 * x + 1)];
    return (values[first + left] + values[first + right] + values[second + left] + values[second + right]) / 4;
  });
}

/** Each number is three quarters of the nearest and one of the next, down and across. */
function doubled(plane: Picture, width: number, height: number): Picture {
  const { values, width: wide, height: high } = plane;
  return makePicture({ ...plane, width, height }, (_, y, x) => {
    const near = (y >> 1) * wide;
    const next = Math.min(high - 1, Math.max(0, (y >> 1) + (y % 2 === 0 ? -1 : 1))) * wide;
    const left = x >> 1;
    const beside = Math.min(wide - 1, Math.max(0, left + (x % 2 === 0 ? -1 : 1)));
    return (9 * values[near + left] + 3 * values[near + beside] + 3 * values[next + left] + values[next + beside]) / 16;
  });
}
