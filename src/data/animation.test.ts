import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeAnimation, isAnimation } from './animation.ts';
import type { ArraySource } from './dataset.ts';

/** Three pictures of 2 × 4 pixels: dark, grey, light. */
const source: ArraySource = {
  form: 'array',
  name: 'steps',
  values: Uint8Array.from({ length: 24 }, (_, at) => [0, 100, 250][Math.floor(at / 8)]),
  shape: [3, 1, 2, 4],
};

test('plays forwards and back for ever, small pictures larger, the same pixels', async () => {
  for (const ending of ['webp', 'gif'] as const) {
    const bytes = await encodeAnimation(`a.${ending}`, source);
    const { format, pages, pageHeight, width, loop, delay } = await sharp(bytes, { animated: true }).metadata();
    expect({ format, pages, pageHeight, width, loop }).toEqual({
      format: ending,
      pages: 4,
      pageHeight: 128,
      width: 256,
      loop: 0,
    });
    expect(delay).toEqual([600, 90, 600, 90]);
    for (const [page, light] of [0, 100, 250, 100].entries()) {
      const { data } = await sharp(bytes, { page })
        .removeAlpha()
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(Math.abs(data[0] - light)).toBeLessThan(6);
      expect(Math.abs(data[data.length - 1] - light)).toBeLessThan(6);
    }
  }
});

test('colours stay in their places', async () => {
  const colours: ArraySource = { ...source, values: Uint8Array.of(200, 10, 20, 190, 30, 40), shape: [1, 3, 1, 2] };
  const bytes = await encodeAnimation('a.webp', colours);
  const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  expect([...data.subarray(0, 3)]).toEqual([200, 20, 30]);
  expect([...data.subarray(3 * 255, 3 * 256)]).toEqual([10, 190, 40]);
});

test('what is no picture is refused; names say what is an animation', async () => {
  await expect(encodeAnimation('a.gif', { ...source, shape: [3, 8] })).rejects.toThrow(
    'expected pictures of 1 or 3 channels',
  );
  expect(['a.gif', 'b.WEBP', 'c.png', 'gif'].map(isAnimation)).toEqual([true, true, false, false]);
});
