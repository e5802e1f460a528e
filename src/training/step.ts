/**
 * One training step, and many of them as one graph.
 *
 *   for k in steps:  batch = data[index[k]] → terms → Σ weight · mean → gradients → clip → optimiser → state
 *
 * A run of the program covers as many steps as `index` has rows; nothing of ours runs in between.
 */
import { gradient } from '../graph/gradient.ts';
import { add, divide, minimum, multiply } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { sqrt, square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { type ScanStep, scan } from '../graph/ops/scan.ts';
import type { Tensor } from '../graph/tensor.ts';
import { exampleInputs } from '../model/examples.ts';
import type { Model } from '../model/model.ts';
import { traceWith } from '../model/trace.ts';
import { type BatchPart, wholeBatch } from '../model/whole-batch.ts';
import { type Group, pack, slotsOf, unpack } from './layout.ts';
import { isInLoss } from './measure.ts';
import type { Optimiser, Update } from './optimisers.ts';

export interface TrainingGraph {
  /** Named outputs: `next.<group>.<slot>`, `term.<name>` (`[steps]`, batch means), `gradientNorm` when clipping. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly termNames: readonly string[];
  /** What is fed for every step as `scalar.<name>`, `[steps]`. */
  readonly scalarNames: readonly string[];
}

export interface StepOptions {
  /** Whether something else than the examples is to be told of them. */
  readonly hasTarget?: boolean;
  readonly batchSize: number;
  /** Largest norm of the whole gradient; 0 for any. */
  readonly clip: number;
}

/** The scalar that weighs a term; only kinds with weights have them. */
export function weightName(term: string): string {
  return `weight.${term}`;
}

/** Input name of a piece of state: slot 0 is the parameters, the optimiser's come after. */
export function stateName(group: Group, slot: number): string {
  return `state.${group.name}.${slot}`;
}

/** Output name of the same piece after the run. */
export function nextName(group: Group, slot: number): string {
  return `next.${group.name}.${slot}`;
}

/** Many steps: `index` `[steps, batchSize]`, `keys` `[steps, 2]` and every scalar `[steps]` are fed for all of them. */
export function trainingGraph(
  model: Model,
  groups: readonly Group[],
  optimiser: Optimiser,
  options: StepOptions,
): TrainingGraph {
  const step = makeStep(model, groups, optimiser, options);
  const index = input('index', 'int32', [2, options.batchSize], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  const scalars = step.scalarNames.map((name) => input(`scalar.${name}`, 'float32', [2], { anyLength: true }));
  const { carried, outputs } = scan(
    { carried: step.state, scanned: [index, keys, ...scalars] },
    (now, [rows, key, ...numbers]) => step.body(now, rows, key, numbers),
  );
  return step.named(carried, outputs);
}

/**
 * One step of a rank that has the `part` of every batch: `index` `[rows]`, `keys` `[2]` and the scalars are fed for it. What it gives is
 * that of the whole batch, by sums over the ranks.
 */
export function rankGraph(
  model: Model,
  groups: readonly Group[],
  optimiser: Optimiser,
  options: Pick<StepOptions, 'clip' | 'hasTarget'> & { readonly part: BatchPart },
): TrainingGraph {
  const step = makeStep(model, groups, optimiser, options);
  const index = input('index', 'int32', [options.part.rows]);
  const scalars = step.scalarNames.map((name) => input(`scalar.${name}`, 'float32', []));
  const { carried, outputs } = step.body(step.state, index, input('keys', 'uint32', [2]), scalars);
  return step.named(carried, outputs);
}

interface Step {
  readonly scalarNames: readonly string[];
  /** Inputs for the vectors of all groups. */
  readonly state: readonly Tensor[];
  /** The state after a step, and the batch means of the terms. */
  body(state: readonly Tensor[], rows: Tensor, key: Tensor, scalars: readonly Tensor[]): ScanStep;
  named(carried: readonly Tensor[], outputs: readonly Tensor[]): TrainingGraph;
}

function makeStep(
  model: Model,
  groups: readonly Group[],
  optimiser: Optimiser,
  { clip, hasTarget, part }: Pick<StepOptions, 'clip' | 'hasTarget'> & { readonly part?: BatchPart },
): Step {
  const take = exampleInputs(model, hasTarget);
  const { termNames } = model;
  const weights = model.kind.weights?.({ share: 0, epoch: 0 }) ?? {};
  const weightNames = termNames.filter((name) => name in weights).map(weightName);
  const scalarNames = [...optimiser.scalarNames, ...weightNames];
  const slots = groups.map((group) => slotsOf(group, optimiser.slotCount));
  const whole = wholeBatch(part);

  const body: Step['body'] = (now, rows, key, numbers) => {
    const scalar = new Map(scalarNames.map((name, at) => [name, numbers[at]]));
    const vectors = sliced(now, slots);
    const parameters = new Map(groups.flatMap((group, at) => [...unpack(group, vectors[at][0])]));
    const updates = new Map<string, Tensor>();
    const update = (name: string, value: Tensor): void => {
      updates.set(name, value);
    };
    const trace = traceWith(parameters, { purpose: 'training', key, update, part });
    const terms = model.terms(trace, model.read(trace, take(rows)));
    // Of a rank: what its rows add to the mean.
    const means = new Map(termNames.map((name) => [name, multiply(sum(terms[name]), 1 / whole.count(rows.shape[0]))]));
    const lossOf = (names: readonly string[]): Tensor =>
      total(names.map((name) => multiply(must(means.get(name)), scalar.get(weightName(name)) ?? 1)));

    const gradients = gradientsOf(model, groups, parameters, lossOf);
    const flat = groups.map((group) => (group.role === 'state' ? undefined : whole.sum(pack(group, gradients))));
    const norm = clip > 0 ? sqrt(total(flat.flatMap((g) => (g ? [sum(square(g))] : [])))) : undefined;
    const shrink = norm && minimum(divide(clip, add(norm, 1e-12)), 1);
    const named = Object.fromEntries(optimiser.scalarNames.map((name) => [name, must(scalar.get(name))]));

    const after = groups.flatMap((group, at) => {
      const [parameter, ...memory] = vectors[at];
      const g = flat[at];
      if (!g) return [pack(group, new Map([...unpack(group, parameter), ...updates]))];
      const next = updateGroup(optimiser, {
        parameter,
        gradient: shrink ? multiply(g, shrink) : g,
        slots: memory,
        scalars: named,
        decays: group.role === 'weight',
      });
      return [projected(model, group, next.parameter), ...next.slots];
    });
    const batchMeans = termNames.map((name) => whole.sum(must(means.get(name))));
    return { carried: after, outputs: norm ? [...batchMeans, norm] : batchMeans };
  };
  return {
    scalarNames,
    state: groups.flatMap((group, at) =>
      Array.from({ length: slots[at] }, (_, slot) => input(stateName(group, slot), 'float32', group.shape)),
    ),
    body,
    named(carried, outputs) {
      const named: Record<string, Tensor> = {};
      for (const [at, vectors] of sliced(carried, slots).entries())
        for (const [slot, tensor] of vectors.entries()) named[nextName(groups[at], slot)] = tensor;
      for (const [at, name] of termNames.entries()) named[`term.${name}`] = outputs[at];
      if (clip > 0) named.gradientNorm = outputs[termNames.length];
      return { outputs: named, termNames, scalarNames };
    },
  };
}

/** Consecutive pieces of those lengths. */
function sliced<Item>(items: readonly Item[], lengths: readonly number[]): Item[][] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return items.slice(end - length, end);
  });
}

