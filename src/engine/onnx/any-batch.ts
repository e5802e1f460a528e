/**
 * One ONNX graph for batches of any size. Graphs are traced for a batch of a certain size, which then stands in the shapes of reshapes and
 * the like; so the same graph is lowered for three sizes, and every number that is not the same in all of them is worked out from the
 * length of the batch when the graph runs.
 *
 *   lowered for 61, 67, 71 ── constant [61, 3] [67, 3] [71, 3] ── Shape(batch) · [1, 0] + [0, 3]
 *
 * Two sizes say what the number is (p + q · size), the third one whether that is so.
 */
import type { Tensor } from '../../graph/tensor.ts';
import { elementBytes, type Lowered, lower } from './lower.ts';
import { type Attribute, ELEMENT_TYPE, type OnnxConstant, type OnnxGraph, type OnnxNode } from './protobuf.ts';

/** Primes, so that a length of the model's own is seldom taken for the batch; where it was, the next three are tried. */
const SIZES = [
  [61, 67, 71],
  [127, 131, 137],
  [251, 257, 263],
] as const;

/** What `lower` gives, with names in place of the lengths that depend on the batch. */
export type AnyBatch = Pick<Lowered, 'graph' | 'outputNames' | 'versions'>;

/**
 * Lowers what `build` makes for any size of the batch, which is the length of the first axis of the value called `measured` (it must be
 * there before the nodes of this graph).
 */
export function lowerForAnyBatch(
  build: (batch: number) => Readonly<Record<string, Tensor>>,
  measured: string,
): AnyBatch {
  for (const sizes of SIZES) {
    const variants = sizes.map((size) => lower(build(size)));
    const graph = joined(variants, sizes, measured);
    if (graph) return { graph, outputNames: variants[0].outputNames, versions: variants[0].versions };
  }
  throw new Error('internal: the graph is not the same for batches of different sizes');
}

type Sizes = readonly number[];

/** Undefined where the variants differ in more than numbers. */
function joined(variants: readonly Lowered[], sizes: Sizes, measured: string): OnnxGraph | undefined {
  const [{ graph: first }] = variants;
  const graphs = variants.map(({ graph }) => graph);
  const nodes = alikeNodes(graphs.map((graph) => graph.nodes));
  if (!nodes || graphs.some(({ constants }) => constants.length !== first.constants.length)) return undefined;
  const kept: OnnxConstant[] = [];
  const derived: Derived[] = [];
  for (const [at, constant] of first.constants.entries()) {
    const alternatives = graphs.map(({ constants }) => constants[at]);
    if (alternatives.every((other) => isSameConstant(other, constant))) kept.push(constant);
    else {
      const line = straightLine(alternatives, sizes);
      if (!line) return undefined;
      derived.push(line);
    }
  }
  return {
    name: first.name,
    nodes: [...(derived.length > 0 ? batchNodes(measured) : []), ...derived.flatMap(derivedNodes), ...nodes],
    constants: [...kept, ...derived.flatMap(derivedConstants)],
    inputs: alikeValues(graphs.map(({ inputs }) => inputs)),
    outputs: alikeValues(graphs.map(({ outputs }) => outputs)),
  };
}

function alikeNodes(variants: readonly (readonly OnnxNode[])[]): OnnxNode[] | undefined {
  const [first] = variants;
  if (variants.some(({ length }) => length !== first.length)) return undefined;
  const nodes: OnnxNode[] = [];
  for (const [at, node] of first.entries()) {
    const others = variants.map((list) => list[at]);
    const attributes = alikeAttributes(others.map(({ attributes = {} }) => attributes));
    if (!attributes || others.some((other) => headOf(other) !== headOf(node))) return undefined;
    nodes.push({ ...node, attributes });
  }
  return nodes;
}

/** What of a node must be the same in all variants. */
function headOf({ operator, domain, inputs, outputs }: OnnxNode): string {
  return JSON.stringify([operator, domain, inputs, outputs]);
}

function alikeAttributes(variants: readonly Readonly<Record<string, Attribute>>[]): OnnxNode['attributes'] {
  const [first] = variants;
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(first)) {
    const others = variants.map((all) => all[name]);
    if ('graph' in attribute) {
      const graph = alikeBodies(others.flatMap((other) => ('graph' in other ? [other.graph] : [])));
      if (!graph) return undefined;
      attributes[name] = { graph };
    } else if (others.some((other) => JSON.stringify(other) !== JSON.stringify(attribute))) return undefined;
    else attributes[name] = attribute;
  }
  return attributes;
}

