/**
 * An encoder trained for a task: a linear layer on its code gives logits of classes, or numbers.
 *
 *   x ── encoder ── code ── task ── −Σ t log softmax(ŷ), or ½ Σ (t − ŷ)²
 *
 * The step is the one that autoencoders are trained by; the decoder has no part in it.
 */
import { InterruptedError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { type Engine, float32, type HostTensor } from '../engine/engine.ts';
import { multiply, subtract } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { logSoftmax } from '../graph/ops/chances.ts';
import { square } from '../graph/ops/elementwise.ts';
import { input } from '../graph/ops/input.ts';
import { gather } from '../graph/ops/shape.ts';
import { type Examples, exampleFeeds } from '../model/examples.ts';
import type { Parameters } from '../model/file/model-file.ts';
import { dense } from '../model/layers/dense.ts';
import { zeros } from '../model/layers/initialisers.ts';
import type { Batch, Model, RawBatch } from '../model/model.ts';
import { collectParameters, type Trace } from '../model/trace.ts';
import { layOut } from './layout.ts';
import { makeOptimiser } from './optimisers.ts';
import { defaultsFor, trainingSchema } from './options.ts';
import { learningRateAt } from './schedules.ts';
import { initialState, parametersOf } from './state.ts';
import { nextName, stateName, trainingGraph } from './step.ts';

/** What is asked of every example, `[count, width]`: chances of classes, which sum to 1, or numbers. */
export interface Targets {
  readonly form: 'classes' | 'numbers';
  readonly values: Float32Array;
  readonly width: number;
}

/** Names of the linear layer's parameters, `[latent, width]` and `[width]`. */
export const TASK_WEIGHT = 'task.weight';
export const TASK_BIAS = 'task.bias';

export interface SupervisedRequest {
  readonly engine: Engine;
  readonly model: Model;
  readonly examples: Examples;
  readonly targets: Targets;
  /** Parameters to start with, by name; fresh ones for the others. */
  readonly given: Parameters;
  readonly learningRate: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
}

/** Steps of one run of the runtime. */
const BLOCK = 64;
/** A few dozen rows would else be a few hundred steps. */
const LEAST_STEPS = 1000;

/**
 * The parameters of encoder and task after training on all of the examples; about as many steps as a training of autoencoders of that size.
 *
 * @throws InterruptedError when cancelled.
 */
export async function trainSupervised(request: SupervisedRequest): Promise<Parameters> {
  const { engine, examples, targets, given, random, signal } = request;
  const model = withTask(request.model, targets);
  const { learningRate } = request;
  const usual = defaultsFor(examples.count);
  const batchSize = Math.min(usual.batchSize, examples.count);
  const stepsPerEpoch = Math.floor(examples.count / batchSize);
  const epochs = Math.max(usual.epochs, Math.ceil(LEAST_STEPS / stepsPerEpoch));
  const options = trainingSchema.parse({ epochs, batchSize, learningRate });
  const optimiser = makeOptimiser(options);
  const groups = layOut(model.parameters, false);
  const graph = trainingGraph(model, groups, optimiser, { batchSize, clip: 0 });
  const program = await engine.compile(graph.outputs);
  const rows = Int32Array.from({ length: examples.count }, (_, row) => row);
  const fixed = {
    ...exampleFeeds(model, { ...examples, labels: { values: rows } }),
    targets: float32(targets.values, [examples.count, targets.width]),
  };
  let state = initialState(groups, optimiser.slotCount, random.fork('parameters'), given);
  const steps = stepsPerEpoch * options.epochs;
  const keys = random.fork('noise');
  try {
    let order: Int32Array = new Int32Array(0);
    for (let step = 0; step < steps; ) {
      if (signal?.aborted) throw new InterruptedError('training for the task interrupted');
      const inEpoch = step % stepsPerEpoch;
      if (inEpoch === 0) order = random.fork(`order ${step}`).permutation(examples.count);
      const count = Math.min(BLOCK, stepsPerEpoch - inEpoch);
      const feeds: Record<string, HostTensor> = {
        ...fixed,
        index: { data: order.slice(inEpoch * batchSize, (inEpoch + count) * batchSize), shape: [count, batchSize] },
        keys: { data: Uint32Array.from({ length: 2 * count }, () => keys.bits()), shape: [count, 2] },
      };
      const scalars = Array.from({ length: count }, (_, k) => {
        const at = step + k;
        return optimiser.scalars(at + 1, learningRateAt(options, { share: at / steps, epoch: at / stepsPerEpoch }));
      });
      for (const name of graph.scalarNames) feeds[`scalar.${name}`] = float32(scalars.map((numbers) => numbers[name]));
      for (const [group, vectors] of state.vectors)
        for (const [slot, data] of vectors.entries()) feeds[stateName(group, slot)] = { data, shape: group.shape };
      const results = await program.run(feeds);
      const vectors = new Map(
        [...state.vectors].map(([group, old]) => [
          group,
          old.map((_, slot) => results[nextName(group, slot)].data as Float32Array),
        ]),
      );
      state = { ...state, vectors };
      step += count;
    }
    return parametersOf(state);
  } finally {
    await program.dispose();
  }
}

/** The model as the training step knows it, with the task for its only term: for `trainingGraph` alone. */
function withTask(model: Model, { form, width }: Targets): Model {
  const read = (trace: Trace, { values, labels }: RawBatch): Batch => {
    if (!labels) throw new Error('internal: rows of the targets were expected');
    const { x, missing } = model.read(trace, { values });
    // `labels` are the rows of the examples: what is asked of them may be any number.
    return { x, missing, label: gather(input('targets', 'float32', [2, width], { anyLength: true }), labels) };
  };
  const terms = (trace: Trace, { x, missing, label }: Batch): Record<string, ReturnType<typeof sum>> => {
    if (!label) throw new Error('internal: targets were expected');
    const { code } = model.posterior(trace, { x, missing });
    const said = dense(trace.in('task'), code, width, zeros);
    const cost = form === 'classes' ? multiply(-1, multiply(label, logSoftmax(said))) : square(subtract(said, label));
    return { task: multiply(form === 'classes' ? 1 : 0.5, sum(cost, [1])) };
  };
  const { shape, inputScale } = model.blueprint;
  const parameters = collectParameters((trace) => {
    const values = input('x', inputScale === 1 ? 'float32' : 'uint8', [1, ...shape]);
    terms(trace, read(trace, { values, labels: input('labels', 'int32', [1]) }));
  });
  return {
    ...model,
    blueprint: { ...model.blueprint, classes: 1 },
    kind: { ...model.kind, weights: undefined, apart: undefined },
    projection: undefined,
    parameters,
    termNames: ['task'],
    read,
    terms,
  };
}
