/** A model whose code is a map at work on pictures of many sizes: a runner for each size, those of the last few sizes kept. */
import { makeModel } from '../model/model.ts';
import { resized } from '../model/resized.ts';
import { makeRunner, type Runner } from '../model/runner.ts';
import type { TrainedModel } from './trained.ts';

export interface SizedRunners {
  /** The runner for pictures of that size; it takes values in 0…1, be they bytes or between them. */
  at(height: number, width: number): Promise<Runner>;
  dispose(): Promise<void>;
}

/** Sizes that runners are kept for. */
const KEPT = 6;

export function sizedRunners({ engine, model: { blueprint } }: Pick<TrainedModel, 'engine' | 'model'>): SizedRunners {
  const runners = new Map<string, Runner>();
  return {
    async at(height, width) {
      const key = `${height} ${width}`;
      const known = runners.get(key);
      if (known) return known;
      for (const [oldest, runner] of runners) {
        if (runners.size < KEPT) break;
        await runner.dispose();
        runners.delete(oldest);
      }
      const shape = [blueprint.shape[0], height, width];
      const made = makeRunner(engine, makeModel({ ...resized(blueprint, shape), inputScale: 1 }));
      runners.set(key, made);
      return made;
    },
    async dispose() {
      for (const runner of runners.values()) await runner.dispose();
      runners.clear();
    },
  };
}
