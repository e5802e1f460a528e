/**
 * Tokens through any network: before it a vector stands for every token, after it a logit for every token is read off a vector.
 * Both tables are the same at every place. Bengio et al. 2003, "A Neural Probabilistic Language Model".
 *
 *   tokens ── table ── vectors ── network ── code ── network ── vectors ── logits
 */
import { broadcastTo, reshape } from '../../graph/ops/broadcast.ts';
import { affine, matmul } from '../../graph/ops/matmul.ts';
import { slice } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { glorotUniform, zeros } from '../layers/initialisers.ts';
import type { Initialiser, Trace } from '../trace.ts';
import type { Network } from './network.ts';

/** The network of `[…shape, width]` as one of `[…shape, vocabulary]`, one-hot in and logits out. */
export function embedded(network: Network, vocabulary: number, width: number): Network {
  const vectorsOf = (trace: Trace, tokens: Tensor): Tensor => {
    const table = trace.in('encoder.embedding').parameter('weight', [vocabulary, width], standardNormal, 'weight');
    return inRows(tokens, (rows) => matmul(rows, table));
  };
  const logitsOf = (trace: Trace, vectors: Tensor): Tensor => {
    const at = trace.in('decoder.readout');
    const weight = at.parameter('weight', [width, vocabulary], glorotUniform, 'weight');
    return inRows(vectors, (rows) => affine(rows, weight, at.parameter('bias', [vocabulary], zeros, 'offset')));
  };
  return {
    ...network,
    encode: (trace, x, latent, heads, missing) =>
      network.encode(trace, vectorsOf(trace, x), latent, heads, missing && narrowed(missing, width)),
    decode(trace, code, shape, feedback) {
      const vectors = network.decode(
        trace,
        code,
        [...shape.slice(0, -1), width],
        feedback && {
          ...feedback,
          target: feedback.target && vectorsOf(trace, feedback.target),
          shown: (output, beside) => vectorsOf(trace, feedback.shown(logitsOf(trace, output), beside)),
        },
      );
      return logitsOf(trace, vectors);
    },
  };
}

/** What `map` makes of the last axis: `[…, from] → […, to]` by `[rows, from] → [rows, to]`. */
function inRows(x: Tensor, map: (rows: Tensor) => Tensor): Tensor {
  const shape = x.shape.slice(0, -1);
  const result = map(reshape(x, [sizeOf(shape), x.shape[shape.length]]));
  return reshape(result, [...shape, result.shape[1]]);
}

/** `[…, vocabulary] → […, width]`: all entries of a token are missing, or none. */
function narrowed(missing: Tensor, width: number): Tensor {
  const last = missing.shape.length - 1;
  return broadcastTo(slice(missing, last, 0, 1), [...missing.shape.slice(0, last), width]);
}

const standardNormal: Initialiser = ([count, width], random) =>
  Float32Array.from({ length: count * width }, () => random.normal());