/** Bodies of loops: their constants stand outside of them. */
function alikeBodies(variants: readonly OnnxGraph[]): OnnxGraph | undefined {
  const nodes = alikeNodes(variants.map((graph) => graph.nodes));
  return (
    nodes && {
      ...variants[0],
      nodes,
      inputs: alikeValues(variants.map(({ inputs }) => inputs)),
      outputs: alikeValues(variants.map(({ outputs }) => outputs)),
    }
  );
}

/** Lengths that are not the same everywhere get a name in place of a number. */
function alikeValues(variants: readonly OnnxGraph['inputs'][]): OnnxGraph['inputs'] {
  return variants[0].map((value, at) => ({
    ...value,
    shape: value.shape.map((length, axis) =>
      variants.every((values) => values[at].shape[axis] === length) ? length : `${value.name}.${axis}`,
    ),
  }));
}

function isSameConstant(a: OnnxConstant, b: OnnxConstant): boolean {
  const isAlike = a.name === b.name && a.dtype === b.dtype && a.shape.join() === b.shape.join();
  if (!isAlike || a.dtype === 'string' || b.dtype === 'string' || a.bytes.length !== b.bytes.length) return false;
  return a.bytes.every((byte, at) => byte === b.bytes[at]);
}

/** A constant that is not one: offset + slope · length of the batch, element by element. */
interface Derived {
  readonly name: string;
  readonly dtype: 'int32' | 'int64' | 'uint32';
  readonly shape: readonly number[];
  readonly offset: readonly number[];
  readonly slope: readonly number[];
}

function straightLine(variants: readonly OnnxConstant[], sizes: Sizes): Derived | undefined {
  const [{ name, dtype, shape }] = variants;
  if (dtype !== 'int64' && dtype !== 'int32' && dtype !== 'uint32') return undefined;
  const isAlike = variants.every(
    (other) => other.name === name && other.dtype === dtype && other.shape.join() === shape.join(),
  );
  if (!isAlike || shape.length > 1) return undefined;
  const values = variants.map(wholeNumbers);
  const [a, b] = values;
  const slope = a.map((value, at) => (b[at] - value) / (sizes[1] - sizes[0]));
  const offset = a.map((value, at) => value - slope[at] * sizes[0]);
  const holds = values.every((list, which) =>
    list.every((value, at) => Number.isInteger(slope[at]) && value === offset[at] + slope[at] * sizes[which]),
  );
  return holds ? { name, dtype, shape, offset, slope } : undefined;
}

function wholeNumbers(constant: OnnxConstant): number[] {
  if (constant.dtype === 'string') return [];
  const { buffer } = Uint8Array.from(constant.bytes);
  if (constant.dtype === 'int64') return Array.from(new BigInt64Array(buffer), Number);
  return Array.from(constant.dtype === 'int32' ? new Int32Array(buffer) : new Uint32Array(buffer));
}

const [LENGTH, LENGTHS] = ['batch.length', 'batch.lengths'];

/** The length of the batch as a number, and as a list of one. */
function batchNodes(measured: string): OnnxNode[] {
  const attributes = { start: { int: 0 }, end: { int: 1 } };
  return [
    { operator: 'Shape', inputs: [measured], outputs: [LENGTHS], attributes },
    { operator: 'Squeeze', inputs: [LENGTHS], outputs: [LENGTH] },
  ];
}

function derivedNodes({ name, dtype, shape }: Derived): OnnxNode[] {
  const length = shape.length === 0 ? LENGTH : LENGTHS;
  const product = { operator: 'Mul', inputs: [length, `${name}.slope`], outputs: [`${name}.part`] };
  const sum = (output: string): OnnxNode => ({
    operator: 'Add',
    inputs: [`${name}.part`, `${name}.offset`],
    outputs: [output],
  });
  if (dtype === 'int64') return [product, sum(name)];
  const to = { int: ELEMENT_TYPE[dtype] };
  return [
    product,
    sum(`${name}.sum`),
    { operator: 'Cast', inputs: [`${name}.sum`], outputs: [name], attributes: { to } },
  ];
}

function derivedConstants({ name, shape, offset, slope }: Derived): OnnxConstant[] {
  const constant = (part: string, values: readonly number[]): OnnxConstant => ({
    name: `${name}.${part}`,
    dtype: 'int64',
    shape,
    bytes: elementBytes('int64', values),
  });
  return [constant('slope', slope), constant('offset', offset)];
}
