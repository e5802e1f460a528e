/**
 * One training step, and many of them as one graph.
 *
 *   for k in steps:  batch = data[index[k]] → terms → Σ weight · mean → gradients → clip → optimiser → state
 *
 * A run of the program covers as many steps as `index` has rows; nothing of ours runs in between.
 */
import { gradient } from '../graph/gradient.ts';
import { add, divide, minimum, multiply } from '../graph/ops/arithmetic.ts';
import { reshape, sum } from '../graph/ops/broadcast.ts';
import { sqrt, square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { mean } from '../graph/ops/reduce.ts';
import { scan } from '../graph/ops/scan.ts';
import { gather } from '../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import type { Model } from '../model/model.ts';
import { traceWith } from '../model/trace.ts';
import { type Group, pack, unpack } from './layout.ts';
import type { Optimiser, Update } from './optimisers.ts';

export interface TrainingGraph {
  /** Named outputs: `next.<group>.<slot>`, `term.<name>` (`[steps]`, batch means), `gradientNorm` when clipping. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly termNames: readonly string[];
  /** What is fed for every step as `scalar.<name>`, `[steps]`. */
  readonly scalarNames: readonly string[];
}

export interface StepOptions {
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

export function trainingGraph(
  model: Model,
  groups: readonly Group[],
  optimiser: Optimiser,
  { batchSize, clip }: StepOptions,
): TrainingGraph {
  const { blueprint } = model;
  const width = sizeOf(blueprint.shape);
  const examples = input('examples', blueprint.inputScale === 1 ? 'float32' : 'uint8', [2, width], { anyLength: true });
  const index = input('index', 'int32', [2, batchSize], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });

  // A first trace, thrown away, tells which terms there are and so how wide the scalars are.
  const termNames = termNamesOf(model);
  const weights = model.kind.weights?.({ share: 0, epoch: 0 }) ?? {};
  const weightNames = termNames.filter((name) => name in weights).map(weightName);
  const scalarNames = [...optimiser.scalarNames, ...weightNames];
  const scalars = scalarNames.map((name) => input(`scalar.${name}`, 'float32', [2], { anyLength: true }));
  const slots = 1 + optimiser.slotCount;
  const state = groups.flatMap((group) =>
    Array.from({ length: slots }, (_, slot) => input(stateName(group, slot), 'float32', group.shape)),
  );

  const { carried, outputs } = scan(
    { carried: state, scanned: [index, keys, ...scalars] },
    (now, [rows, key, ...numbers]) => {
      const scalar = new Map(scalarNames.map((name, at) => [name, numbers[at]]));
      const parameters = new Map(groups.flatMap((group, at) => [...unpack(group, now[at * slots])]));
      const trace = traceWith(parameters, { purpose: 'training', key });
      const raw = reshape(gather(examples, rows), [batchSize, ...blueprint.shape]);
      const terms = model.terms(trace, model.read(trace, raw));
      const means = termNames.map((name) => mean(terms[name]));
      const loss = weighted(
        means,
        termNames.map((name) => scalar.get(weightName(name)) ?? 1),
      );

      const names = [...parameters.keys()];
      const gradients = new Map(gradient(loss, [...parameters.values()]).map((g, i) => [names[i], g]));
      const flat = groups.map((group) => pack(group, gradients));
      const norm = clip > 0 ? sqrt(total(flat.map((g) => sum(square(g))))) : undefined;
      const shrink = norm && minimum(divide(clip, add(norm, 1e-12)), 1);

      const after = groups.flatMap((group, at) => {
        const [parameter, ...memory] = now.slice(at * slots, (at + 1) * slots);
        const named = Object.fromEntries(optimiser.scalarNames.map((name) => [name, must(scalar.get(name))]));
        const clipped = shrink ? multiply(flat[at], shrink) : flat[at];
        const next = updateGroup(optimiser, {
          parameter,
          gradient: clipped,
          slots: memory,
          scalars: named,
          decays: group.decays,
        });
        return [next.parameter, ...next.slots];
      });
      return { carried: after, outputs: norm ? [...means, norm] : means };
    },
  );

  const named: Record<string, Tensor> = {};
  for (const [at, group] of groups.entries())
    for (let slot = 0; slot < slots; slot++) named[nextName(group, slot)] = carried[at * slots + slot];
  for (const [at, name] of termNames.entries()) named[`term.${name}`] = outputs[at];
  if (clip > 0) named.gradientNorm = outputs[termNames.length];
  return { outputs: named, termNames, scalarNames };
}

/** The names of a model's loss terms. */
function termNamesOf(model: Model): string[] {
  const parameters = new Map(model.parameters.map((spec) => [spec.name, input(spec.name, 'float32', spec.shape)]));
  const trace = traceWith(parameters, { purpose: 'training', key: input('key', 'uint32', [2]) });
  return Object.keys(model.terms(trace, model.read(trace, input('raw', 'float32', [1, ...model.blueprint.shape]))));
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

function weighted(means: readonly Tensor[], weights: readonly (Tensor | number)[]): Tensor {
  return total(means.map((value, at) => multiply(value, weights[at])));
}

function total(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((sofar, tensor) => add(sofar, tensor));
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('internal: a scalar of the training step has no name');
  return value;
}
