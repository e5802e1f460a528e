/** What training tells while it runs. */

/** The figures of one epoch; terms are averages in nats per example, `mse` per feature in scaled units. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly train: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly seconds: number;
}

export type TrainingEvent =
  /** Between blocks of steps, a few times a second. */
  | {
      readonly type: 'progress';
      readonly epoch: number;
      readonly epochs: number;
      /** Steps done and planned in all. */
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly examplesPerSecond: number;
      readonly secondsLeft: number;
    }
  /**
   * Before a shallower network is trained that the whole one grows from; its progress follows, its epochs do not. The last one, past
   * `stages`, is the whole.
   */
  | { readonly type: 'stage'; readonly stage: number; readonly stages: number }
  /** First, when going on from a checkpoint. */
  | { readonly type: 'resumed'; readonly history: readonly EpochRecord[] }
  | { readonly type: 'epoch'; readonly record: EpochRecord; readonly isBest: boolean }
  | { readonly type: 'stopped-early'; readonly epoch: number; readonly bestEpoch: number };

/** Runs to the end, telling each event; what was returned. */
export async function finish<Event, Result>(
  running: AsyncGenerator<Event, Result>,
  onEvent: (event: Event) => void = () => {},
): Promise<Result> {
  for (;;) {
    const { value, done } = await running.next();
    if (done) return value;
    onEvent(value);
  }
}
