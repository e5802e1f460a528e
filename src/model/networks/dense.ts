/**
 * Fully connected layers, mirrored in the decoder.
 *
 *   x ── hidden[0] ── hidden[1] ── … ── code ── … ── hidden[1] ── hidden[0] ── x̂
 */
import * as z from 'zod';
import { searched } from '../../base/search-range.ts';
import { divide, maximum } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { sqrt, square } from '../../graph/ops/elementwise.ts';
import { concat } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { codeHeads, dense as denseLayer, headNames, tiedDense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { glorotUniform } from '../layers/initialisers.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { presence } from '../layers/presence.ts';
import type { Trace } from '../trace.ts';
import { hiddenActivation, hiddenDropout } from './hidden-options.ts';
import type { NetworkFamily } from './network.ts';

const options = z.strictObject({
  hidden: z
    .array(z.int().min(1))
    .default([512, 256])
    .describe('widths of the hidden layers, input side first')
    .meta(
      searched('training', {
        values: [[64], [128, 64], [256], [256, 128], [512, 256], [1024], [1024, 512], [1024, 512, 256]],
      }),
    ),
  activation: hiddenActivation,
  dropout: hiddenDropout,
  inputDropout: z.number().min(0).lt(1).default(0).describe('share of the inputs dropped at each step'),
  gaps: z
    .enum(['zero', 'told'])
    .default('zero')
    .describe('what the encoder sees of missing inputs: zero; told: also, as inputs of their own, which are there'),
  inputNorm: z
    .enum(['none', 'unit'])
    .default('none')
    .describe('unit: the numbers of each example are divided by the root of the sum of their squares'),
  norm: z
    .enum(['none', 'layer'])
    .default('none')
    .describe('normalisation before each hidden activation')
    .meta(searched('training', { values: ['none', 'layer'] })),
  tied: z.boolean().default(false).describe("decoder weights are the encoder's, transposed"),
});

export const dense: NetworkFamily<z.infer<typeof options>> = {
  name: 'dense',
  summary: 'fully connected layers, mirrored in the decoder',
  options,
  suits: () => true,
  stages: (whole) =>
    whole.hidden.map((latent, depth) => ({
      options: { ...whole, hidden: whole.hidden.slice(0, depth) },
      latent,
      // The encoder's layers are counted from the data, the decoder's from the code.
      nameOf: (parameter) => {
        const [side, layer, ...rest] = parameter.split('.');
        // What is around the layers is there at every depth.
        if (Number.isNaN(Number(layer))) return parameter;
        if (side === 'encoder') return rest.length > 1 && Number(layer) === depth ? undefined : parameter;
        if (side !== 'decoder') return undefined;
        return [side, Number(layer) + whole.hidden.length - depth, ...rest].join('.');
      },
    })),
  make: ({ hidden, activation: activationName, dropout: rate, inputDropout, gaps, inputNorm, norm, tied }) => {
    const activation = activations[activationName];
    const finish = (trace: Trace, x: Tensor): Tensor => {
      const scaled = norm === 'layer' ? layerNorm(trace.in('norm'), x) : x;
      return dropout(trace, activation.apply(scaled), rate);
    };
    return {
      // A tied decoder has no weights of its own.
      ...(tied ? {} : { dictionary: 'decoder.0.weight' }),
      ...(activationName === 'relu' && norm === 'none' && inputNorm === 'none' && gaps === 'zero' && !tied
        ? {
            chain: {
              encoder: hidden.map((_, layer) => `encoder.${layer}`),
              heads: (heads: number) => headNames(`encoder.${hidden.length}`, heads),
              decoder: [...hidden, 0].map((_, layer) => `decoder.${layer}`),
            },
          }
        : {}),
      encode(trace, x, latent, heads, missing) {
        const encoder = trace.in('encoder');
        const flat = reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
        const scaled = inputNorm === 'unit' ? ofUnitLength(flat) : flat;
        let h = dropout(
          trace,
          gaps === 'told' ? concat([scaled, presence(flat.shape, missing)], 1) : scaled,
          inputDropout,
        );
        for (const [layer, units] of hidden.entries()) {
          const at = encoder.in(`${layer}`);
          h = finish(at, denseLayer(at, h, units, activation.initialise));
        }
        return codeHeads(encoder.in(`${hidden.length}`), h, latent, heads);
      },
      decode(trace, code, shape) {
        const widths = [...hidden.toReversed(), sizeOf(shape)];
        let h = code;
        for (const [layer, units] of widths.entries()) {
          const at = trace.in('decoder').in(`${layer}`);
          const isLast = layer === hidden.length;
          const initialise = isLast ? glorotUniform : activation.initialise;
          const mirrored = trace.in('encoder').in(`${hidden.length - layer}`);
          h = tied ? tiedDense(at, mirrored, h, units, initialise) : denseLayer(at, h, units, initialise);
          if (!isLast) h = finish(at, h);
        }
        return reshape(h, [code.shape[0], ...shape]);
      },
    };
  },
};

/** x / ‖x‖ of each row; a row of zeros stays one. */
function ofUnitLength(x: Tensor): Tensor {
  const squares = reshape(sum(square(x), [1]), [x.shape[0], 1]);
  return divide(x, sqrt(maximum(squares, 1e-12)));
}
