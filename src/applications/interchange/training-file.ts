/**
 * The training step as one ONNX file, which learns on any runtime: many steps a run, over rows of raw data that are fed whole.
 *
 *   data ── scaling ───────────────────────────┐
 *   index [steps, batch] ──────────────────────┤
 *   step, learning_rate ── optimiser's numbers ┼── the loop of `training/step.ts` ── next_state, loss
 *   noise, step ── a key for each step ────────┤
 *   state ── parameters, optimiser's memory ───┘
 */
import { OptionError } from '../../base/errors.ts';
import { lower, OPSET } from '../../engine/onnx/lower.ts';
import { makeNodeList, type NodeList } from '../../engine/onnx/node-list.ts';
import { ELEMENT_TYPE, encodeModel, type OnnxValue } from '../../engine/onnx/protobuf.ts';
import { freeNames, namesIn, withInputsNamed } from '../../engine/onnx/value-names.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { ModelCard, Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';
import { isInLoss } from '../../training/measure.ts';
import type { TrainingOptions } from '../../training/options.ts';
import { trainingGraph } from '../../training/step.ts';
import { planTraining } from '../../training/train.ts';
import { addClasses, addScaling, labelInput, rawInputs, toldValues } from './raw-inputs.ts';
import { addCounting, addKeys, addScalars, finalWeights } from './step-numbers.ts';
import { addState, initialVector, nextState, placesOf, stateSize } from './training-state.ts';

export interface TrainingFileRequest {
  readonly card: ModelCard;
  readonly model: Model;
  /** What is gone on from. */
  readonly parameters: Parameters;
  /** Of them, the optimiser and its options, `clip` and `batchSize` are in the file. */
  readonly options: TrainingOptions;
}

export interface TrainingFile {
  readonly bytes: Uint8Array;
  /** The state before the first step: all parameters in their order, then the optimiser's memory. */
  readonly state: Float32Array;
  readonly opset: number;
  readonly batchSize: number;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** What the loop calls its inputs; those that users feed are made into them. */
const INNER = { examples: 'scaled', labels: 'class', index: 'rows', keys: 'noise.keys' };

/** @throws OptionError for a model of rows that list their entries. */
export function trainingFile({ card, model, parameters, options }: TrainingFileRequest): TrainingFile {
  const { blueprint } = model;
  if (blueprint.absent !== 'none')
    throw new OptionError({
      where: 'export --trainable',
      expected: 'a model of examples that are whole',
      got: 'one of rows that list their entries (a recommender)',
      fix: 'export it with --onnx',
    });
  const { groups, optimiser } = planTraining(model, options);
  const { batchSize, clip } = options;
  const step = trainingGraph(model, groups, optimiser, { batchSize, clip });
  const lowered = lower(step.outputs);
  const inner = withInputsNamed(lowered.graph, INNER);
  const outputs = outputsOf(model, stateSize(model, groups, optimiser));
  const reserved = ['index', 'step', 'learning_rate', 'noise', 'state', ...outputs.map(({ name }) => name)];
  const names = freeNames([...namesIn(inner), ...Object.values(INNER), ...reserved]);
  const raw = rawInputs(card.scaling, names.nameFor);
  const label = blueprint.classes > 0 ? labelInput(card, names.nameFor) : undefined;
  const list = makeNodeList(names.prefix());

  addData(
    list,
    card,
    raw.map(({ name }) => name),
    label?.name,
  );
  const counted = addCounting(list);
  addKeys(list, counted.steps, INNER.keys);
  addScalars(list, { model, optimiser, scalarNames: step.scalarNames }, counted);
  addState(list, model, groups, optimiser);
  const before = list.nodes.length;
  list.name(nextState(list, model, groups, optimiser, lowered.outputNames), 'next_state');
  addLosses(list, model, lowered.outputNames);

  const inputs = [
    ...[...raw, ...(label ? [label] : [])].map(
      ({ name, dtype, shape, description }): OnnxValue => ({ name, dtype, shape: ['examples', ...shape], description }),
    ),
    ...stepInputs(batchSize, stateSize(model, groups, optimiser)),
  ];
  const graph = {
    name: 'autoencoder training',
    nodes: [...list.nodes.slice(0, before), ...inner.nodes, ...list.nodes.slice(before)],
    constants: [...inner.constants, ...list.constants],
    inputs,
    outputs,
  };
  const description = `Steps of training a ${blueprint.kind.name} autoencoder on a ${blueprint.network.name} network, with ${options.optimizer}. Raw values in, scaling inside.`;
  const metadata = {
    format: 'autoencoder-onnx-training',
    version: '1',
    kind: JSON.stringify(blueprint.kind),
    network: JSON.stringify(blueprint.network),
    optimizer: options.optimizer,
    batch_size: String(batchSize),
    inputs: toldValues(inputs),
    outputs: toldValues(outputs),
    parameters: JSON.stringify(placesOf(model)),
  };
  return {
    bytes: encodeModel(graph, lowered.versions, { description, metadata }),
    state: initialVector(model, parameters, stateSize(model, groups, optimiser)),
    opset: OPSET,
    batchSize,
    inputs,
    outputs,
  };
}

function stepInputs(batchSize: number, size: number): OnnxValue[] {
  return [
    {
      name: 'index',
      dtype: 'int64',
      shape: ['steps', batchSize],
      description: 'rows of the data that each step learns from; as many steps are done as it has rows',
    },
    { name: 'step', dtype: 'int64', shape: [], description: 'steps done before this run' },
    { name: 'learning_rate', dtype: 'float32', shape: [], description: 'learning rate of these steps' },
    {
      name: 'noise',
      dtype: 'uint32',
      shape: [2],
      description: 'two random numbers that all noise follows from: the same in all runs of a training',
    },
    {
      name: 'state',
      dtype: 'float32',
      shape: [size],
      description: 'state.npy at first, then next_state of the last run',
    },
  ];
}

function outputsOf({ termNames }: Model, size: number): OnnxValue[] {
  return [
    { name: 'next_state', dtype: 'float32', shape: [size], description: 'the state after these steps' },
    { name: 'loss', dtype: 'float32', shape: ['steps'], description: 'loss of each step, in nats an example' },
    ...termNames.map(
      (name): OnnxValue => ({
        name: `loss.${name}`,
        dtype: 'float32',
        shape: ['steps'],
        description: `the term ${name} of each step, unweighted`,
      }),
    ),
  ];
}

/** The data as the loop gathers rows from it: `[examples, numbers]`. */
function addData(list: NodeList, card: ModelCard, columns: readonly string[], label: string | undefined): void {
  const scaled = addScaling(list, card.scaling, columns, 'missing');
  const width = list.numbers('int64', [2], [-1, sizeOf(card.blueprint.shape)]);
  list.name(list.add('Reshape', [scaled, width]), INNER.examples);
  if (label !== undefined) list.name(addClasses(list, label, card.data.labelNames), INNER.labels);
  list.name(list.add('Cast', ['index'], { to: { int: ELEMENT_TYPE.int32 } }), INNER.index);
}

function addLosses(list: NodeList, model: Model, outputNames: Readonly<Record<string, string>>): void {
  const weights = finalWeights(model);
  const counted = model.termNames.filter((term) => isInLoss(model, term));
  const weighed = counted.map((term) =>
    list.add('Mul', [outputNames[`term.${term}`], list.numbers('float32', [], [weights[term] ?? 1])]),
  );
  list.name(
    weighed.reduce((sum, term) => list.add('Add', [sum, term])),
    'loss',
  );
  for (const term of model.termNames) list.name(outputNames[`term.${term}`], `loss.${term}`);
}
