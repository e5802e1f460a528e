/** Holes filled without a model: by the mean of what is around, and as smoothly as can be. */
import type { Picture } from '../../data/picture.ts';

/** Every missing value (NaN) the mean of its channel. */
export function meanFilling(picture: Picture): Picture {
  const area = picture.height * picture.width;
  const values = picture.values.slice();
  for (let from = 0; from < values.length; from += area) {
    const channel = values.subarray(from, from + area);
    let [sum, count] = [0, 0];
    for (const value of channel) {
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    const mean = count === 0 ? 0.5 : sum / count;
    for (const [at, value] of channel.entries()) if (Number.isNaN(value)) channel[at] = mean;
  }
  return { ...picture, values };
}

/** Sweeps over the hole, of which each takes out most of what the one before left over. */
const SWEEPS = 400;
const OVERRELAXATION = 1.9;

/** Every missing value (NaN) the mean of its four neighbours: the surface of least tension (Laplace's equation), by over-relaxation. */
export function smoothFilling(picture: Picture): Picture {
  const { height, width } = picture;
  const area = height * width;
  const { values } = meanFilling(picture);
  const holes = [...picture.values.keys()].filter((at) => Number.isNaN(picture.values[at]));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let change = 0;
    for (const at of holes) {
      const within = at % area;
      const [row, column] = [Math.floor(within / width), within % width];
      let [sum, count] = [0, 0];
      const add = (value: number): void => {
        sum += value;
        count++;
      };
      if (row > 0) add(values[at - width]);
      if (row < height - 1) add(values[at + width]);
      if (column > 0) add(values[at - 1]);
      if (column < width - 1) add(values[at + 1]);
      if (count === 0) continue;
      const step = OVERRELAXATION * (sum / count - values[at]);
      values[at] += step;
      change = Math.max(change, Math.abs(step));
    }
    if (change < 1e-4) break;
  }
  return { ...picture, values };
}
