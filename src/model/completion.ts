/**
 * What is missing of an example, given what is there, by a model whose code is a distribution. Mattei & Frellsen 2019, "MIWAE: deep
 * generative modelling and imputation of incomplete data sets": importance sampling with what the encoder says as proposal.
 *
 *   x ── encode ── q(z|x) ── draw z₁ … z_L ── decode ──┬── wᵢ ∝ p(x there | zᵢ) p(zᵢ) / q(zᵢ|x)
 *                                                      ├── E[x missing | x there] ≈ Σ wᵢ E[x | zᵢ]
 *                                                      └── or a draw: zᵢ with chance wᵢ, then x from p(x | zᵢ)
 */
import type { Random } from '../base/random.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { add, divide, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { reshape, sum } from '../graph/ops/broadcast.ts';
import { logSoftmax } from '../graph/ops/chances.ts';
import { oneHot } from '../graph/ops/comparison.ts';
import { exp, square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { argMax } from '../graph/ops/reduce.ts';
import { scan } from '../graph/ops/scan.ts';
import { transpose } from '../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../graph/tensor.ts';
import { type Examples, exampleFeeds, exampleInputs } from './examples.ts';
import type { Parameters } from './file/model-file.ts';
import { type Batch, type Model, repeatRows } from './model.ts';
import { inRuns, keysFor, parameterFeeds, parameterInputs } from './runner.ts';
import { type Trace, traceWith } from './trace.ts';

/** `mean`: the expectation of what is missing; `draw`: one example that it may have been. */
export type Completing = 'mean' | 'draw';

export interface Completion {
  /**
   * Whole examples `[count, …shape]` in scaled units as the model has them, of categories the chances (`mean`) or one of them
   * (`draw`); what is there is told anew, too: the caller keeps it.
   */
  complete(parameters: Parameters, examples: Examples, how: Completing, random: Random): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Rows that the decoder is given at once: enough to keep the multiplications busy, few enough to stay in the cache. */
const DECODED_ROWS = 4096;

/** Completes by `samples` codes for each example. For kinds with a posterior that is drawn from, and likelihoods that can be. */
export function makeCompletion(engine: Engine, model: Model, samples: number): Completion {
  const programs = new Map<string, Promise<Program>>();
  const batch = Math.max(1, Math.floor(DECODED_ROWS / samples));
  return {
    async complete(parameters, examples, how, random) {
      const program = await (programs.get(how) ?? engine.compile(completionGraph(model, batch, samples, how)));
      programs.set(how, Promise.resolve(program));
      const feeds = { ...parameterFeeds(model, parameters), ...exampleFeeds(model, examples) };
      const { completed } = await inRuns(examples.count, batch, (rows, runs) =>
        program.run({ ...feeds, index: { data: rows, shape: [runs, batch] }, keys: keysFor(runs, random) }),
      );
      return completed;
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

function completionGraph(model: Model, batch: number, samples: number, how: Completing): Record<string, Tensor> {
  const take = exampleInputs(model);
  const index = input('index', 'int32', [2, batch], { anyLength: true });
  const keys = input('keys', 'uint32', [2, 2], { anyLength: true });
  const parameters = parameterInputs(model);
  const { outputs } = scan({ carried: [], scanned: [index, keys] }, (_, [rows, key]) => {
    const trace = traceWith(parameters, { purpose: 'inference', key });
    const read = model.read(trace, take(rows));
    return { carried: [], outputs: [completed(model, trace, read, samples, how)] };
  });
  return { completed: outputs[0] };
}

/** `[batch, …shape]` */
function completed(model: Model, trace: Trace, batch: Batch, samples: number, how: Completing): Tensor {
  const { kind, blueprint } = model;
  const said = model.posterior(trace, batch);
  if (!kind.sample || !said.logVariance) throw new Error('internal: completion needs a kind with a posterior');
  const rows = said.code.shape[0];
  const posterior = { code: repeatRows(said.code, samples), logVariance: repeatRows(said.logVariance, samples) };
  const z = kind.sample(posterior, trace.noise);
  const standardised = divide(subtract(z, posterior.code), exp(multiply(0.5, posterior.logVariance)));
  // log p(z) − log q(z|x); the constants of the two normal densities cancel.
  const logRatio = multiply(0.5, sum(subtract(add(square(standardised), posterior.logVariance), square(z)), [1]));
  const likelihood = model.likelihood(trace);
  const output = model.output(trace, z, batch.label && repeatRows(batch.label, samples));
  const missing = batch.missing && repeatRows(batch.missing, samples);
  const negative = likelihood.negativeLogLikelihood(repeatRows(batch.x, samples), output, missing);
  const logWeights = transpose(reshape(subtract(logRatio, negative), [samples, rows]), [1, 0]);

  if (how === 'draw' && !likelihood.draw) throw new Error('internal: completion needs a likelihood that is drawn from');
  const told = how === 'draw' && likelihood.draw ? likelihood.draw(output, trace.noise) : likelihood.mean(output);
  // [batch, samples]
  const shares =
    how === 'draw'
      ? oneHot(argMax(add(logWeights, trace.noise.gumbel(logWeights.shape))), samples)
      : exp(logSoftmax(logWeights));
  const width = sizeOf(blueprint.shape);
  const weighted = multiply(
    reshape(told, [samples, rows, width]),
    reshape(transpose(shares, [1, 0]), [samples, rows, 1]),
  );
  return sum(weighted, [0]);
}
