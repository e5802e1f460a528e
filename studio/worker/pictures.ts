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

async function pixelsOf(bytes: Uint8Array): Promise<ImageData> {
  const bitmap = await createImageBitmap(new Blob([bytes.slice()]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas to unpack pictures with');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
