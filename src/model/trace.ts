/**
 * Tracing: a model is a set of functions that build graph; a `Trace` is what they build it with. It hands out parameters by
 * name and random numbers by counter, and says what the graph is for.
 */
import type { Random } from '../base/random.ts';
import { constant, input } from '../graph/ops/input.ts';
import { type Shape, sameShape, type Tensor } from '../graph/tensor.ts';
import { type Noise, noiseFrom } from './noise.ts';
import { type BatchPart, type WholeBatch, wholeBatch } from './whole-batch.ts';

/** What a graph is for: dropout acts in training only; corruption and sampling in training and validation; none at inference. */
export type Purpose = 'training' | 'validation' | 'inference';

/** Fills a parameter before training: row-major values of `shape`. */
export type Initialiser = (shape: Shape, random: Random) => Float32Array;

export interface ParameterSpec {
  /** Dotted path, e.g. `encoder.0.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initialise: Initialiser;
  readonly role: ParameterRole;
}

/**
 * What becomes of a parameter in training. Weights follow the gradient and weight decay pulls them to zero; offsets (biases, gains)
 * follow the gradient alone; state is set by the model itself (running means, codebooks).
 */
export type ParameterRole = 'weight' | 'offset' | 'state';

export interface Trace {
  readonly purpose: Purpose;
  readonly noise: Noise;
  /** For what is about all examples of the batch at once. */
  readonly batch: WholeBatch;
  /** The same trace, with names under `name`. */
  in(name: string): Trace;
  /** The parameter `name`; asking twice gives the same one (tied weights), which must then have the same shape. */
  parameter(name: string, shape: Shape, initialise: Initialiser, role: 'weight' | 'offset'): Tensor;
  /** The state `name`: kept with the parameters, but no gradient reaches it. */
  state(name: string, shape: Shape, initialise: Initialiser): Tensor;
  /** What the state `name` is from the next training step on; nothing outside of training. */
  update(name: string, value: Tensor): void;
}

/** Finds out which parameters `build` asks for, in the order of asking. */
export function collectParameters(build: (trace: Trace) => unknown): ParameterSpec[] {
  const specs = new Map<string, ParameterSpec>();
  build(
    makeTrace({
      purpose: 'training',
      noise: noiseFrom(constant([0, 0], [2], 'uint32')),
      batch: wholeBatch(),
      parameter: (spec) => {
        const known = specs.get(spec.name);
        if (known && !sameShape(known.shape, spec.shape))
          throw new Error(`internal: parameter ${spec.name} was asked for as [${known.shape}] and as [${spec.shape}]`);
        if (!known) specs.set(spec.name, spec);
        return input(spec.name, 'float32', spec.shape);
      },
      update: () => {},
    }),
  );
  return [...specs.values()];
}

export interface TraceOptions {
  readonly purpose: Purpose;
  /** What the noise follows from, uint32 `[2]`. */
  readonly key: Tensor;
  /** Told the next values of states, by name. */
  readonly update?: (name: string, value: Tensor) => void;
  /** Which rows of the batch the graph is for, where it is not for all of them. */
  readonly part?: BatchPart;
}

/** A trace over parameters that exist already as tensors of a graph. */
export function traceWith(parameters: ReadonlyMap<string, Tensor>, options: TraceOptions): Trace {
  return makeTrace({
    purpose: options.purpose,
    noise: noiseFrom(options.key, options.part),
    batch: wholeBatch(options.part),
    parameter: ({ name }) => {
      const tensor = parameters.get(name);
      if (!tensor) throw new Error(`internal: the model has no parameter ${name}`);
      return tensor;
    },
    update: (name, value) => {
      if (options.purpose === 'training') options.update?.(name, value);
    },
  });
}

interface TraceContext {
  readonly purpose: Purpose;
  readonly noise: Noise;
  readonly batch: WholeBatch;
  readonly parameter: (spec: ParameterSpec) => Tensor;
  readonly update: (name: string, value: Tensor) => void;
}

function makeTrace(context: TraceContext, path = ''): Trace {
  const ask = (name: string, shape: Shape, initialise: Initialiser, role: ParameterRole): Tensor =>
    context.parameter({ name: `${path}${name}`, shape, initialise, role });
  return {
    purpose: context.purpose,
    noise: context.noise,
    batch: context.batch,
    in: (name) => makeTrace(context, `${path}${name}.`),
    parameter: ask,
    state: (name, shape, initialise) => ask(name, shape, initialise, 'state'),
    update: (name, value) => context.update(`${path}${name}`, value),
  };
}
