/** How well pictures are swapped, as far as that can be measured: whom a classifier takes them for, and what is left of the pose. */
import { createRandom } from '../base/random.ts';
import { bytesOf, unit } from '../data/picture.ts';
import { smallPictures } from '../data/small-pictures.ts';
import { sizeOf } from '../graph/tensor.ts';
import { applyLinear, fitClassifier, largestOf } from './linear.ts';
import { decodedAs, swapped, type TwoSets } from './swap.ts';
import type { TrainedModel } from './trained.ts';

export interface SwapQuality {
  readonly pictures: number;
  /** Share of the held-out pictures that a linear classifier, trained on the others, takes for whom they are. */
  readonly recognised: number;
  /** Share of the swapped ones that it takes for the other: the nearer to `recognised`, the better. */
  readonly takenForOther: number;
  /** Mean squared error of pictures through their own decoder. */
  readonly rebuilt: number;
  /** Of pictures swapped and swapped back: what of pose and expression survives. */
  readonly thereAndBack: number;
  /** The same error of the mean picture of their set, which knows no pose. */
  readonly mean: number;
}

/** Pixels a side that the classifier sees: enough to know somebody by. */
const CLASSIFIER_SIDE = 16;

export async function swapQuality(trained: TrainedModel, learned: TwoSets, measured: TwoSets): Promise<SwapQuality> {
  const seen = (pixels: Uint8Array, count: number): Float32Array =>
    unit(smallPictures({ pixels, shape: [count, ...learned.shape] }, CLASSIFIER_SIDE).pixels);
  const classifier = fitClassifier(
    { values: seen(learned.values, learned.labels.length), labels: learned.labels },
    2,
    createRandom(0).fork('classifier'),
  );
  const share = (pixels: Uint8Array, labels: Int32Array): number => {
    const found = largestOf(applyLinear(classifier, seen(pixels, labels.length)), 2);
    return found.filter((label, at) => label === labels[at]).length / labels.length;
  };
  const { values, labels, shape } = measured;
  const others = labels.map((label) => 1 - label);
  const swaps = await swapped(trained, measured);
  const asBytes = bytesOf(swaps);
  const back = await swapped(trained, { values: asBytes, labels: others });
  const own = await decodedAs(trained, values, labels);
  return {
    pictures: labels.length,
    recognised: share(values, labels),
    takenForOther: share(asBytes, others),
    rebuilt: errorOf(own, values),
    thereAndBack: errorOf(back, values),
    mean: errorOf(meansOf(learned, labels, sizeOf(shape)), values),
  };
}

function errorOf(told: Float32Array, values: Uint8Array): number {
  return told.reduce((sum, value, at) => sum + (value - values[at] / 255) ** 2, 0) / told.length;
}

/** The mean picture of each label. */
function meansOf(learned: TwoSets, labels: Int32Array, size: number): Float32Array {
  const means = [0, 1].map((label) => {
    const sum = new Float64Array(size);
    let count = 0;
    for (const [row, own] of learned.labels.entries()) {
      if (own !== label) continue;
      count++;
      for (let at = 0; at < size; at++) sum[at] += learned.values[row * size + at] / 255;
    }
    return sum.map((value) => value / Math.max(1, count));
  });
  return Float32Array.from(
    { length: labels.length * size },
    (_, at) => means[labels[Math.floor(at / size)]][at % size],
  );
}
