/** The tables that codes are written by, made from codes of the pictures that a codec learned from. */
import { countingDecider } from '../../codec/decisions.ts';
import type { MixtureState } from '../../codec/mixture.ts';
import { codeNumbers, expectedAt, freshTables, type MapTables, type NumberMap } from '../../codec/number-map.ts';

/** How settled chances are before a picture: each has its own ways, which are to be found out soon. */
const MOST_SETTLED = 30;

/** Goes through the maps one after the other, as if to write them. */
export function fitTables(maps: readonly NumberMap[], channels: number, mostSettled = MOST_SETTLED): MapTables {
  const sizes = new Float64Array(channels);
  const surprises = new Float64Array(channels);
  for (const { values, height, width } of maps)
    for (let channel = 0; channel < channels; channel++) {
      const plane = values.subarray(channel * height * width, (channel + 1) * height * width);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const value = plane[y * width + x];
          sizes[channel] += Math.log2(1 + Math.abs(value));
          surprises[channel] += Math.log2(1 + Math.abs(value - expectedAt(plane, width, x, y)));
        }
    }
  let tables: MapTables = {
    ...freshTables(channels),
    // What is largest says most about the rest.
    order: [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a] || a - b),
    isPredicted: [...sizes].map((size, channel) => surprises[channel] <= size),
  };
  for (const map of maps)
    tables = codeNumbers({ ...map, values: map.values.slice() }, tables, countingDecider(), 'codes of the pictures');
  const { zero, sign, size } = tables;
  const unsettled = (state: MixtureState): MixtureState => ({
    ...state,
    met: state.met.map((count) => Math.min(count, mostSettled)),
  });
  return { ...tables, zero: unsettled(zero), sign: unsettled(sign), size: unsettled(size) };
}
