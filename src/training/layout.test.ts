import { expect, test } from 'vitest';
import { input } from '../graph/ops/input.ts';
import { evaluate } from '../graph/reference.ts';
import { sizeOf } from '../graph/tensor.ts';
import { zeros } from '../model/layers/initialisers.ts';
import type { ParameterSpec } from '../model/trace.ts';
import { layOut, pack, unpack, viewMembers } from './layout.ts';

function spec(name: string, shape: readonly number[], decays = true): ParameterSpec {
  return { name, shape, decays, initialise: zeros };
}

const specs = [
  spec('a.weight', [3, 4]),
  spec('a.bias', [4], false),
  spec('large', [200, 200]),
  spec('large.gain', [40_000], false),
  spec('scalar', []),
  spec('b.bias', [2], false),
];

test('every parameter is in exactly one group, at its own place', () => {
  for (const separateDecay of [false, true]) {
    const groups = layOut(specs, separateDecay);
    const members = groups.flatMap((group) => group.members.map(({ spec: { name } }) => name));
    expect(members.toSorted()).toEqual(specs.map(({ name }) => name).toSorted());
    for (const group of groups) {
      let end = 0;
      for (const { spec: member, offset } of group.members) {
        expect(offset).toBe(end);
        end += sizeOf(member.shape);
      }
      expect(group.size).toBe(end);
      if (separateDecay) expect(new Set(group.members.map(({ spec: member }) => member.decays)).size).toBe(1);
      if (separateDecay) expect(group.members.every(({ spec: member }) => member.decays === group.decays)).toBe(true);
    }
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  }
});

test('unpacking and packing again changes nothing, in the graph and outside', () => {
  for (const group of layOut(specs, true)) {
    const flat = input('flat', 'float32', [group.size]);
    const numbers = Float32Array.from({ length: group.size }, (_, i) => i + 1);
    const members = unpack(group, flat);
    expect([...evaluate([pack(group, members)], { flat: numbers })[0]]).toEqual([...numbers]);
    const views = viewMembers(group, numbers);
    for (const { spec: member } of group.members) {
      const tensor = members.get(member.name);
      expect(tensor?.shape).toEqual(member.shape);
      if (tensor) expect([...evaluate([tensor], { flat: numbers })[0]]).toEqual([...(views.get(member.name) ?? [])]);
    }
  }
});
