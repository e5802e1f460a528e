/**
 * A trained model as one ONNX file for any runtime: raw values in, everything that it says of them out, nothing to be done before or after.
 *
 *   raw inputs ── scaling ── model (parameters inside) ── scaling undone ── code, reconstruction, score, column_errors, is_anomaly
 */
import { type AnyBatch, lowerForAnyBatch } from '../../engine/onnx/any-batch.ts';
import { OPSET } from '../../engine/onnx/lower.ts';
import { makeNodeList } from '../../engine/onnx/node-list.ts';
import { encodeModel, type OnnxConstant, type OnnxGraph, type OnnxValue } from '../../engine/onnx/protobuf.ts';
import { freeNames, namesIn } from '../../engine/onnx/value-names.ts';
import {
  CLASS_NAME,
  hasColumnErrors,
  inferenceGraph,
  isToldClass,
  type PortableModel,
  parameterName,
  scaledName,
} from './inference-graph.ts';
import { addClasses, addScaling, labelInput, type RawValue, rawInputs, toldValues } from './raw-inputs.ts';
import { addUndoing, type Given } from './raw-outputs.ts';

/** The file and what it takes and gives. */
export interface InferenceFile {
  readonly bytes: Uint8Array;
  readonly opset: number;
  readonly inputs: readonly RawValue[];
  readonly outputs: readonly RawValue[];
}

/** The first axis of every input and output. */
const BATCH = 'batch';

/** @throws OptionError for a model whose classes have no names. */
export function inferenceFile(portable: PortableModel): InferenceFile {
  const [{ card, model }] = portable.members;
  const inner = lowerForAnyBatch((batch) => inferenceGraph(portable, batch), scaledName(0));
  const names = freeNames([...namesIn(inner.graph), CLASS_NAME, ...outputNames(portable)]);
  const inputs = rawInputs(card.scaling, names.nameFor);
  const label = isToldClass(model) ? labelInput(card, names.nameFor) : undefined;
  const list = makeNodeList(names.prefix());

  for (const [at, member] of portable.members.entries()) {
    const unseenAs = member.calibration ? 'none of them' : 'missing';
    const columns = inputs.map(({ name }) => name);
    list.name(addScaling(list, member.card.scaling, columns, unseenAs), scaledName(at));
  }
  if (label) list.name(addClasses(list, label.name, card.data.labelNames), CLASS_NAME);
  const before = list.nodes.length;
  const outputs = givenOut(portable, addUndoing(list, card.scaling, inner.outputNames.reconstruction), inner);
  for (const { name, value } of outputs) list.name(value, name);

  const all = label ? [...inputs, label] : inputs;
  const graph: OnnxGraph = {
    name: 'autoencoder',
    nodes: [...list.nodes.slice(0, before), ...inner.graph.nodes, ...list.nodes.slice(before)],
    constants: [...parametersOf(portable, inner), ...inner.graph.constants, ...list.constants],
    inputs: all.map(asOnnxValue),
    outputs: outputs.map(asOnnxValue),
  };
  const plain = outputs.map(({ value: _, ...output }) => output);
  const metadata = metadataOf(portable, all, plain);
  return {
    bytes: encodeModel(graph, inner.versions, { description: descriptionOf(portable), metadata }),
    opset: OPSET,
    inputs: all,
    outputs: plain,
  };
}

function outputNames(portable: PortableModel): string[] {
  const [{ card }] = portable.members;
  const rebuilt =
    card.scaling.form === 'columns'
      ? card.scaling.columns.map(({ name }) => `reconstruction.${name}`)
      : ['reconstruction'];
  return ['code', 'score', 'column_errors', 'is_anomaly', ...rebuilt];
}

/** Those that the model at work reads: what only training reads stays behind. */
function parametersOf(portable: PortableModel, { graph }: AnyBatch): OnnxConstant[] {
  const read = new Set(graph.inputs.map(({ name }) => name));
  return portable.members.flatMap(({ model, parameters }, at) =>
    model.parameters.flatMap(({ name: own, shape }): OnnxConstant[] => {
      const name = parameterName(portable, at, own);
      const values = parameters.get(own);
      if (!values) throw new Error(`internal: no values for parameter ${own}`);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return read.has(name) ? [{ name, dtype: 'float32', shape, bytes }] : [];
    }),
  );
}

function asOnnxValue({ name, dtype, shape, description }: RawValue): OnnxValue {
  return { name, dtype, shape: [BATCH, ...shape], description };
}

function givenOut(portable: PortableModel, rebuilt: readonly Given[], { outputNames: names }: AnyBatch): Given[] {
  const [{ card, calibration }] = portable.members;
  const isTokens = card.scaling.form === 'tokens';
  const code: Given = {
    name: 'code',
    dtype: 'float32',
    shape: [card.blueprint.latent],
    description: 'the code of each example',
    value: names.code,
  };
  const score: Given = {
    name: 'score',
    dtype: 'float32',
    shape: [],
    description: calibration
      ? 'nats by which each example surprises: the higher, the less normal'
      : isTokens
        ? 'share of the tokens that are told wrongly'
        : 'mean squared error of the reconstruction per number that is not missing, in scaled units',
    value: names.score,
  };
  const columns = card.scaling.form === 'columns' ? card.scaling.columns.length : 0;
  const columnErrors: Given = {
    name: 'column_errors',
    dtype: 'float32',
    shape: [columns],
    description: calibration
      ? 'nats by which each column surprises, in the order of metadata "columns"; 0 where missing'
      : 'squared error of each column in scaled units, in the order of metadata "columns"; 0 where missing',
    value: names.columnErrors,
  };
  const isAnomaly: Given = {
    name: 'is_anomaly',
    dtype: 'bool',
    shape: [],
    description: `whether the score is above the threshold, ${portable.threshold}`,
    value: names.isAnomaly,
  };
  return [
    code,
    ...rebuilt,
    score,
    ...(hasColumnErrors(portable) ? [columnErrors] : []),
    ...(portable.threshold === undefined ? [] : [isAnomaly]),
  ];
}

function descriptionOf({ members }: PortableModel): string {
  const [{ card }] = members;
  const { kind, network } = card.blueprint;
  const several = members.length === 1 ? 'A' : `${members.length} models as one, each a`;
  return `${several} ${kind.name} autoencoder on a ${network.name} network, trained on ${card.data.name}. Raw values in, scaling inside.`;
}

/** Texts; what is more than one is JSON. */
function metadataOf(
  { members, threshold }: PortableModel,
  inputs: readonly RawValue[],
  outputs: readonly RawValue[],
): Record<string, string> {
  const [{ card }] = members;
  const { blueprint, scaling, data } = card;
  return {
    format: 'autoencoder-onnx',
    version: '1',
    kind: JSON.stringify(blueprint.kind),
    network: JSON.stringify(blueprint.network),
    loss: blueprint.loss,
    data: data.name,
    examples: String(data.examples),
    inputs: toldValues(inputs.map(asOnnxValue)),
    outputs: toldValues(outputs.map(asOnnxValue)),
    ...(scaling.form === 'columns' ? { columns: JSON.stringify(scaling.columns.map(({ name }) => name)) } : {}),
    ...(threshold === undefined ? {} : { threshold: String(threshold) }),
  };
}
