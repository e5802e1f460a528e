/** Nats of windows that are cut out of the rows of a series, as many at a time as one run of the engine takes. */
import type { ArraySource } from '../data/dataset.ts';
import { cutWindows } from '../data/windows.ts';
import { type ColumnScorer, makeColumnScorer } from './column-scorer.ts';
import type { Member } from './detector.ts';
import { datasetFor } from './learn.ts';
import type { Cuts } from './series.ts';

export interface WindowScorer extends Pick<ColumnScorer, 'dispose'> {
  /** Gives `take` the nats `[length, channels]` of each window that begins at `starts` of `rows`, `[rows, channels]` in raw units. */
  score(
    rows: Float32Array,
    starts: readonly number[],
    take: (nats: Float32Array, start: number) => void,
  ): Promise<void>;
}

/** Numbers in the windows of one run of the engine. */
const MOST_NUMBERS = 1 << 22;

/** @param name What the series is called, for people. @throws OptionError for models that are told a class. */
export function makeWindowScorer(name: string, members: readonly Member[], { length, channels }: Cuts): WindowScorer {
  const scorer = makeColumnScorer(members);
  const width = channels.length;
  const size = length * width;
  const most = Math.max(1, Math.floor(MOST_NUMBERS / size));
  return {
    async score(rows, starts, take) {
      for (let from = 0; from < starts.length; from += most) {
        const some = starts.slice(from, from + most);
        const values = cutWindows(rows, some, { length, width });
        const source: ArraySource = { form: 'array', name, values, shape: [some.length, length, width] };
        const parts = members.map(({ card }) => datasetFor(card, source, name, { gaps: 'any' }));
        const { columns } = await scorer.score(parts);
        for (const [at, start] of some.entries()) take(columns.subarray(at * size, (at + 1) * size), start);
      }
    },
    dispose: scorer.dispose,
  };
}
