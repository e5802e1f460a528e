/** A blueprint brought to life: functions that build the graph of its parts. Numbers are somebody else's business. */
import type { ZodType } from 'zod';
import { parseOptions } from '../base/options.ts';
import { add, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { broadcastTo, reshape } from '../graph/ops/broadcast.ts';
import { cast, isNan, less, oneHot, where } from '../graph/ops/comparison.ts';
import { input, leaf } from '../graph/ops/input.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { concat, slice } from '../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import { type Blueprint, findKind, findNetwork } from './blueprint.ts';
import type { KindParts, Posterior } from './kinds/kind.ts';
import { filledWith, zeros } from './layers/initialisers.ts';
import { runningMean, startedMean } from './layers/running-mean.ts';
import { embedded } from './networks/embedded.ts';
import type { Chain, Feedback, Network } from './networks/network.ts';
import { categorical } from './terms/categorical.ts';
import { bernoulli, gaussian, type Likelihood } from './terms/likelihood.ts';
import { mixed, numbersIn } from './terms/mixed.ts';
import { multinomial } from './terms/multinomial.ts';
import { collectParameters, type ParameterSpec, type Trace } from './trace.ts';

/** A batch as the model sees it. */
export interface Batch {
  /** `[batch, …shape]`, float32 and finite; tokens are one-hot, `[batch, …shape, vocabulary]`. */
  readonly x: Tensor;
  /** Where x was missing, as bool; absent when nothing can be. */
  readonly missing?: Tensor;
  /** What is to be told instead of x, which the encoder is shown, and where that is missing; present where they differ. */
  readonly target?: Pick<Batch, 'x' | 'missing'>;
  /** Classes, one-hot `[batch, classes]`; a row of zeros where unknown. Present in models that are told the class. */
  readonly label?: Tensor;
}

/** A batch as the data holds it. */
export interface RawBatch {
  /** `[batch, …shape]`, uint8 or float32. */
  readonly values: Tensor;
  /** What is to be told, where that is not `values`: of the same form. */
  readonly target?: Tensor;
  /** int32 `[batch]`, −1 where unknown. */
  readonly labels?: Tensor;
}

export interface Model {
  readonly blueprint: Blueprint;
  readonly kind: KindParts;
  /** The distribution of the data around the decoder's output. */
  likelihood(trace: Trace): Likelihood;
  readonly parameters: readonly ParameterSpec[];
  /** Names of what `terms` gives. */
  readonly termNames: readonly string[];
  /** The parameter that the kind keeps within a constraint, and how. */
  readonly projection?: { readonly parameter: string; readonly project: (value: Tensor) => Tensor };
  /** Raw values as the model sees them for this trace's purpose. */
  read(trace: Trace, raw: RawBatch): Batch;
  /** Named terms of the loss, each `[batch]`, in nats, unweighted. */
  terms(trace: Trace, batch: Batch): Readonly<Record<string, Tensor>>;
  posterior(trace: Trace, batch: Batch): Posterior;
  /** Codes `[batch, latent]` to reconstructions `[batch, …shape]`; `label` as in `Batch`. */
  decode(trace: Trace, code: Tensor, label?: Tensor): Tensor;
  /**
   * Codes `[batch, latent]` to the parameters of the likelihood, `[batch, …likelihood.outputShape(shape)]`; a decoder that reads what it
   * gave before reads what `feedback` says, else what it told itself.
   */
  output(trace: Trace, code: Tensor, label?: Tensor, feedback?: Partial<Feedback>): Tensor;
  /** Of a code that is a map: its channels; as many as numbers in other codes. */
  readonly codeChannels: number;
  /** What codes are rounded to multiples of, `[qualities, codeChannels]`; absent where they are not. */
  readonly steps?: (trace: Trace) => Tensor;
  /** Codes from the prior, `[count, latent]`; absent where there is none. */
  readonly prior?: (trace: Trace, count: number) => Tensor;
  /** Layer by layer, where the network is such; of what data is read to be and of the code as it is decoded. */
  readonly chain?: Chain;
  /** What the encoder sees of x for this trace's purpose. */
  corrupt(trace: Trace, x: Tensor): Tensor;
}

/** @throws OptionError when the blueprint, read from a file, names what there is not or has options that do not parse. */
export function makeModel(blueprint: Blueprint): Model {
  const kind = made(findKind(blueprint.kind.name), blueprint.kind.options, blueprint.classes);
  const network = networkOf(blueprint);
  const likelihood = (trace: Trace): Likelihood => likelihoodOf(blueprint, trace);
  const { shape, latent, classes, decoders, vocabulary, ahead } = blueprint;
  const { prior: draw } = kind;
  const isTold = kind.labels === 'told';
  const { codeChannels = latent } = network;
  const { steps } = kind;

  const read = (trace: Trace, { values, target, labels }: RawBatch): Batch => ({
    ...readValues(trace, values),
    ...(target ? { target: readValues(trace, target) } : {}),
    label: labels && oneHot(labels, classes),
  });
  const readValues = (trace: Trace, raw: Tensor): Pick<Batch, 'x' | 'missing'> => {
    if (vocabulary > 0) return readTokens(raw, vocabulary, blueprint.hasMissing);
    const values = cast(raw, 'float32');
    const scaled = blueprint.inputScale === 1 ? values : multiply(values, blueprint.inputScale);
    const isDrawn = blueprint.binarize === 'sample' && trace.purpose !== 'inference';
    const x = isDrawn ? cast(less(trace.noise.uniform(scaled.shape), scaled), 'float32') : scaled;
    if (!blueprint.hasMissing) return { x };
    // Of the values as they came: drawing makes a number even of what is missing.
    const missing = isNan(scaled);
    return { x: where(missing, 0, x), missing };
  };
  const corrupt = (trace: Trace, x: Tensor): Tensor =>
    kind.corrupt && trace.purpose !== 'inference' ? kind.corrupt(x, trace.noise) : x;
  const seenFrom = (trace: Trace, x: Tensor, missing?: Tensor): Tensor => {
    if (!kind.isCentred) return x;
    const differences = subtract(x, runningMean(ofKind(trace), x));
    return missing ? where(missing, 0, differences) : differences;
  };
  /** `[batch, time, channels]` without the steps that the encoder is not shown. */
  const past = (x: Tensor): Tensor => (ahead > 0 ? slice(x, 1, 0, shape[0] - ahead) : x);
  const head = (trace: Trace, { x, missing, label }: Batch): Tensor => {
    const shown = past(seenFrom(trace, x, missing));
    const said = network.encode(trace, shown, latent, kind.headsPerCode, missing && past(missing));
    // A class moves the head; together with the decoder's copy of it that is enough to leave it out of the code.
    return label && isTold ? add(said, matmul(label, classWeight(trace, said.shape[1]))) : said;
  };
  const classWeight = (trace: Trace, width: number): Tensor =>
    trace.in('condition').parameter('weight', [classes, width], zeros, 'weight');
  const output = (trace: Trace, code: Tensor, label?: Tensor, feedback?: Partial<Feedback>): Tensor => {
    const { outputShape, outputOf, mean, shown = mean } = likelihood(trace);
    const given = label && isTold ? concat([code, label], 1) : code;
    const decodedBy = (own: Trace): Tensor => network.decode(own, given, outputShape(shape), { shown, ...feedback });
    const said = label && decoders === 'each' ? byClass(label, (name) => decodedBy(trace.in(name))) : decodedBy(trace);
    return kind.isCentred && outputOf ? add(said, outputOf(startedMean(ofKind(trace), said))) : said;
  };
  const ofKind = (trace: Trace): Trace => trace.in('kind');

  const terms = (trace: Trace, batch: Batch): Readonly<Record<string, Tensor>> => {
    const { x, label, target = batch } = batch;
    const corrupted = corrupt(trace, x);
    const seen = kind.asksForSlopes ? leaf(corrupted) : corrupted;
    const said = head(trace, { ...batch, x: seen });
    const posterior = kind.posterior(said, ofKind(trace), codeChannels);
    const decode = (code: Tensor): Tensor => {
      const times = code.shape[0] / x.shape[0];
      return output(trace, code, label && repeatRows(label, times), { target: repeatRows(target.x, times) });
    };
    return kind.terms({
      x,
      ...(kind.asksForSlopes ? { input: seen } : {}),
      label,
      head: said,
      posterior,
      code: kind.sample && trace.purpose !== 'inference' ? kind.sample(posterior, trace.noise) : posterior.code,
      codeChannels,
      trace: ofKind(trace),
      decode,
      negativeLogLikelihood(code) {
        const times = code.shape[0] / x.shape[0];
        return likelihood(trace).negativeLogLikelihood(
          repeatRows(target.x, times),
          decode(code),
          target.missing && repeatRows(target.missing, times),
        );
      },
    });
  };
  let termNames: readonly string[] = [];
  const parameters = collectParameters((trace) => {
    const values = input('x', blueprint.inputScale === 1 ? 'float32' : 'uint8', [1, ...shape]);
    const labels = classes > 0 ? input('labels', 'int32', [1]) : undefined;
    termNames = Object.keys(terms(trace, read(trace, { values, labels })));
  });
  return {
    blueprint,
    kind,
    likelihood,
    parameters,
    termNames,
    projection: decoders === 'one' ? projectionOf(kind, network) : undefined,
    read,
    corrupt,
    output,
    terms,
    codeChannels,
    chain: classes === 0 && vocabulary === 0 && !kind.isCentred ? network.chain : undefined,
    steps: steps && ((trace) => steps(ofKind(trace), codeChannels)),
    prior: draw && ((trace, count) => draw(ofKind(trace), [count, latent])),
    posterior: (trace, batch) => kind.posterior(head(trace, batch), ofKind(trace), codeChannels),
    decode: (trace, code, label) => likelihood(trace).mean(output(trace, code, label)),
  };
}

/** What each row's own class says, `[batch, classes]` one-hot; zeros where it is unknown. */
function byClass(label: Tensor, saidBy: (name: string) => Tensor): Tensor {
  const [batch, classes] = label.shape;
  return Array.from({ length: classes }, (_, at) => {
    const said = saidBy(`class${at}`);
    const own = reshape(slice(label, 1, at, at + 1), [batch, ...said.shape.slice(1).map(() => 1)]);
    return multiply(said, own);
  }).reduce((sum, part) => add(sum, part));
}

function networkOf({ network: { name, options }, embedding, vocabulary }: Blueprint): Network {
  const network = made(findNetwork(name), options);
  return embedding > 0 ? embedded(network, vocabulary, embedding) : network;
}

/** Tokens as numbers, `[batch, …shape]`, NaN where missing: one-hot, `[batch, …shape, vocabulary]`. */
function readTokens(values: Tensor, vocabulary: number, hasMissing: boolean): Pick<Batch, 'x' | 'missing'> {
  if (!hasMissing) return { x: oneHot(cast(values, 'int32'), vocabulary) };
  const missing = isNan(values);
  const x = oneHot(cast(where(missing, -1, values), 'int32'), vocabulary);
  return { x, missing: broadcastTo(reshape(missing, [...values.shape, 1]), x.shape) };
}

/** The distribution that the blueprint's loss is the negative logarithm of. */
function likelihoodOf({ loss, output, variance, shape, categories, vocabulary }: Blueprint, trace: Trace): Likelihood {
  const logVariance = (count: number): Tensor | undefined =>
    variance === 'learned' && count > 0
      ? trace.in('likelihood').parameter('logVariance', [count], startingVariance, 'offset')
      : undefined;
  switch (loss) {
    case 'cross-entropy':
      return bernoulli();
    case 'squared-error':
      return gaussian(output, logVariance(1));
    case 'mixed':
      return mixed({ categories, output, logVariance: logVariance(numbersIn(sizeOf(shape), categories)) });
    case 'categorical':
      return categorical(vocabulary);
    case 'multinomial':
      return multinomial();
    default:
      return loss satisfies never;
  }
}

/** log σ² before training: of an error that a fresh net soon gets below. */
const startingVariance = filledWith(-2);

function projectionOf({ project }: KindParts, { dictionary }: Network): Model['projection'] {
  return project && dictionary !== undefined ? { parameter: dictionary, project } : undefined;
}

/** The rows of x as a whole, `times` times over. */
export function repeatRows(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const [rows, ...row] = x.shape;
  return reshape(broadcastTo(reshape(x, [1, rows, ...row]), [times, rows, ...row]), [times * rows, ...row]);
}

function made<Options, Made>(
  family: {
    readonly name: string;
    readonly options: ZodType<Options>;
    readonly make: (options: Options, classes?: number) => Made;
  },
  options: unknown,
  classes?: number,
): Made {
  return family.make(parseOptions(family.options, options, family.name), classes);
}
