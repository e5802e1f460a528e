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
  'convolutional-recurrent': [
    [
      [3, 1, 8, 6],
      [3, 2, 8, 6],
    ],
  ],
  lapped: [
    [
      [1, 18, 9],
      [3, 18, 9],
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
  const options = family.options.parse({}) as never;
  const network = family.make(options);
  for (const [given, asked] of shapes[family.name] ?? []) {
    const latent = family.map?.(options)?.latent(given) ?? 3;
    collectParameters((trace) => {
      expect(network.encode(trace, input('x', 'float32', [2, ...given]), latent, 1).shape).toEqual([2, latent]);
      expect(network.decode(trace, input('code', 'float32', [2, latent]), asked).shape).toEqual([2, ...asked]);
    });
  }
  expect(shapes).toHaveProperty(family.name);
});
