/** A search for better options, in the library: what `autoencoder tune` does, in this process and one trial at a time. */
import type { EndedJob, Job } from './applications/tuning/decide.ts';
import { planTuning, taskFor } from './applications/tuning/plan.ts';
import { nothingTrained, resultOf, type Tuned } from './applications/tuning/result.ts';
import { search } from './applications/tuning/search.ts';
import { runTrial, type TrialStore } from './applications/tuning/trial.ts';
import { type Examples, testPart, trainPart } from './autoencoder.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { type SavableAutoencoder, savableFromBytes } from './model-files.ts';

export interface TuneOptions {
  /** Options and their values: `latent=2..64:log,hidden=256,64|512,128`; what is worth a search for this data when absent. */
  readonly search?: string;
  /** `tpe-asha` when absent: proposals from what was tried, most of them stopped early. */
  readonly method?: 'tpe-asha' | 'asha' | 'tpe' | 'random';
  /** Models to try at most; 30 when absent. */
  readonly trials?: number;
  /** Time after which no trial is begun that would not end before; as long as it takes when absent. */
  readonly minutes?: number;
  /** `mse` when absent. `loss` compares models of one kind; `anomalies` needs no labels either. */
  readonly objective?: 'mse' | 'loss' | 'anomalies';
  readonly engine?: Engine;
  /** Told what begins, and what has ended with which outcome. */
  readonly onJob?: (job: Job | EndedJob) => void;
  readonly signal?: AbortSignal;
  /** Options that all trials have, e.g. `kind` or `latent`; `epochs` is the most that a trial is trained for, `seed` is of all randomness. */
  readonly [option: string]: unknown;
}

/** What was found, and the best model, ready for use. */
export type TuneResult = Tuned & { readonly model: SavableAutoencoder };

/**
 * Searches the options for the model with the lowest error on held-out examples.
 *
 * @example
 * const { model, options, improvement } = await tune(data, { latent: 16, trials: 20 });
 * await model.save('tuned.safetensors');
 * @throws OptionError for a space that cannot be searched, DataError for data that nothing can be learned from, DivergenceError where every
 * trial failed, InterruptedError.
 */
export async function tune(
  data: Examples,
  {
    search: text,
    method = 'tpe-asha',
    trials = 30,
    minutes,
    objective = 'mse',
    engine: given,
    onJob,
    signal,
    ...options
  }: TuneOptions = {},
): Promise<TuneResult> {
  const source = { train: trainPart(data), test: testPart(data) };
  const plan = planTuning(source, { options, search: text, method, objective, trials });
  const engine = await engineOr(given);
  const models = new Map<number, Uint8Array>();
  const store = memoryStore(models);
  const clock = (): number => performance.now();
  const place = { source, engine, objective: plan.objective, store, clock };
  const ended = await search({
    ...plan,
    parallel: 1,
    budget: minutes === undefined ? undefined : 60 * minutes,
    log: [],
    run: (job, stop) => runTrial(place, taskFor(plan, job), stop),
    keep: async () => {},
    onJob,
    clock,
    signal,
  });
  const tuned = resultOf(plan, ended);
  const bytes = tuned && models.get(tuned.best.trial);
  if (!bytes) throw nothingTrained(ended);
  return { ...tuned, model: await savableFromBytes(bytes, { engine }) };
}

function memoryStore(models: Map<number, Uint8Array>): TrialStore {
  const checkpoints = new Map<number, Uint8Array>();
  return {
    readCheckpoint: async (trial) => checkpoints.get(trial),
    writeCheckpoint: async (trial, bytes) => void checkpoints.set(trial, bytes),
    dropCheckpoint: async (trial) => void checkpoints.delete(trial),
    writeModel: async (trial, bytes) => void models.set(trial, bytes),
  };
}
