/** Makes pictures small and few enough to be embedded beside a chart. */
import { type ImageStack, imageStack } from './report-data.ts';

const LONGEST_SIDE = 32;

/** Averages pictures down to at most 32 pixels a side, then keeps as many from the front as fit into `maxBytes`. */
export function fitThumbnails(stack: ImageStack, maxBytes: number): ImageStack {
  const { channels, height, width } = stack;
  const factor = Math.ceil(Math.max(height, width) / LONGEST_SIDE);
  const small = [Math.ceil(height / factor), Math.ceil(width / factor)] as const;
  const bytesEach = channels * small[0] * small[1] * (4 / 3);
  const count = Math.min(stack.count, 1000, Math.floor(maxBytes / bytesEach));
  const pixels = Uint8Array.from(atob(stack.base64), (character) => character.charCodeAt(0));
  const planes = count * channels;
  if (factor === 1) return imageStack(pixels.slice(0, planes * height * width), [count, channels, height, width]);

  const result = new Uint8Array(planes * small[0] * small[1]);
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < small[0]; row++) {
      for (let column = 0; column < small[1]; column++) {
        const box = { top: row * factor, left: column * factor, factor };
        result[(plane * small[0] + row) * small[1] + column] = boxMean(pixels, plane, height, width, box);
      }
    }
  }
  return imageStack(result, [count, channels, small[0], small[1]]);
}

function boxMean(
  pixels: Uint8Array,
  plane: number,
  height: number,
  width: number,
  box: { readonly top: number; readonly left: number; readonly factor: number },
): number {
  let sum = 0;
  let count = 0;
  for (let y = box.top; y < Math.min(box.top + box.factor, height); y++) {
    for (let x = box.left; x < Math.min(box.left + box.factor, width); x++) {
      sum += pixels[(plane * height + y) * width + x];
      count += 1;
    }
  }
  return Math.round(sum / count);
}
