/** Codes as whole numbers of steps, and back. */
import type { NumberMap } from '../../codec/number-map.ts';
import type { Cells } from './transform.ts';

/**
 * Whole numbers of the steps of each channel. What is nearly as near to the smaller number becomes that: `margin` of a step is less than
 * half, because small numbers take fewer bits.
 */
export function quantise({ values, channels, height, width }: Cells, steps: Float32Array, margin: number): NumberMap {
  const area = height * width;
  const numbers = new Int32Array(values.length);
  for (let channel = 0; channel < channels; channel++) {
    const step = steps[channel];
    for (let at = channel * area; at < (channel + 1) * area; at++) {
      const inSteps = values[at] / step;
      const size = Math.floor(Math.abs(inSteps) + 0.5 - margin);
      numbers[at] = inSteps < 0 ? -size : size;
    }
  }
  return { values: numbers, channels, height, width };
}

/** What whole numbers of steps stand for. */
export function dequantise({ values, channels, height, width }: NumberMap, steps: Float32Array): Cells {
  const area = height * width;
  const cells = new Float32Array(values.length);
  for (let channel = 0; channel < channels; channel++)
    for (let at = channel * area; at < (channel + 1) * area; at++) cells[at] = values[at] * steps[channel];
  return { values: cells, channels, height, width };
}
