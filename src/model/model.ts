/** A blueprint brought to life: functions that build the graph of its parts. Numbers are somebody else's business. */
import type { ZodType } from 'zod';
import { parseOptions } from '../base/options.ts';
import { multiply } from '../graph/ops/arithmetic.ts';
import { cast, isNan, less, where } from '../graph/ops/comparison.ts';
import { input, leaf } from '../graph/ops/input.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type Blueprint, findKind, findNetwork } from './blueprint.ts';
import type { KindParts, Posterior } from './kinds/kind.ts';
import { bernoulli, gaussian, type Likelihood } from './terms/likelihood.ts';
import { collectParameters, type ParameterSpec, type Trace } from './trace.ts';

/** A batch as the model sees it. */
export interface Batch {
  /** `[batch, …shape]`, float32 and finite. */
  readonly x: Tensor;
  /** Where x was missing, as bool; absent when nothing can be. */
  readonly missing?: Tensor;
}

export interface Model {
  readonly blueprint: Blueprint;
  readonly kind: KindParts;
  readonly likelihood: Likelihood;
  readonly parameters: readonly ParameterSpec[];
  /** Raw values `[batch, …shape]` (uint8 or float32) as the model sees them for this trace's purpose. */
  read(trace: Trace, raw: Tensor): Batch;
  /** Named terms of the loss, each `[batch]`, in nats, unweighted. */
  terms(trace: Trace, batch: Batch): Readonly<Record<string, Tensor>>;
  posterior(trace: Trace, x: Tensor): Posterior;
  /** Codes `[batch, latent]` to reconstructions `[batch, …shape]`. */
  decode(trace: Trace, code: Tensor): Tensor;
  /** Codes `[batch, latent]` to the parameters of the likelihood, `[batch, …shape]`. */
  output(trace: Trace, code: Tensor): Tensor;
  /** What the encoder sees of x for this trace's purpose. */
  corrupt(trace: Trace, x: Tensor): Tensor;
}

/** @throws OptionError when the blueprint, read from a file, names what there is not or has options that do not parse. */
export function makeModel(blueprint: Blueprint): Model {
  const kind = made(findKind(blueprint.kind.name), blueprint.kind.options);
  const network = made(findNetwork(blueprint.network.name), blueprint.network.options);
  const likelihood = blueprint.loss === 'cross-entropy' ? bernoulli() : gaussian(blueprint.output);
  const { shape, latent } = blueprint;

  const parts = {
    read(trace: Trace, raw: Tensor): Batch {
      const values = cast(raw, 'float32');
      // A leaf: what a penalty on the encoder's derivatives differentiates by.
      const scaled = leaf(blueprint.inputScale === 1 ? values : multiply(values, blueprint.inputScale));
      const isDrawn = blueprint.binarize === 'sample' && trace.purpose !== 'inference';
      const x = isDrawn ? cast(less(trace.noise.uniform(scaled.shape), scaled), 'float32') : scaled;
      if (!blueprint.hasMissing) return { x };
      // Of the values as they came: drawing makes a number even of what is missing.
      const missing = isNan(scaled);
      return { x: where(missing, 0, x), missing };
    },
    corrupt: (trace: Trace, x: Tensor): Tensor =>
      kind.corrupt && trace.purpose !== 'inference' ? kind.corrupt(x, trace.noise) : x,
    posterior: (trace: Trace, x: Tensor): Posterior =>
      kind.posterior(network.encode(trace, x, latent, kind.headsPerCode)),
    output: (trace: Trace, code: Tensor): Tensor => network.decode(trace, code, shape),
    decode: (trace: Trace, code: Tensor): Tensor => likelihood.mean(parts.output(trace, code)),
    terms(trace: Trace, batch: Batch): Readonly<Record<string, Tensor>> {
      const posterior = parts.posterior(trace, parts.corrupt(trace, batch.x));
      const code = kind.sample && trace.purpose !== 'inference' ? kind.sample(posterior, trace.noise) : posterior.code;
      const output = parts.output(trace, code);
      return kind.terms({ ...batch, posterior, output, likelihood });
    },
  };
  const parameters = collectParameters((trace) =>
    parts.terms(trace, parts.read(trace, input('x', blueprint.inputScale === 1 ? 'float32' : 'uint8', [1, ...shape]))),
  );
  return { ...parts, blueprint, kind, likelihood, parameters };
}

function made<Options, Made>(
  family: { readonly name: string; readonly options: ZodType<Options>; readonly make: (options: Options) => Made },
  options: unknown,
): Made {
  return family.make(parseOptions(family.options, options, family.name));
}
