/**
 * Swapped pictures told from real ones of the same two sets: decoders blur, and what a decoder said, it rebuilds better than what a camera
 * saw. A linear classifier of real pictures, whole swapped ones and swapped faces laid into real ones, on how strong the details of each fineness are, and on how well both decoders rebuild them.
 */
import * as z from 'zod';
import type { Random } from '../base/random.ts';
import { bytesOf, unit } from '../data/picture.ts';
import { sizeOf } from '../graph/tensor.ts';
import { applyLinear, fitClassifier, type LinearModel } from './linear.ts';
import { areaUnderRoc } from './roc.ts';
import { decodedAs, laidIn, rowsOf, swapped, type TwoSets } from './swap.ts';
import type { TrainedModel } from './trained.ts';

export const swapDetectorSchema = z.strictObject({
  weight: z.array(z.number()),
  offset: z.array(z.number()).length(3),
});

export type SwapDetector = z.infer<typeof swapDetectorSchema>;

/** How well it tells them apart, on pictures that nothing was learned from. */
export interface DetectionQuality {
  readonly pictures: number;
  /** Area under the ROC curve, ½ for guessing: of whole swapped pictures, and of swapped faces laid into real ones. */
  readonly whole: number;
  readonly laidIn: number;
}

/** Pictures that a detector learns from, of each sort. */
const MOST = 1000;
/** Of training, in batches of 100. */
const STEPS = 6000;
/** Sides of the squares that are averaged: details finer than these. */
const FINENESS = [2, 4, 8];

/**
 * A detector learned from pictures that the model did not learn from: those it rebuilds better than any other real ones.
 *
 * @param unseen What it learns from; the other pictures are measured on.
 */
export async function fitSwapDetector(
  trained: TrainedModel,
  unseen: TwoSets,
  measured: TwoSets,
  random: Random,
): Promise<{ readonly detector: SwapDetector; readonly quality: DetectionQuality }> {
  const some = rowsOf(unseen, random.permutation(unseen.labels.length).slice(0, MOST));
  const [train, test] = [await sorts(trained, some), await sorts(trained, measured)];
  const features = await Promise.all(
    [train.real, train.whole, train.laidIn].map((own) => featuresOf(trained, own, some.shape)),
  );
  const count = some.labels.length;
  const { weight, offset } = fitClassifier(
    {
      values: joined(features),
      labels: Int32Array.from({ length: 3 * count }, (_, at) => Math.floor(at / count)),
    },
    3,
    random.fork('detector'),
    { epochs: Math.ceil(STEPS / Math.max(1, Math.floor((3 * count) / 100))), weightDecay: 1e-4 },
  );
  const detector = { weight: Array.from(weight), offset: Array.from(offset) };
  const [real, whole, laid] = await Promise.all(
    [test.real, test.whole, test.laidIn].map((own) => swapChances(trained, detector, own)),
  );
  const area = (fakes: Float64Array): number =>
    areaUnderRoc(
      [...real, ...fakes],
      [...real, ...fakes].map((_, at) => at >= real.length),
    );
  return { detector, quality: { pictures: measured.labels.length, whole: area(whole), laidIn: area(laid) } };
}

/** The chance that each picture is swapped, for as many real ones as swapped ones among them. */
export async function swapChances(
  trained: TrainedModel,
  detector: SwapDetector,
  values: Uint8Array,
): Promise<Float64Array> {
  const [channels, height, width] = trained.model.blueprint.shape;
  const features = await featuresOf(trained, values, [channels, height, width]);
  const model: LinearModel = { weight: Float64Array.from(detector.weight), offset: Float64Array.from(detector.offset) };
  const scores = applyLinear(model, features);
  // It was shown two sorts of swapped ones for each real one.
  return Float64Array.from({ length: scores.length / 3 }, (_, at) => {
    const [real, whole, laid] = scores.subarray(3 * at, 3 * at + 3);
    const swappedOnes = Math.exp(whole - real) + Math.exp(laid - real);
    return Number.isFinite(swappedOnes) ? swappedOnes / (2 + swappedOnes) : 1;
  });
}

async function sorts(trained: TrainedModel, sets: TwoSets) {
  const swaps = await swapped(trained, sets);
  return { real: sets.values, whole: bytesOf(swaps), laidIn: bytesOf(laidIn(swaps, sets.values, sets.shape)) };
}

/** Logarithms of mean squares: details finer than each of `FINENESS`, and the errors of both decoders, all of it and its finest part. */
async function featuresOf(trained: TrainedModel, values: Uint8Array, shape: TwoSets['shape']): Promise<Float32Array> {
  const size = sizeOf(shape);
  const count = values.length / size;
  const pictures = unit(values);
  const errors = await Promise.all(
    [0, 1].map(async (label) => {
      const told = await decodedAs(trained, values, new Int32Array(count).fill(label));
      return told.map((value, at) => value - pictures[at]);
    }),
  );
  const columns = [
    ...FINENESS.map((side) => detailOf(pictures, shape, side)),
    ...errors.map((error) => meanSquares(error, size)),
    ...errors.map((error) => detailOf(error, shape, FINENESS[0])),
  ];
  return Float32Array.from({ length: count * columns.length }, (_, at) =>
    Math.log(columns[at % columns.length][Math.floor(at / columns.length)] + 1e-8),
  );
}

function meanSquares(values: Float32Array, size: number): Float64Array {
  const means = new Float64Array(values.length / size);
  for (const [at, value] of values.entries()) means[Math.floor(at / size)] += (value * value) / size;
  return means;
}

/** Mean squares of how pixels differ from the mean of the square of `side` pixels that they lie in. */
function detailOf(values: Float32Array, [channels, height, width]: TwoSets['shape'], side: number): Float64Array {
  const differences = new Float32Array(values.length);
  const area = height * width;
  for (let plane = 0; plane < values.length; plane += area)
    for (let top = 0; top < height; top += side)
      for (let left = 0; left < width; left += side) {
        const places: number[] = [];
        for (let row = top; row < Math.min(top + side, height); row++)
          for (let column = left; column < Math.min(left + side, width); column++)
            places.push(plane + row * width + column);
        const mean = places.reduce((sum, at) => sum + values[at], 0) / places.length;
        for (const at of places) differences[at] = values[at] - mean;
      }
  return meanSquares(differences, channels * area);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
