/**
 * A model at work: encode, decode, reconstruct, losses, over any number of examples.
 *
 * Programs are compiled when first asked for, one for each task and batch size; a run loops over batches inside the runtime.
 */
import type { Random } from '../base/random.ts';
import { type Engine, float32, type HostTensor, type Program } from '../engine/engine.ts';
import { add, divide, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { cast, oneHot } from '../graph/ops/comparison.ts';
import { exp, square } from '../graph/ops/elementwise.ts';
import { constant, input } from '../graph/ops/input.ts';
import { scan } from '../graph/ops/scan.ts';
import { gather } from '../graph/ops/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Blueprint } from './blueprint.ts';
import { type Examples, exampleFeeds, exampleInputs, labelFeeds, labelInput } from './examples.ts';
import type { Parameters } from './file/model-file.ts';
import type { Batch, Model } from './model.ts';
import { type Trace, traceWith } from './trace.ts';

/** Mean of (x − x̂)² over the values that are not missing; of tokens, the share that is told wrongly. */
export function meanSquaredError({ values }: Examples, rebuilt: Float32Array, blueprint: Blueprint): number {
  let total = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const error = squaredErrorAt(blueprint, values[i] * blueprint.inputScale, rebuilt[i]);
    if (Number.isNaN(error)) continue;
    total += error;
    count++;
  }
  return total / count;
}

/** (x − x̂)² of one value, NaN where it is missing; of a token, 1 where it is told wrongly. */
export function squaredErrorAt({ vocabulary }: Blueprint, value: number, rebuilt: number): number {
  const error = value - rebuilt;
  return vocabulary > 0 && error !== 0 && !Number.isNaN(error) ? 1 : error * error;
}

/** What a task gives for each example, by name: `[count, …]` row-major, flat. */
export type PerExample = Record<string, Float32Array>;

export interface Runner {
  /** `code` `[count, latent]`, and `logVariance`, `choice` (`[count, positions]`, whole numbers) or `unrounded` where the kind has one. */
  encode(parameters: Parameters, examples: Examples): Promise<PerExample>;
  /** `code` `[count, latent]` drawn from the prior. For kinds with a prior. */
  drawCodes(parameters: Parameters, count: number, random: Random): Promise<Float32Array>;
  /** Reconstructions in the model's scaled units, `[count, …shape]`, from codes `[count, latent]` (and the class of each). */
  decode(parameters: Parameters, codes: Float32Array, labels?: Int32Array): Promise<Float32Array>;
  /** As `decode`, but each drawn from the distribution whose mean that is; a category one-hot. For likelihoods that can be drawn from. */
  drawAround(parameters: Parameters, codes: Float32Array, random: Random, labels?: Int32Array): Promise<Float32Array>;
  /** `reconstruction` `[count, …shape]` of clean input, without noise, in scaled units. */
  reconstruct(parameters: Parameters, examples: Examples): Promise<PerExample>;
  /** `corrupted` `[count, …shape]`, as the encoder sees it in training, and its `reconstruction`. */
  denoise(parameters: Parameters, examples: Examples, random: Random): Promise<PerExample>;
  /**
   * Every term of the loss with its validation noise, in nats; and `squaredError` without noise: Σ (x − x̂)², or the number of tokens
   * that are told wrongly.
   */
  losses(parameters: Parameters, examples: Examples, random: Random): Promise<PerExample>;
  /** `squaredError` of `losses` alone: what a request for scores costs least by. */
  errors(parameters: Parameters, examples: Examples): Promise<PerExample>;
  /**
   * log p(x) of each example by importance sampling with `samples` codes drawn from the posterior, in nats: a lower bound that
   * tightens with the number of samples. Burda, Grosse & Salakhutdinov 2016, eq. 8. For kinds with a prior.
   */
  logLikelihood(parameters: Parameters, examples: Examples, samples: number, random: Random): Promise<Float64Array>;
  dispose(): Promise<void>;
}

interface Inputs {
  /** Without noise, and with the noise of validation. */
  readonly clean: Trace;
  readonly noisy: Trace;
  readonly batch: Batch;
  /** The batch as training sees it, where that differs. */
  readonly noisyBatch: Batch;
}

type Task = (model: Model, inputs: Inputs) => Record<string, Tensor>;

const encodeTask: Task = (model, { clean, batch }) => {
  const { code, logVariance, choice, unrounded } = model.posterior(clean, batch);
  return {
    code,
    ...(logVariance ? { logVariance } : {}),
    ...(choice ? { choice: cast(choice, 'float32') } : {}),
    ...(unrounded ? { unrounded } : {}),
  };
};

const reconstructTask: Task = (model, { clean, batch }) => ({
  reconstruction: model.decode(clean, model.posterior(clean, batch).code, batch.label),
});

const denoiseTask: Task = (model, { clean, noisy, batch }) => {
  const corrupted = model.corrupt(noisy, batch.x);
  const { code } = model.posterior(clean, { ...batch, x: corrupted });
  return { corrupted, reconstruction: model.decode(clean, code, batch.label) };
};

