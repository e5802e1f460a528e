/** Pictures on a canvas. */
import type { Shown } from '../../worker/shown.ts';

export type Pictures = Extract<Shown, { form: 'pictures' }>;

/** Draws one picture in its own pixels. */
export function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { values, channels, height, width }: Pictures,
  at: number,
  left = 0,
  top = 0,
): void {
  const image = context.createImageData(width, height);
  const area = height * width;
  const start = at * channels * area;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * pixel + channel] = values[start + (channels === 3 ? channel : 0) * area + pixel];
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, left, top);
}
