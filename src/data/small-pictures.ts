/** Pictures made small: averaged over squares of pixels. */

/** `[count, channels, height, width]` bytes. */
export interface SmallPictures {
  readonly pixels: Uint8Array;
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
}

const LONGEST_SIDE = 32;

/** Averages pictures down to at most `longest` pixels a side; those that are small enough stay as they are. */
export function smallPictures({ pixels, shape }: SmallPictures, longest = LONGEST_SIDE): SmallPictures {
  const [count, channels, height, width] = shape;
  const factor = Math.ceil(Math.max(height, width) / longest);
  if (factor === 1) return { pixels, shape };
  const small = [Math.ceil(height / factor), Math.ceil(width / factor)] as const;
  const planes = count * channels;
  const result = new Uint8Array(planes * small[0] * small[1]);
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < small[0]; row++) {
      for (let column = 0; column < small[1]; column++) {
        const box = { top: row * factor, left: column * factor, factor };
        result[(plane * small[0] + row) * small[1] + column] = boxMean(pixels, plane, height, width, box);
      }
    }
  }
  return { pixels: result, shape: [count, channels, ...small] };
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
