/** Data as pictures for a page. */
import type { Dataset } from '../data/dataset.ts';
import { sizeOf } from '../graph/tensor.ts';
import { type ImageStack, imageStack } from './report-data.ts';

/** The first examples of some data, at most so many. */
export function firstRows(data: Dataset, most: number): Dataset {
  const count = Math.min(most, data.count);
  const labels = data.labels && { ...data.labels, values: data.labels.values.slice(0, count) };
  const names = data.names?.slice(0, count);
  return { ...data, count, values: data.values.subarray(0, count * sizeOf(data.shape)), names, labels };
}

/** `[channels, height, width]` of pictures, else nothing. */
export function pictureShape({
  shape,
  scaling,
}: Pick<Dataset, 'shape' | 'scaling'>): readonly [number, number, number] | undefined {
  const [channels, height, width] = shape;
  const isPicture = scaling.form === 'pixels' && shape.length === 3 && (channels === 1 || channels === 3);
  return isPicture ? [channels, height, width] : undefined;
}

export function stackOf(data: Pick<Dataset, 'shape' | 'scaling' | 'count'>, values: Float32Array): ImageStack {
  const [channels, height, width] = pictureShape(data) ?? [1, 1, sizeOf(data.shape)];
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i] * 255;
  return imageStack(new Uint8Array(bytes.buffer), [data.count, channels, height, width]);
}

/** Values as the model sees them. */
export function scaled({ values }: Dataset): Float32Array {
  return values instanceof Uint8Array ? Float32Array.from(values, (byte) => byte / 255) : values;
}
