/** Makes pictures small and few enough to be embedded beside a chart. */
import { smallPictures } from '../data/small-pictures.ts';
import { type ImageStack, imageStack } from './report-data.ts';

/** Averages pictures down to at most 32 pixels a side, then keeps as many from the front as fit into `maxBytes`. */
export function fitThumbnails(stack: ImageStack, maxBytes: number): ImageStack {
  const { channels, height, width } = stack;
  const pixels = Uint8Array.from(atob(stack.base64), (character) => character.charCodeAt(0));
  const small = smallPictures({ pixels, shape: [stack.count, channels, height, width] });
  const each = channels * small.shape[2] * small.shape[3];
  const count = Math.min(stack.count, 1000, Math.floor(maxBytes / (each * (4 / 3))));
  return imageStack(small.pixels.slice(0, count * each), [count, channels, small.shape[2], small.shape[3]]);
}
