/** Training examples a window at a time: all of them where they fit into memory, else as many as do. */
import type { Random } from '../base/random.ts';
import type { Examples } from '../model/examples.ts';

/** A part of the examples that is in memory, and the order in which its rows are taken. */
export interface ExampleWindow {
  readonly examples: Examples;
  readonly order: Int32Array;
}

export interface ExampleWindows {
  /** Of all windows. */
  readonly count: number;
  /** Examples of every window but the last, which may be shorter: a multiple of the batch size, or all. */
  readonly windowCount: number;
  /** Whether something else than the examples is to be told of them. */
  readonly hasTarget: boolean;
  /** One pass over all examples, in an order that follows from `random` alone; each window is asked for once, from any on. */
  pass(random: Random): { window(at: number): Promise<ExampleWindow> };
}

/** Examples that are in memory. */
export function oneWindow(examples: Examples): ExampleWindows {
  const { count } = examples;
  return {
    count,
    windowCount: count,
    hasTarget: examples.told !== undefined,
    pass: (random) => ({ window: async () => ({ examples, order: random.permutation(count) }) }),
  };
}