const errorsTask: Task = (model, { clean, batch }) => {
  const output = model.output(clean, model.posterior(clean, batch).code, batch.label);
  const { x, missing } = batch.target ?? batch;
  return { squaredError: model.likelihood(clean).squaredError(x, output, missing) };
};

const lossesTask: Task = (model, inputs) => ({
  ...model.terms(inputs.noisy, inputs.noisyBatch),
  ...errorsTask(model, inputs),
});

/** log p(x|z) + log p(z) − log q(z|x) for one draw of z; the constants of the two normal densities cancel. */
const logWeightTask: Task = (model, { noisy, batch }) => {
  const { x, missing } = batch.target ?? batch;
  const posterior = model.posterior(noisy, batch);
  const { kind } = model;
  if (!kind.sample || !posterior.logVariance)
    throw new Error('internal: importance sampling needs a kind with a posterior');
  const z = kind.sample(posterior, noisy.noise);
  const standardised = divide(subtract(z, posterior.code), exp(multiply(0.5, posterior.logVariance)));
  const logRatio = multiply(0.5, subtract(add(square(standardised), posterior.logVariance), square(z)));
  const output = model.output(noisy, z, batch.label, { target: x });
  const negative = model.likelihood(noisy).negativeLogLikelihood(x, output, missing);
  return { logWeight: subtract(sum(logRatio, [1]), negative) };
};

/** Rows of a batch: enough to keep the multiplications busy, few enough to stay in the cache. */
export const BATCH = 128;
/** Batches in one run: bounds the memory that outputs take. */
const BATCHES_PER_RUN = 128;

/**
 * `lasting` are parameters that stay as they are: whole batches with them find the weights laid out for the runtime beforehand, in
 * exchange for a copy of them in each program.
 */
