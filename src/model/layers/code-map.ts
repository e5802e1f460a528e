/** Codes that are maps: a vector for every place. They are handed around flat, all places of the first channel first. */
import { broadcastTo, reshape } from '../../graph/ops/broadcast.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Trace } from '../trace.ts';
import { convolution, type Pair } from './convolution.ts';
import { glorotUniform } from './initialisers.ts';

export interface MapHeads {
  readonly channels: number;
  readonly heads: number;
  readonly window: Pair;
  /** What the first head has among its channels as it is, before those that are learned. */
  readonly kept?: Tensor;
}

/** The code layer of a map: `[batch, …] → [batch, heads · latent]`, of each head its channels, place by place. */
export function mapHeads(trace: Trace, x: Tensor, { channels, heads, window, kept }: MapHeads): Tensor {
  const parts = Array.from({ length: heads }, (_, head) => {
    const at = head === 0 ? trace : trace.in(`head${head}`);
    const before = head === 0 ? kept : undefined;
    const units = channels - (before?.shape[1] ?? 0);
    const learned = convolution(at, x, { units, window, initialise: glorotUniform });
    const map = before ? concat([before, learned], 1) : learned;
    return reshape(map, [x.shape[0], sizeOf(map.shape.slice(1))]);
  });
  return concat(parts, 1);
}

/** A code `[batch, latent + more]` as a map: what comes after its own numbers (classes) is the same at every place. */
export function asMap(code: Tensor, channels: number, places: Pair): Tensor {
  const [batch, width] = code.shape;
  const latent = channels * sizeOf(places);
  if (width === latent) return reshape(code, [batch, channels, ...places]);
  const map = reshape(slice(code, 1, 0, latent), [batch, channels, ...places]);
  const more = slice(code, 1, latent, width);
  return concat(
    [map, broadcastTo(reshape(more, [batch, width - latent, 1, 1]), [batch, width - latent, ...places])],
    1,
  );
}
