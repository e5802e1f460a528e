/** All that training knows between two blocks of steps: from it, going on gives the same bits as never having stopped. */
import * as z from 'zod';
import type { Random } from '../base/random.ts';
import type { Parameters } from '../model/file/model-file.ts';
import { type Group, slotsOf, viewMembers } from './layout.ts';

const numbers = z.record(z.string(), z.number());

/** The part of the state that is not tensors. */
export const positionSchema = z.strictObject({
  /** Epochs finished. */
  epoch: z.int().min(0),
  /** Steps done of the epoch under way. */
  step: z.int().min(0),
  /** Sums of the terms over those steps. */
  sums: numbers,
  /** Seconds spent, all sessions together. */
  seconds: z.number().min(0),
  /** Seconds of the epoch under way. */
  epochSeconds: z.number().min(0),
  bestLoss: z.number().nullable(),
  bestEpoch: z.int().min(0),
  history: z.array(
    z.strictObject({
      epoch: z.int(),
      train: numbers,
      validation: numbers,
      learningRate: z.number(),
      seconds: z.number(),
    }),
  ),
});

export interface TrainingState {
  readonly position: z.infer<typeof positionSchema>;
  /** Flat vectors of every group: parameters, then the optimiser's slots. */
  readonly vectors: ReadonlyMap<Group, readonly Float32Array[]>;
  /** Parameters of the best epoch. */
  readonly best: Parameters;
}

/** Fresh parameters, drawn by name so that a layer's start does not depend on the others; or `given` ones, by name. */
export function initialState(
  groups: readonly Group[],
  slotCount: number,
  random: Random,
  given: Parameters = new Map(),
): TrainingState {
  const vectors = new Map(
    groups.map((group) => {
      const flat = new Float32Array(group.size);
      for (const { spec, offset } of group.members)
        flat.set(given.get(spec.name) ?? spec.initialise(spec.shape, random.fork(spec.name)), offset);
      const memory = Array.from({ length: slotsOf(group, slotCount) - 1 }, () => new Float32Array(group.size));
      return [group, [flat, ...memory]] as const;
    }),
  );
  return {
    position: { epoch: 0, step: 0, sums: {}, seconds: 0, epochSeconds: 0, bestLoss: null, bestEpoch: 0, history: [] },
    vectors,
    best: new Map(),
  };
}

/** The parameters of a state by name, as views. */
export function parametersOf(state: TrainingState): Parameters {
  return new Map([...state.vectors].flatMap(([group, [flat]]) => [...viewMembers(group, flat)]));
}
