/** Trains tiny models to the end, for tests that look at what came of it. */
import { InterruptedError } from '../../src/base/errors.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import type { Examples } from '../../src/model/examples.ts';
import type { Model } from '../../src/model/model.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import type { EpochRecord, TrainingEvent } from '../../src/training/events.ts';
import type { Ranks } from '../../src/training/ranks.ts';
import type { TrainingState } from '../../src/training/state.ts';
import { planTraining, type TrainResult, train } from '../../src/training/train.ts';
import { examplesOf, formOf, tinyModel, tinyTraining } from './tiny-models.ts';

export const node = nodeEngine({ threads: 1 });

export interface Run {
  readonly model?: Model;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly engine?: Engine;
  readonly train?: Examples;
  readonly validation?: Examples;
  readonly from?: TrainingState;
  readonly checkpoint?: (state: TrainingState) => Promise<void>;
  /** Abort after that many blocks. */
  readonly stopAfter?: number;
  /** What the clock says a block takes: 0 makes blocks grow, 1000 keeps every block at one step. */
  readonly blockMs?: number;
  readonly ranks?: Ranks;
  readonly syncEvery?: number;
}

export async function trained(run: Run): Promise<TrainResult & { readonly events: readonly TrainingEvent[] }> {
  const model = run.model ?? tinyModel();
  const form = formOf(model);
  const engine = run.engine ?? node;
  const runner = makeRunner(engine, model);
  const controller = new AbortController();
  let now = 0;
  const events: TrainingEvent[] = [];
  const training = train({
    engine,
    model,
    runner,
    train: run.train ?? examplesOf(100, { form }),
    validation: run.validation ?? examplesOf(30, { form, seed: 1 }),
    options: tinyTraining(run.options),
    from: run.from,
    checkpoint: run.checkpoint,
    clock: () => (now += run.blockMs ?? 0),
    signal: controller.signal,
    ranks: run.ranks,
    syncEvery: run.syncEvery,
  });
  try {
    for (;;) {
      const { done, value } = await training.next();
      if (done) return { ...value, events };
      events.push(value);
      if (events.filter(({ type }) => type === 'progress').length === run.stopAfter) controller.abort();
    }
  } finally {
    await runner.dispose();
  }
}

/** The training of `run` by ranks together: what each has learned. */
export function trainedBy(ranks: readonly Ranks[], run: Run): Promise<Awaited<ReturnType<typeof trained>>[]> {
  return Promise.all(ranks.map((own) => trained({ ...run, ranks: own })));
}

/** What must not depend on when and where a run was cut: everything but the times. */
export function timeless(result: TrainResult) {
  const history = result.history.map(({ seconds: _, ...record }) => record);
  return {
    history,
    bestEpoch: result.bestEpoch,
    parameters: result.parameters,
    vectors: [...result.state.vectors.values()],
  };
}

export const losses = (history: readonly EpochRecord[]): number[] => history.map((record) => record.validation.loss);

/** The same training, interrupted after `stopAfter` steps, through the bytes of a checkpoint, and on to the end. */
export async function interrupted(run: Run, stopAfter: number): ReturnType<typeof trained> {
  const model = run.model ?? tinyModel();
  let saved = new Uint8Array(0);
  const checkpoint = async (state: TrainingState): Promise<void> => {
    saved = new Uint8Array(await encodeCheckpoint(state, {}));
  };
  await trained({ ...run, model, checkpoint, stopAfter, blockMs: 1000 }).then(
    () => {
      throw new Error('the training was over before it was interrupted');
    },
    (error: unknown) => {
      if (!(error instanceof InterruptedError)) throw error;
    },
  );
  const { groups, optimiser } = planTraining(model, tinyTraining(run.options));
  const from = (await decodeCheckpoint(saved, 'x')).stateFor(model, groups, optimiser.slotCount);
  return trained({ ...run, model, from });
}
