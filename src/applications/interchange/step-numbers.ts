/** What the steps of an exported training take besides data and state, worked out in the file from their count: keys of noise, the optimiser's numbers. */
import type { NodeList } from '../../engine/onnx/node-list.ts';
import { ELEMENT_TYPE } from '../../engine/onnx/protobuf.ts';
import type { Model } from '../../model/model.ts';
import type { Optimiser } from '../../training/optimisers.ts';
import { weightName } from '../../training/step.ts';

export interface Counted {
  /** How many steps the run has, int64 `[1]`. */
  readonly count: string;
  /** Steps done before each of them, int64 `[steps]`. */
  readonly steps: string;
}

export function addCounting(list: NodeList): Counted {
  const count = list.add('Shape', ['index'], { start: { int: 0 }, end: { int: 1 } });
  const end = list.add('Add', ['step', list.add('Squeeze', [count])]);
  return { count, steps: list.add('Range', ['step', end, list.numbers('int64', [], [1])]) };
}

/** A key of noise for each step, the same as `training/train.ts` makes. */
export function addKeys(list: NodeList, steps: string, name: string): void {
  const counter = list.add('Cast', [steps], { to: { int: ELEMENT_TYPE.uint32 } });
  const half = (at: number): string =>
    list.add('Gather', ['noise', list.numbers('int64', [], [at])], { axis: { int: 0 } });
  const first = addScatter(list, list.add('Add', [counter, half(0)]));
  const second = addScatter(list, list.add('BitwiseXor', [addScatter(list, counter), half(1)]));
  const last = list.numbers('int64', [1], [1]);
  const columns = [first, second].map((key) => list.add('Unsqueeze', [key, last]));
  list.name(list.add('Concat', columns, { axis: { int: 1 } }), name);
}

/** `scatter` of `base/random.ts`. */
function addScatter(list: NodeList, bits: string): string {
  const folded = (value: string, shift: number): string => {
    const shifted = list.add('BitShift', [value, list.numbers('uint32', [], [shift])], {
      direction: { text: 'RIGHT' },
    });
    return list.add('BitwiseXor', [value, shifted]);
  };
  const times = (value: string, factor: number): string =>
    list.add('Mul', [value, list.numbers('uint32', [], [factor])]);
  return folded(times(folded(times(folded(bits, 16), 0x85ebca6b), 13), 0xc2b2ae35), 16);
}

/** Steps after which no optimiser's numbers change any more, in single precision. */
const MOST_STEPS = 20_000;

/**
 * What changes from step to step. An optimiser's numbers are a + b · learning rate with a and b that depend on the step alone and soon stay
 * as they are: they are looked up. Weights of terms are those at the end of a training.
 */
export function addScalars(
  list: NodeList,
  told: { readonly model: Model; readonly optimiser: Optimiser; readonly scalarNames: readonly string[] },
  { count, steps }: Counted,
): void {
  const { model, optimiser, scalarNames } = told;
  const weights = finalWeights(model);
  for (const name of scalarNames) {
    const weighed = model.termNames.find((term) => weightName(term) === name);
    const value =
      weighed === undefined
        ? optimiserScalar(list, name, optimiser, steps)
        : list.add('Expand', [list.numbers('float32', [], [weights[weighed] ?? 1]), count]);
    list.name(value, `scalar.${name}`);
  }
}

/** Of terms, at the end of a training. */
export function finalWeights({ kind }: Model): Readonly<Record<string, number>> {
  return kind.weights?.({ share: 1, epoch: Number.POSITIVE_INFINITY }) ?? {};
}

function optimiserScalar(list: NodeList, name: string, optimiser: Optimiser, steps: string): string {
  const still = Float32Array.from({ length: MOST_STEPS }, (_, at) => optimiser.scalars(at + 1, 0)[name]);
  const slope = Float32Array.from(
    { length: MOST_STEPS },
    (_, at) => optimiser.scalars(at + 1, 1)[name] - optimiser.scalars(at + 1, 0)[name],
  );
  const offset = lookedUp(list, still, steps);
  return list.add('Add', [offset, list.add('Mul', [lookedUp(list, slope, steps), 'learning_rate'])]);
}

/** `values[step]`, the last one from there on; `[steps]`. */
function lookedUp(list: NodeList, values: Float32Array, steps: string): string {
  const last = values.length - 1;
  const settled = values.findLastIndex((value) => value !== values[last]) + 2;
  const table = values.subarray(0, Math.min(values.length, settled));
  const place = list.add('Min', [steps, list.numbers('int64', [], [table.length - 1])]);
  return list.add('Gather', [list.numbers('float32', [table.length], table), place], { axis: { int: 0 } });
}
