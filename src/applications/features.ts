/**
 * `features`: codes as the features of something else. What they tell about labels, beside the same network without pretraining; the
 * groups they fall into; the columns they depend on.
 *
 *   examples ── encode ── codes ──┬── linear ── class or number      beside: encoder fine-tuned, from scratch, linear on the inputs
 *                                 ├── k-means, silhouette
 *                                 └── one column shuffled: how much do they change?
 */
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Examples } from '../model/examples.ts';
import { TASK_BIAS, TASK_WEIGHT, type Targets, trainSupervised } from '../training/supervised.ts';
import { type Clusters, clusterRows } from './clusters.ts';
import { type Dependence, dependenceOf } from './dependence.ts';
import { applyLinear, fitClassifier, fitRegression, type LinearModel, largestOf } from './linear.ts';
import { spreadLabels } from './spread.ts';
import { type Known, makeTask, type Task } from './task.ts';
import { encodeUntold, type TrainedModel } from './trained.ts';

/** On the held-out rows: share of wrong classes, or root mean squared error in units of the target and R². */
export type Score = { readonly error: number } | { readonly rmse: number; readonly r2: number };

export interface TaskResults {
  readonly form: Task['form'];
  readonly names: readonly string[];
  /** Labels that were used, of how many there are. */
  readonly labels: number;
  readonly available: number;
  readonly heldOut: number;
  readonly scores: {
    /** A linear model on codes. */
    readonly probe: Score;
    /** The encoder trained on, from its parameters and those of the linear model. */
    readonly fineTuned?: Score;
    /** The same with unlabelled rows, which are given the labels of their neighbours among the codes. */
    readonly spread?: Score;
    /** The same network, never shown unlabelled rows. */
    readonly scratch: Score;
    /** A linear model on the inputs; not for tokens, nor for more than fits. */
    readonly inputs?: Score;
    /** The most frequent class, or the mean. */
    readonly constant: Score;
  };
}

export interface Features {
  /** Absent where there are neither labels of two classes nor a target. */
  readonly task?: TaskResults;
  /** Of all rows. */
  readonly clusters: Clusters;
  readonly dependence: readonly Dependence[];
  /** `[count, latent]`. */
  readonly codes: Float32Array;
}

export interface FeaturesRequest extends TrainedModel {
  /** The rows that codes are given of. */
  readonly data: Dataset;
  /** Where labels are taken from; `data` when absent. */
  readonly pool?: Dataset;
  /** What is measured on; a quarter of the pool when absent. */
  readonly measured?: Dataset;
  /** Labels that are used; all when absent. */
  readonly labels?: number;
  /** `linear` leaves the encoder as it is. */
  readonly probe: 'linear' | 'fine-tune';
  readonly clusters: number | 'auto';
  readonly random: Random;
  /** Told what is begun. */
  readonly onStage?: (stage: string) => void;
  readonly signal?: AbortSignal;
}

const LEARNING_RATE = 1e-3;
/** Numbers that a linear model on the inputs is fitted to at most: it holds them all. */
const MOST_INPUTS = 5e7;

/** @throws OptionError, DataError as `makeTask`; InterruptedError when cancelled. */
export async function features(request: FeaturesRequest): Promise<Features> {
  const { engine, model, data, pool = data, measured, labels, random } = request;
  const codes = await encodeUntold(request, data);
  const task = makeTask(pool, measured, labels, random.fork('task'));
  return {
    task: task && (await tryOut(request, task)),
    clusters: await clusterRows(engine, codes, model.blueprint.latent, request.clusters, random.fork('clusters')),
    dependence: await dependenceOf(
      (values, count) => encodeUntold(request, { values, count }),
      data,
      random.fork('dependence'),
    ),
    codes,
  };
}

