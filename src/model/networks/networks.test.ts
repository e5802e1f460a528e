import { expect, test } from 'vitest';
import { input } from '../../graph/ops/input.ts';
import { collectParameters } from '../trace.ts';
import { networkFamilies } from './networks.ts';

/** Shapes of data, and of what a likelihood may ask of the decoder for it: more channels, or another last axis. */
const shapes: Readonly<Record<string, readonly (readonly [number[], number[]])[]>> = {
  dense: [
    [[4], [9]],
    [
      [3, 2],
      [3, 5],
    ],
  ],
  convolutional: [
    [
      [1, 8, 6],
      [3, 8, 6],
    ],
  ],
  recurrent: [
    [
      [6, 2],
      [6, 5],
    ],
  ],
};

test.each(networkFamilies)('$name gives the shape that it is asked for, be it not that of the data', (family) => {
  const network = family.make(family.options.parse({}) as never);
  for (const [given, asked] of shapes[family.name] ?? []) {
    collectParameters((trace) => {
      expect(network.encode(trace, input('x', 'float32', [2, ...given]), 3, 1).shape).toEqual([2, 3]);
      expect(network.decode(trace, input('code', 'float32', [2, 3]), asked).shape).toEqual([2, ...asked]);
    });
  }
  expect(shapes).toHaveProperty(family.name);
});
