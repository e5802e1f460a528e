import { expect, test } from 'vitest';
import { input } from '../graph/ops/input.ts';
import { evaluate } from '../graph/reference.ts';
import { sizeOf } from '../graph/tensor.ts';
import { zeros } from '../model/layers/initialisers.ts';
import type { ParameterRole, ParameterSpec } from '../model/trace.ts';
import { layOut, pack, unpack, viewMembers } from './layout.ts';

function spec(name: string, shape: readonly number[], role: ParameterRole = 'weight'): ParameterSpec {
  return { name, shape, role, initialise: zeros };
}

const specs = [
  spec('a.weight', [3, 4]),
  spec('a.bias', [4], 'offset'),
  spec('large', [200, 200]),
  spec('large.gain', [40_000], 'offset'),
  spec('scalar', []),
  spec('b.bias', [2], 'offset'),
  spec('running', [3], 'state'),
  spec('codebook', [300, 200], 'state'),
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
      const roles = group.members.map(({ spec: { role } }) => role);
      expect(roles).toContain(group.role);
      if (separateDecay || group.role === 'state') expect(new Set(roles).size).toBe(1);
      else expect(roles).not.toContain('state');
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