async function tryOut(request: FeaturesRequest, task: Task): Promise<TaskResults> {
  const { model, parameters, probe, random } = request;
  const { form, names, known, heldOut } = task;
  const codes = await encodeUntold(request, known.examples);
  const linear = fitLinear(task, codes, random.fork('probe'));
  const scoreOf = (scores: Float64Array): Score => score(task, scores);
  const trained = async (
    targets: Targets,
    examples: Examples,
    given: FeaturesRequest['parameters'],
  ): Promise<Score> => {
    const { engine, signal } = request;
    const seeded = random.fork('network');
    const found = await trainSupervised({
      engine,
      model,
      examples,
      targets,
      given,
      learningRate: LEARNING_RATE,
      random: seeded,
      signal,
    });
    const head = {
      weight: Float64Array.from(found.get(TASK_WEIGHT) ?? []),
      offset: Float64Array.from(found.get(TASK_BIAS) ?? []),
    };
    const encoder = new Map([...parameters, ...found]);
    return scoreOf(
      unscaled(task, applyLinear(head, await encodeUntold({ ...request, parameters: encoder }, heldOut.examples))),
    );
  };
  const targets = targetsOf(task);
  const start = new Map([...parameters, ...headOf(task, linear)]);
  request.onStage?.('Training the same network from scratch …');
  const scratch = await trained(targets, known.examples, new Map());
  let fineTuned: Score | undefined;
  let spread: Score | undefined;
  if (probe === 'fine-tune') {
    request.onStage?.('Fine-tuning the encoder …');
    fineTuned = await trained(targets, known.examples, start);
    if (form === 'classes' && task.withUnlabelled.count > 2 * known.examples.count) {
      request.onStage?.('Spreading the labels over neighbours, and fine-tuning on those …');
      spread = await trained(await spreadTargets(request, task), task.withUnlabelled, start);
    }
  }
  const hasInputs = model.blueprint.vocabulary === 0 && known.examples.values.length <= MOST_INPUTS;
  return {
    form,
    names,
    labels: known.examples.count,
    available: task.available,
    heldOut: heldOut.examples.count,
    scores: {
      probe: scoreOf(applyLinear(linear, await encodeUntold(request, heldOut.examples))),
      ...(fineTuned ? { fineTuned } : {}),
      ...(spread ? { spread } : {}),
      scratch,
      ...(hasInputs ? { inputs: scoreOf(onInputs(task, model.blueprint.inputScale, random.fork('inputs'))) } : {}),
      constant: scoreOf(constant(task)),
    },
  };
}

function fitLinear({ form, names, known }: Task, values: Float32Array, random: Random): LinearModel {
  if (form === 'numbers') return fitRegression(values, known.answers);
  return fitClassifier({ values, labels: Int32Array.from(known.answers) }, names.length, random);
}

function onInputs(task: Task, scale: number, random: Random): Float64Array {
  const inputs = ({ examples }: Known): Float32Array =>
    Float32Array.from(examples.values, (value) => (Number.isNaN(value) ? 0 : value * scale));
  return applyLinear(fitLinear(task, inputs(task.known), random), inputs(task.heldOut));
}

/** How numbers are scaled for training. */
function scaleOf(answers: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = answers.reduce((total, value) => total + value / answers.length, 0);
  const variance = answers.reduce((total, value) => total + (value - mean) ** 2 / answers.length, 0);
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function targetsOf({ form, names, known: { answers } }: Task): Targets {
  const { mean, deviation } = scaleOf(answers);
  if (form === 'numbers')
    return { form, width: 1, values: Float32Array.from(answers, (value) => (value - mean) / deviation) };
  const values = new Float32Array(answers.length * names.length);
  for (const [row, label] of answers.entries()) values[row * names.length + label] = 1;
  return { form, width: names.length, values };
}

/** The linear model as the first parameters of the task. */
function headOf({ form, known }: Task, { weight, offset }: LinearModel): [string, Float32Array][] {
  const { mean, deviation } = form === 'numbers' ? scaleOf(known.answers) : { mean: 0, deviation: 1 };
  return [
    [TASK_WEIGHT, Float32Array.from(weight, (value) => value / deviation)],
    [TASK_BIAS, Float32Array.from(offset, (value) => (value - mean) / deviation)],
  ];
}

function unscaled({ form, known }: Task, scores: Float64Array): Float64Array {
  if (form === 'classes') return scores;
  const { mean, deviation } = scaleOf(known.answers);
  return scores.map((value) => mean + deviation * value);
}

/** What the neighbours of unlabelled rows say of them. */
async function spreadTargets(request: FeaturesRequest, { names, known, withUnlabelled }: Task): Promise<Targets> {
  const labels = new Int32Array(withUnlabelled.count).fill(-1);
  labels.set(Int32Array.from(known.answers));
  const points = { values: await encodeUntold(request, withUnlabelled), width: request.model.blueprint.latent };
  const values = await spreadLabels(request.engine, points, labels, names.length);
  return { form: 'classes', values, width: names.length };
}

/** The most frequent class or the mean, for every held-out row. */
function constant({ form, names, known, heldOut, commonest }: Task): Float64Array {
  const { count } = heldOut.examples;
  if (form === 'numbers') return new Float64Array(count).fill(scaleOf(known.answers).mean);
  return Float64Array.from({ length: count * names.length }, (_, at) => (at % names.length === commonest ? 1 : 0));
}

function score({ form, names, heldOut: { answers } }: Task, scores: Float64Array): Score {
  const { length } = answers;
  if (form === 'classes') {
    const said = largestOf(scores, names.length);
    return { error: said.filter((label, row) => label !== answers[row]).length / length };
  }
  const { deviation } = scaleOf(answers);
  const square = answers.reduce((total, value, row) => total + (value - scores[row]) ** 2 / length, 0);
  return { rmse: Math.sqrt(square), r2: 1 - square / deviation ** 2 };
}
