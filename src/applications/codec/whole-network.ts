/**
 * Networks in whole numbers: layers whose weights and numbers are so small that every sum of any products of theirs stays below 2²⁴. Float32
 * holds such numbers exactly, so a product of matrices is the same in any order of adding, fused or not, on every runtime.
 *
 *   x ── x W + b ── max(·, 0) ── ⌊· / 2ˢ⌋ ── at most 1023 ── x W + b ── …
 *
 * As Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference", section 2, but with steps
 * that are powers of two, so that scaling is exact, and a bound that is proven from the weights.
 */
import { DataError, ModelFileError } from '../../base/errors.ts';
import type { Parameters } from '../../model/file/model-file.ts';

/** Whole numbers, as float32. */
export interface WholeLayer {
  /** `[inputs, units]`. */
  readonly weight: Float32Array;
  /** `[units]`. */
  readonly bias: Float32Array;
  /** What its sums are multiples of, as a power of two: 2^−bits. */
  readonly bits: number;
  /** What the layer after it takes is the sum without its last `drop` bits; 0 for the last one. */
  readonly drop: number;
}

/** What a layer in whole numbers is besides its weights: both as powers of two. */
export interface LayerScale {
  /** Weights are multiples of 2^−weightBits. */
  readonly weightBits: number;
  /** What it gives are multiples of 2^−outputBits, before the largest is cut off; of a last one: its sums as they are. */
  readonly outputBits: number;
}

export interface WholeNetwork {
  readonly layers: readonly WholeLayer[];
  /** What goes in is at most that, in size. */
  readonly most: number;
}

/** The names of a network's layers; the last one may be several, side by side. */
export type LayerNames = readonly (readonly string[])[];

/** Numbers between layers are at most that: ten bits. */
export const MOST_BETWEEN = 1023;
/** Below it, float32 holds every whole number. */
const EXACT = 2 ** 24;
/** Weights of fewer bits than that are too coarse to be any use. */
const FEWEST_BITS = 3;
const MOST_BITS = 16;

const ANEW = 'make the codec anew: autoencoder compress --fit PICTURES --lossless';

/** What goes into a network: multiples of 2^−bits, at most `most` of them in size. */
export interface WholeInput {
  readonly bits: number;
  readonly most: number;
}

/**
 * The network of `names` by its scales, which `fitScales` found.
 *
 * @throws ModelFileError for scales by which sums are not proven to be exact.
 */
export function wholeNetwork(
  parameters: Parameters,
  names: LayerNames,
  { input, scales }: { readonly input: WholeInput; readonly scales: readonly LayerScale[] },
  where: string,
): WholeNetwork {
  let { bits, most } = input;
  if (scales.length !== names.length)
    throw new ModelFileError({
      where,
      expected: `scales of ${names.length} layers`,
      got: `${scales.length}`,
      fix: ANEW,
    });
  const layers = names.map((own, at) => {
    const { weightBits, outputBits } = scales[at];
    const isLast = at === names.length - 1;
    const sumBits = bits + weightBits;
    const layer = roundedLayer(floatLayer(parameters, own), weightBits, sumBits, isLast ? 0 : sumBits - outputBits);
    const largest = largestSum(layer, most);
    if (!(largest < EXACT) || layer.drop < 0)
      throw new ModelFileError({
        where,
        expected: `sums of layer ${own[0]} below 2²⁴, and no finer numbers after it`,
        got: `up to ${largest}, from 2^−${sumBits} to 2^−${outputBits}`,
        fix: ANEW,
      });
    [bits, most] = [outputBits, MOST_BETWEEN];
    return layer;
  });
  return { layers, most: input.most };
}

/**
 * Scales for the layers of `names`: numbers between them as fine as the largest that examples cause allows, and then weights as fine as the
 * bound allows.
 *
 * @param examples `[count, inputs]` of what goes in, in units of the float network.
 * @throws DataError where a layer has weights so large that they would be too coarse.
 */
