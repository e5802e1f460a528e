/** Blocks of steps: what a run of the runtime is fed, and the state after it. */
import { DivergenceError } from '../base/errors.ts';
import { scatter } from '../base/random.ts';
import { float32, type HostTensor } from '../engine/engine.ts';
import { exampleFeeds } from '../model/examples.ts';
import type { Group } from './layout.ts';
import { isInLoss } from './measure.ts';
import type { Optimiser } from './optimisers.ts';
import type { TrainRequest } from './request.ts';
import { learningRateAt } from './schedules.ts';
import type { TrainingState } from './state.ts';
import { nextName, stateName, type TrainingGraph, trainingGraph, weightName } from './step.ts';
import type { ExampleWindow } from './windows.ts';

/** What does the steps of a training: one process, or several together. */
export interface Steps {
  /** Does at least one and, but to meet others, at most `most` of the steps of `window` that follow `state`, and gives the state after them. Time counts from `began`, on the request's clock. */
  run(state: TrainingState, window: OpenWindow, most: number, began: number): Promise<TrainingState>;
  /** The same state for all who train together, and the figures that rank 0 has measured by it. */
  agreed(state: TrainingState, measure: Measure): Promise<{ state: TrainingState; figures: Figures }>;
  /** Whether to stop at the next safe point: the same for all who train together. */
  isInterrupted(): boolean;
  dispose(): Promise<void>;
}

export type Figures = Readonly<Record<string, number>>;
export type Measure = (state: TrainingState) => Promise<Figures>;

/** The examples in memory, and the steps of the epoch that they are for: those before `end`. */
export interface OpenWindow extends ExampleWindow {
  readonly from: number;
  readonly end: number;
}

/** What the steps of a training are made from. */
export interface StepsOptions {
  readonly request: TrainRequest;
  readonly groups: readonly Group[];
  readonly optimiser: Optimiser;
  readonly batchSize: number;
  readonly hasTarget: boolean;
  readonly stepsPerEpoch: number;
  /** 64 bits that the noise of all steps follows from. */
  readonly noise: readonly [number, number];
}

/** Memory for the indices of one run. */
const MOST_STEPS = 4096;

/** Many steps in one run of the runtime. */
export async function blockSteps(options: StepsOptions): Promise<Steps> {
  const { request, groups, optimiser, batchSize } = options;
  const { model, engine } = request;
  const { clip } = request.options;
  const graph = trainingGraph(model, groups, optimiser, { batchSize, clip, hasTarget: options.hasTarget });
  const program = await engine.compile(graph.outputs);
  return {
    async run(state, { examples, order, from }, most, began) {
      const count = Math.min(most, MOST_STEPS);
      const first = (state.position.step - from) * batchSize;
      const { keys, columns } = perStep(options, graph, state, count);
      const feeds: Record<string, HostTensor> = {
        ...exampleFeeds(model, examples),
        ...stateFeeds(state),
        index: { data: order.subarray(first, first + count * batchSize), shape: [count, batchSize] },
        keys: { data: keys, shape: [count, 2] },
      };
      for (const [name, column] of Object.entries(columns)) feeds[`scalar.${name}`] = float32(column);
      const results = await program.run(feeds);
      return stateAfter(options, graph, { state, columns, results, seconds: (request.clock() - began) / 1000 });
    },
    agreed: async (state, measure) => ({ state, figures: await measure(state) }),
    isInterrupted: () => request.signal?.aborted ?? false,
    dispose: () => program.dispose(),
  };
}

/** The vectors of a state, to be fed. */
export function stateFeeds(state: TrainingState): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = {};
  for (const [group, vectors] of state.vectors)
    for (const [slot, data] of vectors.entries()) feeds[stateName(group, slot)] = { data, shape: group.shape };
  return feeds;
}

/** For `count` steps from `state` on: keys of their noise `[count, 2]`, and a column of each scalar. */
export function perStep(
  { request: { model, options }, optimiser, noise, stepsPerEpoch }: StepsOptions,
  { scalarNames }: TrainingGraph,
  { position }: TrainingState,
  count: number,
): { readonly keys: Uint32Array; readonly columns: Readonly<Record<string, Float32Array>> } {
  const keys = new Uint32Array(2 * count);
  const columns = Object.fromEntries(scalarNames.map((name) => [name, new Float32Array(count)]));
  for (let k = 0; k < count; k++) {
    const step = position.epoch * stepsPerEpoch + position.step + k;
    keys.set(noiseKey(noise, step), 2 * k);
    const progress = { share: step / (stepsPerEpoch * options.epochs), epoch: step / stepsPerEpoch };
    const scalars = optimiser.scalars(step + 1, learningRateAt(options, progress));
    const weights = model.kind.weights?.(progress) ?? {};
    for (const [name, column] of Object.entries(columns)) {
      const [isWeight, term] = name.startsWith('weight.') ? [true, name.slice(7)] : [false, name];
      column[k] = isWeight ? (weights[term] ?? 1) : scalars[term];
    }
  }
  return { keys, columns };
}

/** The key of a step's noise: cheap, because a tiny net takes a dozen microseconds a step. */
function noiseKey([first, second]: readonly [number, number], step: number): readonly [number, number] {
  return [scatter(first + step), scatter(second ^ scatter(step))];
}

interface Done {
  readonly state: TrainingState;
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** Vectors of the state after the steps, and the terms of each. */
  readonly results: Readonly<Record<string, HostTensor>>;
  readonly seconds: number;
}

/** The state after steps were done. @throws DivergenceError for a term that is not finite. */
export function stateAfter(
  options: StepsOptions,
  graph: TrainingGraph,
  { state, columns, results, seconds }: Done,
): TrainingState {
  const { position } = state;
  const [{ length: count }] = Object.values(columns);
  const sums = addTerms(options, graph, { state, columns, results });
  const vectors = new Map(
    options.groups.map((group) => [
      group,
      (state.vectors.get(group) ?? []).map((_, slot) => results[nextName(group, slot)].data as Float32Array),
    ]),
  );
  return {
    vectors,
    best: state.best,
    position: {
      ...position,
      step: position.step + count,
      sums,
      seconds: position.seconds + seconds,
      epochSeconds: position.epochSeconds + seconds,
    },
  };
}

/** The epoch's sums of terms and of their weighted total with this block's steps; the first bad number ends the training. */
function addTerms(
  { request: { model }, stepsPerEpoch }: StepsOptions,
  { termNames }: TrainingGraph,
  { state: { position }, columns, results }: Omit<Done, 'seconds'>,
): Record<string, number> {
  const sums: Record<string, number> = { loss: 0, ...position.sums };
  for (const name of termNames) sums[name] ??= 0;
  const [{ length: count }] = Object.values(columns);
  // Step by step: sums must round alike however the steps are divided into blocks.
  for (let k = 0; k < count; k++)
    for (const name of termNames) {
      const value = results[`term.${name}`].data[k];
      requireFinite(value, name, position.epoch * stepsPerEpoch + position.step + k + 1);
      sums[name] += value;
      if (isInLoss(model, name)) sums.loss += value * (columns[weightName(name)]?.[k] ?? 1);
    }
  return sums;
}

/** @throws DivergenceError for a term that is no finite number at that step. */
export function requireFinite(value: number, term: string, step: number): void {
  if (Number.isFinite(value)) return;
  throw new DivergenceError(
    {
      where: `training step ${step}, term ${term}`,
      expected: 'a finite number',
      got: String(value),
      fix: 'lower --learning-rate, set --clip 1, or look for extreme values in the data',
    },
    { step, term },
  );
}
