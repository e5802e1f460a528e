/** Uncompressed BMP of 24 bits a pixel, as Set5 comes in: sharp reads none. */
import { readFileSync } from 'node:fs';
import type { Picture } from 'autoencoder';

export function readBmp(path: string): Picture {
  const bytes = readFileSync(path);
  const [start, width, height, bits] = [
    bytes.readUInt32LE(10),
    bytes.readInt32LE(18),
    bytes.readInt32LE(22),
    bytes.readUInt16LE(28),
  ];
  if (bits !== 24 || height < 0) throw new Error(`${path}: expected 24 bits a pixel, rows from below`);
  // Rows are filled up to four bytes, and each pixel is blue, green, red.
  const row = Math.ceil((3 * width) / 4) * 4;
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        values[channel * area + y * width + x] = bytes[start + (height - 1 - y) * row + 3 * x + 2 - channel] / 255;
  return { name: path, channels: 3, width, height, values };
}
