/** What the layers of the encoder look for, and what they say of one example. */
import { type Autoencoder, activationsOf, type Engine, type Source, sourceCount, takeRows } from 'autoencoder/browser';
import { type Shown, show } from './shown.ts';

export interface LayerShown {
  readonly name: string;
  readonly words: string;
  /** Maps as pictures; otherwise a number for each unit. */
  readonly maps?: Shown;
  readonly units?: readonly number[];
}

export interface Layers {
  readonly example: Shown;
  /** Weights of the first layer as pictures; absent where examples are none. */
  readonly filters?: Shown;
  readonly layers: readonly LayerShown[];
}

/** Filters and maps of one layer, at most. */
const MOST = 48;

export async function layersOf(engine: Engine, model: Autoencoder, source: Source, row: number): Promise<Layers> {
  const one = takeRows(source, [Math.min(Math.max(0, row), sourceCount(source) - 1)]);
  const { model: made, parameters } = await model.trained();
  const found = await activationsOf(engine, made, parameters, await model.read(one));
  const layers = found.map(({ before, shape, values }): LayerShown => {
    const name = before === 'code' ? 'code' : `layer ${Number(before.split('.')[1])}`;
    const [, channels, height, width] = shape;
    if (shape.length !== 4) return { name, words: `${values.length} numbers`, units: [...values] };
    const area = height * width;
    const count = Math.min(MOST, channels);
    return {
      name,
      words: `${channels} maps of ${width}×${height}`,
      maps: {
        form: 'pictures',
        count,
        channels: 1,
        height,
        width,
        values: grey(values.subarray(0, count * area), area),
      },
    };
  });
  return { example: show(one), filters: filtersOf(model, parameters), layers };
}

/** Weights of the first layer `[numbers, units]` or `[units, channels, height, width]`, one picture a unit; grey is 0. */
function filtersOf(model: Autoencoder, parameters: ReadonlyMap<string, Float32Array>): Shown | undefined {
  const { shape } = model.card?.blueprint ?? { shape: [] };
  const weight = parameters.get('encoder.0.weight');
  const [channels, height, width] = shape;
  if (!weight || shape.length !== 3 || !(channels === 1 || channels === 3)) return undefined;
  const size = channels * height * width;
  if (weight.length % size === 0 && weight.length / size > 1) {
    const units = weight.length / size;
    const count = Math.min(MOST, units);
    const values = Float32Array.from(
      { length: count * size },
      (_, at) => weight[(at % size) * units + Math.floor(at / size)],
    );
    return { form: 'pictures', count, channels, height, width, values: signed(values, size) };
  }
  const side = 3;
  const kernel = channels * side * side;
  if (weight.length % kernel !== 0) return undefined;
  const count = Math.min(MOST, weight.length / kernel);
  const values = signed(weight.subarray(0, count * kernel), kernel);
  return { form: 'pictures', count, channels, height: side, width: side, values };
}

/** Of each picture: the least number black, the largest white. */
function grey(values: Float32Array, size: number): Uint8Array {
  return byPicture(values, size, (own) => {
    const [least, most] = own.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Infinity, -Infinity],
    );
    return (value) => (255 * (value - least)) / (most - least || 1);
  });
}

/** Of each picture: 0 grey, the largest of either sign black or white. */
function signed(values: Float32Array, size: number): Uint8Array {
  return byPicture(values, size, (own) => {
    const most = own.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
    return (value) => 127.5 + (127.5 * value) / most;
  });
}

function byPicture(
  values: Float32Array,
  size: number,
  scale: (own: Float32Array) => (value: number) => number,
): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start += size) {
    const own = values.subarray(start, start + size);
    bytes.set(own.map(scale(own)).map(Math.round), start);
  }
  return bytes;
}
