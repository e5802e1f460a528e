/**
 * Where parameters live during training: small tensors share one flat vector, so that the optimiser's dozen operations run
 * once over all of them; large ones keep a vector of their own, so that nothing copies them.
 */
import { reshape } from '../graph/ops/broadcast.ts';
import { concat, split } from '../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import type { ParameterSpec } from '../model/trace.ts';

/** From this many elements on, copying a tensor into and out of a shared vector costs more than the operations it saves. */
const LARGE = 32_768;

export interface Group {
  readonly name: string;
  /** Elements of the flat vector. */
  readonly size: number;
  readonly decays: boolean;
  readonly members: readonly { readonly spec: ParameterSpec; readonly offset: number }[];
}

/** Divides parameters into groups; with `separateDecay`, no group mixes those that decay with those that do not. */
export function layOut(specs: readonly ParameterSpec[], separateDecay: boolean): Group[] {
  const shared = new Map<string, ParameterSpec[]>();
  const large: ParameterSpec[] = [];
  for (const spec of specs) {
    if (sizeOf(spec.shape) >= LARGE) large.push(spec);
    else {
      const name = separateDecay && !spec.decays ? 'offsets' : 'shared';
      shared.set(name, [...(shared.get(name) ?? []), spec]);
    }
  }
  return [
    ...[...shared].map(([name, members]) => makeGroup(name, members)),
    ...large.map((spec) => makeGroup(spec.name, [spec])),
  ];
}

function makeGroup(name: string, specs: readonly ParameterSpec[]): Group {
  let size = 0;
  const members = specs.map((spec) => {
    const offset = size;
    size += sizeOf(spec.shape);
    return { spec, offset };
  });
  return { name, size, decays: specs.some((spec) => spec.decays), members };
}

/** The member tensors of a flat group, in the graph. */
export function unpack(group: Group, flat: Tensor): Map<string, Tensor> {
  const pieces = split(
    flat,
    0,
    group.members.map(({ spec }) => sizeOf(spec.shape)),
  );
  return new Map(group.members.map(({ spec }, at) => [spec.name, reshape(pieces[at], spec.shape)]));
}

/** Tensors of a group's members as one flat vector, in the graph. */
export function pack(group: Group, tensors: ReadonlyMap<string, Tensor>): Tensor {
  const parts = group.members.map(({ spec }) => {
    const tensor = tensors.get(spec.name);
    if (!tensor) throw new Error(`internal: group ${group.name} misses ${spec.name}`);
    return reshape(tensor, [sizeOf(spec.shape)]);
  });
  return concat(parts, 0);
}

/** The member arrays of a flat group, as views. */
export function viewMembers(group: Group, flat: Float32Array): Map<string, Float32Array> {
  return new Map(
    group.members.map(({ spec, offset }) => [spec.name, flat.subarray(offset, offset + sizeOf(spec.shape))]),
  );
}
