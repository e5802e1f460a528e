/** Pictures on canvases: bytes of a stack, and values through a colour scale. */
import type { ImageStack } from '../report-data.ts';

export interface Pictures extends ImageStack {
  /** `[count, channels, height, width]` */
  readonly pixels: Uint8Array;
}

export function decode(stack: ImageStack): Pictures {
  return { ...stack, pixels: Uint8Array.from(atob(stack.base64), (character) => character.charCodeAt(0)) };
}

/** Picture `index` of a stack, shown `scale` times as large; `label` is what a screen reader says. */
export function pictureCanvas(pictures: Pictures, index: number, scale: number, label: string): HTMLCanvasElement {
  const { channels, height, width, pixels } = pictures;
  const plane = height * width;
  const first = index * channels * plane;
  const isColor = channels >= 3;
  return canvas(width, height, scale, label, (pixel) => [
    pixels[first + pixel],
    pixels[first + pixel + (isColor ? plane : 0)],
    pixels[first + pixel + (isColor ? 2 * plane : 0)],
  ]);
}

/** A picture of values from 0 to 1 through the heat scale. */
export function heatCanvas(
  values: readonly number[],
  width: number,
  height: number,
  scale: number,
  label: string,
): HTMLCanvasElement {
  return canvas(width, height, scale, label, (pixel) => heatColor(values[pixel]));
}

/** Black through violet and orange to pale yellow: equal steps look equal, also in grey. */
function heatColor(value: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, value)) * (heatStops.length - 1);
  const below = Math.min(heatStops.length - 2, Math.floor(at));
  const [from, to] = [heatStops[below], heatStops[below + 1]];
  const mix = (i: number) => Math.round(from[i] + (to[i] - from[i]) * (at - below));
  return [mix(0), mix(1), mix(2)];
}

/** "Inferno" of Matplotlib, CC0, at ninths. */
const heatStops = [
  [0, 0, 4],
  [27, 12, 65],
  [74, 12, 107],
  [120, 28, 109],
  [165, 44, 96],
  [207, 68, 70],
  [237, 105, 37],
  [251, 155, 6],
  [247, 209, 61],
  [252, 255, 164],
] as const;

function canvas(
  width: number,
  height: number,
  scale: number,
  label: string,
  color: (pixel: number) => readonly [number, number, number],
): HTMLCanvasElement {
  const made = document.createElement('canvas');
  made.width = width;
  made.height = height;
  made.style.width = `${Math.round(width * scale)}px`;
  made.style.height = `${Math.round(height * scale)}px`;
  if (label === '') made.setAttribute('aria-hidden', 'true');
  else {
    made.setAttribute('role', 'img');
    made.setAttribute('aria-label', label);
  }
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red, green, blue] = color(pixel);
    image.data.set([red, green, blue, 255], pixel * 4);
  }
  made.getContext('2d')?.putImageData(image, 0, 0);
  return made;
}
