/** Undoes a learned scaling: from what the network gives back to raw values. */
import { ShapeError } from '../../base/errors.ts';
import type { Column, Source } from '../dataset.ts';
import { type ColumnRule, type ColumnScaling, featureCount, ruleWidth } from './form.ts';

/**
 * Raw values of `count` examples from `values` `[count, features]`. Pixels come as [0, 1] and become bytes (values outside
 * are the network's, not the user's, and are cut off); a category is the largest of its group; NaN stays missing.
 */
export function undoScaling(
  scaling: ColumnScaling,
  values: Float32Array,
  count: number,
  name = 'reconstruction',
): Source {
  const width = featureCount(scaling);
  if (values.length !== count * width) {
    throw new ShapeError({
      where: name,
      expected: `${count} examples of ${width} values`,
      got: `${values.length} values`,
      fix: 'pass the values of one run with the count of that run',
    });
  }
  switch (scaling.form) {
    case 'pixels': {
      // A clamped array rounds to the nearest byte and saturates.
      const bytes = new Uint8ClampedArray(values.length);
      for (let i = 0; i < values.length; i++) bytes[i] = values[i] * 255;
      return { form: 'array', name, values: new Uint8Array(bytes.buffer), shape: [count, ...scaling.shape] };
    }
    case 'array': {
      const { offset, scale, shape } = scaling;
      const raw = values.map((value, i) => value * scale[i % width] + offset[i % width]);
      return { form: 'array', name, values: raw, shape: [count, ...shape] };
    }
    case 'tokens':
      return { form: 'array', name, values, shape: [count, ...scaling.shape] };
    case 'columns': {
      const columns: Column[] = [];
      let at = 0;
      for (const rule of scaling.columns) {
        columns.push(undoColumn(rule, values, count, at, width));
        at += ruleWidth(rule);
      }
      return { form: 'table', name, rows: count, columns };
    }
    default:
      return scaling satisfies never;
  }
}

function undoColumn(rule: ColumnRule, values: Float32Array, count: number, at: number, width: number): Column {
  if (rule.type === 'numeric') {
    // Scaled values are rounded to 32 bits: what is nearer to 0 than that was 0.
    const rounding = Math.abs(rule.offset) * 2 ** -24;
    const raw = Float64Array.from({ length: count }, (_, row) => {
      const value = values[row * width + at] * rule.scale + rule.offset;
      return Math.abs(value) < rounding ? 0 : value;
    });
    return { type: 'numeric', name: rule.name, values: raw };
  }
  const chosen = Array.from({ length: count }, (_, row) => {
    let best = -1;
    let largest = -Infinity;
    for (let i = 0; i < rule.categories.length; i++) {
      const value = values[row * width + at + i];
      if (value > largest) [best, largest] = [i, value];
    }
    return best < 0 ? null : rule.categories[best];
  });
  return { type: 'category', name: rule.name, values: chosen };
}
