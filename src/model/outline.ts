/** The layers of a model in the order that an example passes them, as one would draw them. */
import { sizeOf } from '../graph/tensor.ts';
import type { Model } from './model.ts';

export interface OutlinedLayer {
  readonly side: 'encoder' | 'decoder';
  /** What its parameters' names begin with, e.g. `encoder.0`. */
  readonly name: string;
  /** Numbers that it gives for each place or step: units of a dense layer, channels of a convolution. */
  readonly width: number;
  /** Height and width of a convolution's kernel; absent where it has none. */
  readonly kernel?: readonly [number, number];
  /** Numbers that it learns. */
  readonly parameters: number;
}

/**
 * Layers with weights, those of the encoder first. Whatever else a model learns (a codebook, an adversary, a prior) is no layer.
 *
 * @example outline(model).map(({ width }) => width) // [128, 64, 32, 64, 128, 784]
 */
export function outline({ parameters }: Pick<Model, 'parameters'>): OutlinedLayer[] {
  const layers = new Map<string, OutlinedLayer>();
  for (const { name, shape } of parameters) {
    const [side] = name.split('.', 1);
    if (side !== 'encoder' && side !== 'decoder') continue;
    const prefix = name.slice(0, name.lastIndexOf('.'));
    const known = layers.get(prefix) ?? { side, name: prefix, width: 0, parameters: 0 };
    // A bias is as wide as what its layer gives; of weights it depends on the sort of layer.
    const isWidth = name.endsWith('.bias');
    layers.set(prefix, {
      ...known,
      ...(isWidth ? { width: shape[0] } : {}),
      ...(shape.length === 4 ? { kernel: [shape[2], shape[3]] as const } : {}),
      parameters: known.parameters + sizeOf(shape),
    });
  }
  return [...layers.values()].filter(({ width }) => width > 0);
}
