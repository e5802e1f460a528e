/**
 * The state of an exported training, one vector: all parameters in the model's order, then the optimiser's memory. Trainings here keep it in
 * groups (`training/layout.ts`), which are nobody else's business.
 */
import { DataError } from '../../base/errors.ts';
import type { NodeList } from '../../engine/onnx/node-list.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';
import { type Group, slotsOf } from '../../training/layout.ts';
import type { Optimiser } from '../../training/optimisers.ts';
import { nextName, stateName } from '../../training/step.ts';

/** Where each parameter stands in the state. */
export function placesOf(model: Model): { name: string; shape: readonly number[]; offset: number }[] {
  let end = 0;
  return model.parameters.map(({ name, shape }) => {
    end += sizeOf(shape);
    return { name, shape, offset: end - sizeOf(shape) };
  });
}

/** Sizes of the optimiser's memory, slot by slot of each group. */
function memorySizes(groups: readonly Group[], { slotCount }: Optimiser): number[] {
  return groups.flatMap((group) => new Array<number>(slotsOf(group, slotCount) - 1).fill(group.size));
}

/** Numbers in the whole vector. */
export function stateSize(model: Model, groups: readonly Group[], optimiser: Optimiser): number {
  const sizes = [...model.parameters.map(({ shape }) => sizeOf(shape)), ...memorySizes(groups, optimiser)];
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The vector before the first step. */
export function initialVector(model: Model, parameters: Parameters, size: number): Float32Array {
  const state = new Float32Array(size);
  for (const { name, offset } of placesOf(model)) state.set(parameters.get(name) ?? [], offset);
  return state;
}

/** The parameters in a vector: views. @throws DataError where it is not one of this model's. */
export function parametersIn(model: Model, state: Float32Array, where: string): Parameters {
  const places = placesOf(model);
  const count = model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const learned = model.parameters.reduce((sum, { shape, role }) => sum + (role === 'state' ? 0 : sizeOf(shape)), 0);
  const memories = learned > 0 ? (state.length - count) / learned : 0;
  const bad = state.subarray(0, count).findIndex((value) => !Number.isFinite(value));
  if (![0, 1, 2].includes(memories) || bad >= 0)
    throw new DataError({
      where,
      expected: `${count} parameters of this model, and behind them the optimiser's memory`,
      got: bad >= 0 ? `${state[bad]} in place ${bad + 1}` : `${state.length} numbers`,
      fix: bad >= 0 ? 'the training diverged: lower its learning rate' : 'give the state of a training of this model',
    });
  return new Map(places.map(({ name, shape, offset }) => [name, state.subarray(offset, offset + sizeOf(shape))]));
}

/** The pieces of the state as the loop carries them. */
export function addState(list: NodeList, model: Model, groups: readonly Group[], optimiser: Optimiser): void {
  const sizes = [...model.parameters.map(({ shape }) => sizeOf(shape)), ...memorySizes(groups, optimiser)];
  const pieces = list.addSeveral('Split', ['state', list.numbers('int64', [sizes.length], sizes)], sizes.length, {
    axis: { int: 0 },
  });
  const parameters = new Map(model.parameters.map(({ name }, at) => [name, pieces[at]]));
  const memory = pieces.slice(model.parameters.length);
  const shaped = (flat: string, group: Group): string =>
    list.add('Reshape', [flat, list.numbers('int64', [2], group.shape)]);
  let used = 0;
  for (const group of groups) {
    const members = group.members.map(({ spec }) => parameters.get(spec.name) ?? '');
    const flat = members.length === 1 ? members[0] : list.add('Concat', members, { axis: { int: 0 } });
    list.name(shaped(flat, group), stateName(group, 0));
    for (let slot = 1; slot < slotsOf(group, optimiser.slotCount); slot++)
      list.name(shaped(memory[used++], group), stateName(group, slot));
  }
}

/** The state after the loop, in the order of the state before it. */
export function nextState(
  list: NodeList,
  model: Model,
  groups: readonly Group[],
  optimiser: Optimiser,
  outputNames: Readonly<Record<string, string>>,
): string {
  const whole = list.numbers('int64', [1], [-1]);
  const flat = (group: Group, slot: number): string => list.add('Reshape', [outputNames[nextName(group, slot)], whole]);
  const parameters = new Map<string, string>();
  const memory: string[] = [];
  for (const group of groups) {
    const sizes = group.members.map(({ spec }) => sizeOf(spec.shape));
    const all = list.addSeveral('Split', [flat(group, 0), list.numbers('int64', [sizes.length], sizes)], sizes.length, {
      axis: { int: 0 },
    });
    for (const [at, { spec }] of group.members.entries()) parameters.set(spec.name, all[at]);
    for (let slot = 1; slot < slotsOf(group, optimiser.slotCount); slot++) memory.push(flat(group, slot));
  }
  const ordered = model.parameters.map(({ name }) => parameters.get(name) ?? '');
  return list.add('Concat', [...ordered, ...memory], { axis: { int: 0 } });
}
