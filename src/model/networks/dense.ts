/**
 * Fully connected layers, mirrored in the decoder.
 *
 *   x ── hidden[0] ── hidden[1] ── … ── code ── … ── hidden[1] ── hidden[0] ── x̂
 */
import { z } from 'zod';
import { reshape } from '../../graph/ops/broadcast.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activationNames, activations } from '../layers/activation.ts';
import { codeHeads, dense as denseLayer, tiedDense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { glorotUniform } from '../layers/initialisers.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import type { Trace } from '../trace.ts';
import type { NetworkFamily } from './network.ts';

const options = z.strictObject({
  hidden: z.array(z.int().min(1)).default([512, 256]).describe('widths of the hidden layers, input side first'),
  activation: z.enum(activationNames).default('gelu').describe('non-linearity of the hidden layers'),
  dropout: z.number().min(0).lt(1).default(0).describe('share of hidden units dropped at each step'),
  norm: z.enum(['none', 'layer']).default('none').describe('normalisation before each hidden activation'),
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
  make: ({ hidden, activation: activationName, dropout: rate, norm, tied }) => {
    const activation = activations[activationName];
    const finish = (trace: Trace, x: Tensor): Tensor => {
      const scaled = norm === 'layer' ? layerNorm(trace.in('norm'), x) : x;
      return dropout(trace, activation.apply(scaled), rate);
    };
    return {
      // A tied decoder has no weights of its own.
      ...(tied ? {} : { dictionary: 'decoder.0.weight' }),
      encode(trace, x, latent, heads) {
        const encoder = trace.in('encoder');
        let h = reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
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
