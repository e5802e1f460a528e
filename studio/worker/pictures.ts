/** Unpacks pictures by the browser itself. */
import type { ImageDecoder } from 'autoencoder/browser';

export const browserDecoder: ImageDecoder = {
  async measure(bytes) {
    const pixels = await pixelsOf(bytes);
    const { data, width, height } = pixels;
    let isGrey = true;
    for (let at = 0; at < data.length && isGrey; at += 4)
      isGrey = data[at] === data[at + 1] && data[at] === data[at + 2];
    return { width, height, channels: isGrey ? 1 : 3 };
  },
  async decode(bytes, channels) {
    const { data } = await pixelsOf(bytes);
    const packed = new Uint8Array((data.length / 4) * channels);
    for (let pixel = 0, to = 0; pixel < data.length; pixel += 4)
      for (let channel = 0; channel < channels; channel++) packed[to++] = data[pixel + channel];
    return packed;
  },
};

/** A picture of any size as one of `shape`, `[channels, height, width]`: as large as it fits, in the middle of its own edge's colour. */
export async function pictureAs(file: Blob, [channels, height, width]: readonly number[]): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas to unpack pictures with');
  context.imageSmoothingQuality = 'high';
  const scale = Math.min(width / bitmap.width, height / bitmap.height);
  const [drawnWidth, drawnHeight] = [scale * bitmap.width, scale * bitmap.height];
  context.drawImage(bitmap, 0, 0, 1, 1, 0, 0, width, height);
  context.drawImage(bitmap, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const area = width * height;
  return Uint8Array.from({ length: channels * area }, (_, at) => {
    const pixel = 4 * (at % area);
    if (channels === 3) return data[pixel + Math.floor(at / area)];
    return Math.round(0.299 * data[pixel] + 0.587 * data[pixel + 1] + 0.114 * data[pixel + 2]);
  });
}

/** Pixels on white, or as they are. */
export async function pixelsOf(bytes: Uint8Array, ground: 'white' | 'transparent' = 'white'): Promise<ImageData> {
  const bitmap = await createImageBitmap(new Blob([bytes.slice()]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas to unpack pictures with');
  if (ground === 'white') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
