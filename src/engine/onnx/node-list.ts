/** ONNX nodes written one by one, for what graphs do not compute with: texts, and numbers in double precision. */
import { elementBytes } from './lower.ts';
import type { OnnxConstant, OnnxNode, OnnxType } from './protobuf.ts';

export interface NodeList {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  /** Adds a node with one output, and gives that output's name. */
  add(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes']): string;
  /** The same with several outputs. */
  addSeveral(
    operator: string,
    inputs: readonly string[],
    count: number,
    attributes?: OnnxNode['attributes'],
  ): readonly string[];
  /** Calls a value by a name of one's own as well. */
  name(value: string, as: string): void;
  numbers(dtype: Exclude<OnnxType, 'string'>, shape: readonly number[], values: ArrayLike<number>): string;
  texts(shape: readonly number[], texts: readonly string[]): string;
}

/** @param prefix what the names of all values begin with, which no other value's does. */
export function makeNodeList(prefix: string): NodeList {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  let count = 0;
  const fresh = (): string => {
    count += 1;
    return `${prefix}${count}`;
  };
  const addSeveral: NodeList['addSeveral'] = (operator, inputs, outputCount, attributes = {}) => {
    const outputs = Array.from({ length: outputCount }, fresh);
    nodes.push({ operator, inputs, outputs, attributes });
    return outputs;
  };
  return {
    nodes,
    constants,
    add: (operator, inputs, attributes) => addSeveral(operator, inputs, 1, attributes)[0],
    addSeveral,
    name(value, as) {
      nodes.push({ operator: 'Identity', inputs: [value], outputs: [as] });
    },
    numbers(dtype, shape, values) {
      const name = fresh();
      constants.push({ name, dtype, shape, bytes: elementBytes(dtype, values) });
      return name;
    },
    texts(shape, texts) {
      const name = fresh();
      constants.push({ name, dtype: 'string', shape, texts });
      return name;
    },
  };
}
