/** Where the figures of a training go while it runs, besides its own folder. */
import { InterruptedError } from '../../base/errors.ts';
import type { EpochRecord, TrainingEvent } from '../../training/events.ts';

export type Ending = 'done' | 'interrupted' | 'failed';

/** A log that is open. What it throws does not end the training. */
export interface RunLog {
  /** Of an epoch. */
  add(record: EpochRecord): Promise<void>;
  end(ending: Ending): Promise<void>;
}

/** Figures by name, `train/loss`, `validation/mse`, as logs have them. */
export function figuresOf({ train, validation, learningRate, seconds }: EpochRecord): Map<string, number> {
  const under = (part: string, figures: Readonly<Record<string, number>>): [string, number][] =>
    Object.entries(figures).map(([name, value]) => [`${part}/${name}`, value]);
  return new Map([
    ...under('train', train),
    ...under('validation', validation),
    ['learning_rate', learningRate],
    ['epoch_seconds', seconds],
  ]);
}

/** The same training, told to `logs` as well; `complain` is told once of a log that does not take what it is told. */
export async function* logged<Result>(
  learning: AsyncGenerator<TrainingEvent, Result>,
  logs: readonly RunLog[],
  complain: (message: string) => void,
): AsyncGenerator<TrainingEvent, Result> {
  const silent = new Set<RunLog>();
  const tell = async (what: (log: RunLog) => Promise<void>): Promise<void> => {
    for (const log of logs)
      await what(log).catch((error: unknown) => {
        if (!silent.has(log)) complain(error instanceof Error ? error.message : String(error));
        silent.add(log);
      });
  };
  let ending: Ending = 'failed';
  try {
    for (;;) {
      const { value, done } = await learning.next();
      if (done) {
        ending = 'done';
        return value;
      }
      if (value.type === 'epoch') await tell((log) => log.add(value.record));
      yield value;
    }
  } catch (error) {
    if (error instanceof InterruptedError) ending = 'interrupted';
    throw error;
  } finally {
    await tell((log) => log.end(ending));
  }
}