export function fitScales(
  parameters: Parameters,
  names: LayerNames,
  input: WholeInput,
  examples: Float32Array,
): LayerScale[] {
  let { bits, most } = input;
  let numbers: Float32Array = examples;
  return names.map((own, at) => {
    const layer = floatLayer(parameters, own);
    const isLast = at === names.length - 1;
    numbers = affineOf(numbers, layer);
    if (!isLast) numbers = numbers.map((sum) => Math.max(0, sum));
    const largest = numbers.reduce((high, number) => Math.max(high, number), 2 ** -10);
    const finest = isLast ? Infinity : Math.floor(Math.log2(MOST_BETWEEN / largest));
    for (let weightBits = MOST_BITS; weightBits >= FEWEST_BITS; weightBits--) {
      const sumBits = bits + weightBits;
      const outputBits = Math.min(sumBits, finest);
      if (!(largestSum(roundedLayer(layer, weightBits, sumBits, sumBits - outputBits), most) < EXACT)) continue;
      [bits, most] = [outputBits, MOST_BETWEEN];
      return { weightBits, outputBits };
    }
    throw new DataError({
      where: `layer ${own[0]}`,
      expected: 'weights small enough to be whole numbers of few bits',
      got: `some that leave less than ${FEWEST_BITS} bits`,
      fix: 'train with a lower --learning-rate, or with narrower layers',
    });
  });
}

/** What the network gives, in plain numbers: the definition that every runtime must give again. `[count, inputs] → [count, units]`. */
export function evaluateWhole({ layers }: WholeNetwork, numbers: Float32Array): Float32Array {
  return layers.reduce((x, layer, at) => {
    const sums = affineOf(x, layer);
    if (at === layers.length - 1) return sums;
    return sums.map((sum) => Math.min(MOST_BETWEEN, Math.floor(Math.max(0, sum) / 2 ** layer.drop)));
  }, numbers);
}

type FloatLayer = Pick<WholeLayer, 'weight' | 'bias'>;

/** Several layers side by side as one. */
function floatLayer(parameters: Parameters, names: readonly string[]): FloatLayer {
  const parts = names.map((name) => {
    const [weight, bias] = [parameters.get(`${name}.weight`), parameters.get(`${name}.bias`)];
    if (!weight || !bias) throw new Error(`internal: no layer ${name}`);
    return { weight, bias };
  });
  const units = parts.reduce((sum, { bias }) => sum + bias.length, 0);
  const inputs = parts[0].weight.length / parts[0].bias.length;
  const weight = new Float32Array(inputs * units);
  const bias = new Float32Array(units);
  let from = 0;
  for (const part of parts) {
    const own = part.bias.length;
    bias.set(part.bias, from);
    for (let row = 0; row < inputs; row++)
      weight.set(part.weight.subarray(row * own, (row + 1) * own), row * units + from);
    from += own;
  }
  return { weight, bias };
}

/** Multiplying by powers of two and rounding are exact: the same on every machine. Half of what is dropped makes ⌊·⌋ round. */
function roundedLayer({ weight, bias }: FloatLayer, weightBits: number, bits: number, drop: number): WholeLayer {
  const half = drop > 0 ? 2 ** (drop - 1) : 0;
  return {
    weight: weight.map((value) => Math.round(value * 2 ** weightBits)),
    bias: bias.map((value) => Math.round(value * 2 ** bits) + half),
    bits,
    drop,
  };
}

/** No sum of any of a unit's products is larger, whatever goes in: Σ |w| · most + |b|. */
function largestSum({ weight, bias }: FloatLayer, most: number): number {
  const sums = Float64Array.from(bias, Math.abs);
  for (let at = 0; at < weight.length; at++) sums[at % bias.length] += Math.abs(weight[at]) * most;
  return sums.reduce((high, sum) => Math.max(high, sum), 0);
}

/** x W + b: `[count, inputs] → [count, units]`. */
function affineOf(x: Float32Array, { weight, bias }: FloatLayer): Float32Array {
  const units = bias.length;
  const inputs = weight.length / units;
  const count = x.length / inputs;
  const sums = new Float32Array(count * units);
  const row = new Float64Array(units);
  for (let example = 0; example < count; example++) {
    row.set(bias);
    for (let at = 0; at < inputs; at++) {
      const value = x[example * inputs + at];
      if (value === 0) continue;
      const from = at * units;
      for (let unit = 0; unit < units; unit++) row[unit] += value * weight[from + unit];
    }
    sums.set(row, example * units);
  }
  return sums;
}