export function makeRunner(engine: Engine, model: Model, lasting?: Parameters): Runner {
  const programs = new Map<string, Promise<Program>>();
  const compiled = (key: string, build: () => Record<string, Tensor>): Promise<Program> => {
    const known = programs.get(key) ?? engine.compile(build());
    programs.set(key, known);
    return known;
  };

  const overExamples = async (
    name: string,
    task: Task,
    parameters: Parameters,
    examples: Examples,
    random?: Random,
    repeats = 1,
  ): Promise<PerExample> => {
    const total = examples.count * repeats;
    // Terms about the batch as a whole need one without doubles.
    const batch = model.kind.comparesBatch ? Math.min(BATCH, total) : batchFor(total);
    const target = examples.told !== undefined;
    const isLaidOut = parameters === lasting && batch === BATCH;
    const key = `${name} ${batch}${target ? ' other' : ''}${isLaidOut ? ' laid out' : ''}`;
    const inGraph = () => (isLaidOut ? parameterConstants(model, parameters) : parameterInputs(model));
    const program = await compiled(key, () => exampleGraph(model, task, batch, target, inGraph()));
    const feeds = {
      ...(isLaidOut ? {} : parameterFeeds(model, parameters, parameters === lasting)),
      ...exampleFeeds(model, examples),
    };
    return inRuns(total, batch, (positions, runs) => {
      const rows = repeats === 1 ? positions : positions.map((position) => Math.floor(position / repeats));
      return program.run({ ...feeds, index: { data: rows, shape: [runs, batch] }, keys: keysFor(runs, random) });
    });
  };

  const decoded = async (
    parameters: Parameters,
    codes: Float32Array,
    labels?: Int32Array,
    random?: Random,
  ): Promise<Float32Array> => {
    const { latent } = model.blueprint;
    const count = codes.length / latent;
    const batch = batchFor(count);
    const isDrawn = random !== undefined;
    const key = `decode ${batch}${isDrawn ? ' drawn' : ''}`;
    const program = await compiled(key, () => decodeGraph(model, batch, isDrawn));
    const feeds = {
      ...parameterFeeds(model, parameters, parameters === lasting),
      codes: float32(codes, [count, latent]),
      ...labelFeeds(model, labels),
    };
    const { reconstruction } = await inRuns(count, batch, (rows, runs) =>
      program.run({ ...feeds, index: { data: rows, shape: [runs, batch] }, keys: keysFor(runs, random) }),
    );
    return reconstruction;
  };

  return {
    encode: (parameters, examples) => overExamples('encode', encodeTask, parameters, examples),
    reconstruct: (parameters, examples) => overExamples('reconstruct', reconstructTask, parameters, examples),
    denoise: (parameters, examples, random) => overExamples('denoise', denoiseTask, parameters, examples, random),
    losses: (parameters, examples, random) => overExamples('losses', lossesTask, parameters, examples, random),
    errors: (parameters, examples) => overExamples('errors', errorsTask, parameters, examples),
    async logLikelihood(parameters, examples, samples, random) {
      const { logWeight } = await overExamples('log weight', logWeightTask, parameters, examples, random, samples);
      return Float64Array.from({ length: examples.count }, (_, i) =>
        logMeanExp(logWeight.subarray(i * samples, (i + 1) * samples)),
      );
    },
    async drawCodes(parameters, count, random) {
      const batch = batchFor(count);
      const program = await compiled(`draw ${batch}`, () => priorGraph(model, batch));
      const feeds = parameterFeeds(model, parameters);
      const { code } = await inRuns(count, batch, (_, runs) => program.run({ ...feeds, keys: keysFor(runs, random) }));
      return code;
    },
    decode: (parameters, codes, labels) => decoded(parameters, codes, labels),
    drawAround: (parameters, codes, random, labels) => decoded(parameters, codes, labels, random),
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

/** A key of noise for every run. */
export function keysFor(runs: number, random: Random | undefined): HostTensor {
  return { data: Uint32Array.from({ length: 2 * runs }, () => random?.bits() ?? 0), shape: [runs, 2] };
}

function logMeanExp(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  let total = 0;
  for (const value of values) total += Math.exp(value - largest);
  return largest + Math.log(total / values.length);
}

/** Small requests get small batches (a power of two), so that one row does not pay for many. */
export function batchFor(count: number): number {
  return Math.min(BATCH, 2 ** Math.ceil(Math.log2(Math.max(1, count))));
}

/** Calls `run` with rows 0 … count − 1 in batches (the last one filled up with the first rows) and joins what it gives. */
export async function inRuns(
  count: number,
  batch: number,
  run: (rows: Int32Array, runs: number) => Promise<Record<string, HostTensor>>,
): Promise<PerExample> {
  const joined: PerExample = {};
  const step = batch * BATCHES_PER_RUN;
  for (let start = 0; start < count; start += step) {
    const used = Math.min(step, count - start);
    const runs = Math.ceil(used / batch);
    const rows = new Int32Array(runs * batch);
    for (let i = 0; i < rows.length; i++) rows[i] = (start + i) % count;
    for (const [name, { data }] of Object.entries(await run(rows, runs))) {
      const width = data.length / (runs * batch);
      joined[name] ??= new Float32Array(count * width);
      joined[name].set((data as Float32Array).subarray(0, used * width), start * width);
    }
  }
  return joined;
}

function exampleGraph(
  model: Model,
  task: Task,
  batch: number,
  hasTarget: boolean,
  parameters: ReadonlyMap<string, Tensor>,
): Record<string, Tensor> {
  const take = exampleInputs(model, hasTarget);
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  let names: string[] = [];
  const { outputs } = scan({ carried: [], scanned: [index, keys] }, (_, [rows, key]) => {
    const traces = {
      clean: traceWith(parameters, { purpose: 'inference', key }),
      noisy: traceWith(parameters, { purpose: 'validation', key }),
    };
    const raw = take(rows);
    const results = task(model, {
      ...traces,
      batch: model.read(traces.clean, raw),
      noisyBatch: model.read(traces.noisy, raw),
    });
    names = Object.keys(results);
    return { carried: [], outputs: Object.values(results) };
  });
  return Object.fromEntries(names.map((name, at) => [name, outputs[at]]));
}

function decodeGraph(model: Model, batch: number, isDrawn: boolean): Record<string, Tensor> {
  const codes = input('codes', 'float32', [2, model.blueprint.latent], { anyLength: true });
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  const labels = labelInput(model);
  const parameters = parameterInputs(model);
  const { outputs } = scan({ carried: [], scanned: [index, keys] }, (_, [rows, key]) => {
    const trace = traceWith(parameters, { purpose: 'inference', key });
    const code = gather(codes, rows);
    const label = labels && oneHot(gather(labels, rows), model.blueprint.classes);
    const told = isDrawn ? drawnAround(model, trace, code, label) : model.decode(trace, code, label);
    return { carried: [], outputs: [told] };
  });
  return { reconstruction: outputs[0] };
}

function drawnAround(model: Model, trace: Trace, code: Tensor, label: Tensor | undefined): Tensor {
  const { draw } = model.likelihood(trace);
  if (!draw) throw new Error('internal: a likelihood that cannot be drawn from was asked to');
  return draw(model.output(trace, code, label), trace.noise);
}

function priorGraph(model: Model, batch: number): Record<string, Tensor> {
  const { prior } = model;
  if (!prior) throw new Error('internal: a kind without a prior was asked to draw from it');
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  const parameters = parameterInputs(model);
  const { outputs } = scan({ carried: [], scanned: [keys] }, (_, [key]) => ({
    carried: [],
    outputs: [prior(traceWith(parameters, { purpose: 'inference', key }), batch)],
  }));
  return { code: outputs[0] };
}

export function parameterInputs(model: Model): Map<string, Tensor> {
  return new Map(model.parameters.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
}

function parameterConstants(model: Model, parameters: Parameters): Map<string, Tensor> {
  return new Map(model.parameters.map(({ name, shape }) => [name, constant(valuesOf(parameters, name), shape)]));
}

/** `lasts` where they stay as they are. */
export function parameterFeeds(model: Model, parameters: Parameters, lasts = false): Record<string, HostTensor> {
  return Object.fromEntries(
    model.parameters.map(({ name, shape }) => [name, { data: valuesOf(parameters, name), shape, lasts }]),
  );
}

function valuesOf(parameters: Parameters, name: string): Float32Array {
  const values = parameters.get(name);
  if (!values) throw new Error(`internal: no values for parameter ${name}`);
  return values;
}
