/**
 * Where parameters live during training: small tensors share one flat vector, so that the optimiser's dozen operations run
 * once over all of them; large ones keep a vector of their own, so that nothing copies them.
 */
import { reshape } from '../graph/ops/broadcast.ts';
import { leaf } from '../graph/ops/input.ts';
import { concat, split } from '../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../graph/tensor.ts';
import type { ParameterRole, ParameterSpec } from '../model/trace.ts';

/** From this many elements on, copying a tensor into and out of a shared vector costs more than the operations it saves. */
const LARGE = 32_768;

/** Elements that the optimiser works on at a time: moments and gradient stay in the cache, and two threads still share the work. */
const PIECE = 212_992;

export interface Group {
  readonly name: string;
  /** Elements of the flat vector. */
  readonly size: number;
  /** How the vector stands in the graph: `[pieces, size / pieces]`, updated piece by piece; mostly one piece. */
  readonly shape: Shape;
  /** What becomes of its members in training; weights and offsets may share a group where nothing decays. */
  readonly role: ParameterRole;
  readonly members: readonly { readonly spec: ParameterSpec; readonly offset: number }[];
}

/** Vectors of a group: itself and, where it is learned, the optimiser's memory. */
export function slotsOf({ role }: Group, optimiserSlots: number): number {
  return role === 'state' ? 1 : 1 + optimiserSlots;
}

/** Divides parameters into groups; with `separateDecay`, no group mixes those that decay with those that do not. */
export function layOut(specs: readonly ParameterSpec[], separateDecay: boolean): Group[] {
  const shared = new Map<string, ParameterSpec[]>();
  const large: ParameterSpec[] = [];
  for (const spec of specs) {
    if (sizeOf(spec.shape) >= LARGE) large.push(spec);
    else {
      const name = spec.role === 'state' ? 'state' : separateDecay && spec.role === 'offset' ? 'offsets' : 'shared';
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
  const pieces = piecesOf(size);
  const role = specs.some((spec) => spec.role === 'weight') ? 'weight' : specs[0].role;
  return { name, size, shape: [pieces, size / pieces], role, members };
}

/** The smallest number of equal pieces of at most `PIECE` elements; 1 where the size is awkward or small. */
function piecesOf(size: number): number {
  if (size <= 1.25 * PIECE) return 1;
  for (let pieces = Math.ceil(size / PIECE); pieces <= size / (PIECE / 16); pieces++)
    if (size % pieces === 0) return pieces;
  return 1;
}

/** The member tensors of a group, in the graph, to differentiate by. */
export function unpack(group: Group, state: Tensor): Map<string, Tensor> {
  const pieces = split(
    reshape(state, [group.size]),
    0,
    group.members.map(({ spec }) => sizeOf(spec.shape)),
  );
  return new Map(group.members.map(({ spec }, at) => [spec.name, leaf(reshape(pieces[at], spec.shape))]));
}

/** Tensors of a group's members in the group's own shape, in the graph. */
export function pack(group: Group, tensors: ReadonlyMap<string, Tensor>): Tensor {
  const parts = group.members.map(({ spec }) => {
    const tensor = tensors.get(spec.name);
    if (!tensor) throw new Error(`internal: group ${group.name} misses ${spec.name}`);
    // A row each: the gradient of a bias comes as one.
    return reshape(tensor, [1, sizeOf(spec.shape)]);
  });
  return reshape(concat(parts, 1), group.shape);
}

/** The member arrays of a flat group, as views. */
export function viewMembers(group: Group, flat: Float32Array): Map<string, Float32Array> {
  return new Map(
    group.members.map(({ spec, offset }) => [spec.name, flat.subarray(offset, offset + sizeOf(spec.shape))]),
  );
}
