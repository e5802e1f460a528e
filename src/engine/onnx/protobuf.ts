/**
 * Writes ONNX `ModelProto` bytes: the few messages and fields of onnx.proto that a lowered graph needs.
 *
 * Field numbers: onnx/onnx.proto3 (IR version 9).
 */
import { Message } from '../../base/protobuf-message.ts';
import type { DataType } from '../../graph/tensor.ts';

/** What a value of a file may be of: more than graphs compute with, because data comes as texts and in double precision. */
export type OnnxType = DataType | 'float64' | 'string';

/** `TensorProto.DataType`. */
export const ELEMENT_TYPE: Readonly<Record<OnnxType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
  uint32: 12,
};

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export type OnnxConstant = {
  readonly name: string;
  readonly shape: readonly number[];
} & (
  | {
      readonly dtype: Exclude<OnnxType, 'string'>;
      /** Little-endian elements. */
      readonly bytes: Uint8Array;
    }
  | { readonly dtype: 'string'; readonly texts: readonly string[] }
);

/** A dimension is a length, or a name where any length is allowed. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly (number | string)[];
  /** What it means, for people. */
  readonly description?: string;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** What a file says of itself. */
export interface AboutModel {
  readonly description: string;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a model that ONNX Runtime loads, its operators of the given version of each domain (ONNX's own is called ''). */
export function encodeModel(
  graph: OnnxGraph,
  versions: Readonly<Record<string, number>>,
  about?: AboutModel,
): Uint8Array {
  const model = new Message();
  model.varint(1, 9);
  model.text(2, 'autoencoder');
  if (about) model.text(6, about.description);
  model.message(7, graphMessage(graph));
  for (const [domain, version] of Object.entries(versions)) {
    const operators = new Message();
    operators.text(1, domain);
    operators.varint(2, version);
    model.message(8, operators);
  }
  for (const [name, text] of Object.entries(about?.metadata ?? {})) {
    const entry = new Message();
    entry.text(1, name);
    entry.text(2, text);
    model.message(14, entry);
  }
  return model.finish();
}

function graphMessage(graph: OnnxGraph): Message {
  const message = new Message();
  for (const node of graph.nodes) message.message(1, nodeMessage(node));
  message.text(2, graph.name);
  for (const constant of graph.constants) message.message(5, constantMessage(constant));
  for (const value of graph.inputs) message.message(11, valueMessage(value));
  for (const value of graph.outputs) message.message(12, valueMessage(value));
  return message;
}

function nodeMessage(node: OnnxNode): Message {
  const message = new Message();
  for (const input of node.inputs) message.text(1, input);
  for (const output of node.outputs) message.text(2, output);
  message.text(3, `${node.operator} ${node.outputs[0]}`);
  message.text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes ?? {}))
    message.message(5, attributeMessage(name, attribute));
  if (node.domain) message.text(7, node.domain);
  return message;
}

function attributeMessage(name: string, attribute: Attribute): Message {
  const message = new Message();
  message.text(1, name);
  if ('float' in attribute) {
    message.float(2, attribute.float);
    message.varint(20, 1);
  } else if ('int' in attribute) {
    message.varint(3, attribute.int);
    message.varint(20, 2);
  } else if ('text' in attribute) {
    message.text(4, attribute.text);
    message.varint(20, 3);
  } else if ('graph' in attribute) {
    message.message(6, graphMessage(attribute.graph));
    message.varint(20, 5);
  } else {
    for (const int of attribute.ints) message.varint(8, int);
    message.varint(20, 7);
  }
  return message;
}

function constantMessage(constant: OnnxConstant): Message {
  const message = new Message();
  for (const length of constant.shape) message.varint(1, length);
  message.varint(2, ELEMENT_TYPE[constant.dtype]);
  if (constant.dtype === 'string') for (const text of constant.texts) message.text(6, text);
  message.text(8, constant.name);
  if (constant.dtype !== 'string') message.bytes(9, constant.bytes);
  return message;
}

function valueMessage(value: OnnxValue): Message {
  const shape = new Message();
  for (const length of value.shape) {
    const dimension = new Message();
    if (typeof length === 'number') dimension.varint(1, length);
    else dimension.text(2, length);
    shape.message(1, dimension);
  }
  const tensor = new Message();
  tensor.varint(1, ELEMENT_TYPE[value.dtype]);
  tensor.message(2, shape);
  const type = new Message();
  type.message(1, tensor);
  const message = new Message();
  message.text(1, value.name);
  message.message(2, type);
  if (value.description !== undefined) message.text(3, value.description);
  return message;
}