/** Of every learned parameter: what is trained apart follows its own terms, all others the rest. */
function gradientsOf(
  model: Model,
  groups: readonly Group[],
  parameters: ReadonlyMap<string, Tensor>,
  lossOf: (names: readonly string[]) => Tensor,
): Map<string, Tensor> {
  const learned = groups.flatMap(({ members }) =>
    members.flatMap(({ spec }) => (spec.role === 'state' ? [] : [spec.name])),
  );
  const { apart } = model.kind;
  const isApart = (name: string): boolean => apart !== undefined && name.startsWith(apart.prefix);
  const gradients = new Map<string, Tensor>();
  for (const side of apart ? [false, true] : [false]) {
    const names = learned.filter((name) => isApart(name) === side);
    const loss = lossOf(model.termNames.filter((term) => isInLoss(model, term) !== side));
    for (const [at, g] of gradient(
      loss,
      names.map((name) => must(parameters.get(name))),
    ).entries())
      gradients.set(names[at], g);
  }
  return gradients;
}

/** The group's vector with the model's constraint kept. */
function projected({ projection }: Model, group: Group, vector: Tensor): Tensor {
  const isHere = projection && group.members.some(({ spec }) => spec.name === projection.parameter);
  if (!isHere) return vector;
  const members = unpack(group, vector);
  members.set(projection.parameter, projection.project(must(members.get(projection.parameter))));
  return pack(group, members);
}

/** The optimiser's update; piece by piece where the group is laid out so. */
function updateGroup(optimiser: Optimiser, at: Update): ReturnType<Optimiser['update']> {
  if (at.parameter.shape[0] === 1) return optimiser.update(at);
  const { outputs } = scan(
    { carried: [], scanned: [at.parameter, at.gradient, ...at.slots] },
    (_, [parameter, gradientPiece, ...slots]) => {
      const next = optimiser.update({ ...at, parameter, gradient: gradientPiece, slots });
      return { carried: [], outputs: [next.parameter, ...next.slots] };
    },
  );
  const [parameter, ...slots] = outputs;
  return { parameter, slots };
}

function total(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((sofar, tensor) => add(sofar, tensor));
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('internal: a name of the training step is not known');
  return value;
}
