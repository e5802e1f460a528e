/**
 * The symbolic graph: tensors without numbers, each an output of a node that knows how it came about.
 *
 * A graph is whatever can be reached from its outputs; there is no container. Nodes are immutable and made by the functions
 * in `ops/`. What an operation *means* is its `evaluate` (float64, slow, obvious); how it is differentiated is its
 * `gradient` (which builds graph); how ONNX Runtime computes it is its `lower`.
 */
import { ShapeError } from '../base/errors.ts';

export type DataType = 'float32' | 'int32' | 'int64' | 'uint32' | 'uint8' | 'bool';

/** Lengths of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** One value of the graph. */
export interface Tensor {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DataType;
}

export interface Node {
  readonly operation: Operation;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** What every primitive brings; attributes live in the closures. */
export interface Operation {
  readonly name: string;
  /**
   * Gradients with respect to the inputs, given those with respect to the outputs (`undefined` = zero).
   * Absent where the operation has no derivative worth the name (comparisons, random bits, indices).
   *
   * Operands come from `node`, never from the closure: loops copy nodes to other operands. Only the inputs that `isAsked` marks
   * need an answer.
   */
  readonly gradient?: (
    node: Node,
    upstream: readonly (Tensor | undefined)[],
    isAsked: readonly boolean[],
  ) => readonly (Tensor | undefined)[];
  /** The sum of this node's output over all iterations of a loop, where that is less work than adding them up one by one. */
  readonly total?: (node: Node, over: Iterations) => () => Tensor;
  /**
   * Present where every element of the output comes from the elements at its place (NumPy's places, where shapes broadcast): the same
   * operation on other operands. So it can be done for all iterations of a loop at once.
   */
  readonly elementwise?: (operands: readonly Tensor[]) => Tensor;
  /** Adds ONNX nodes for this operation and returns the names of its outputs. */
  readonly lower: (inputs: readonly string[], emit: Emit, node: Node) => readonly string[];
  /** The definition: outputs in float64 from inputs in float64. */
  readonly evaluate: (
    inputs: readonly Float64Array[],
    node: Node,
    evaluateBody: EvaluateBody,
  ) => readonly Float64Array[];
  /** Present on inputs of the whole graph. */
  readonly input?: GraphInput;
  /** Present on constants of one number throughout. */
  readonly fill?: number;
  /** Present where the output only repeats the elements of its input: what is computed from it can be computed before. */
  readonly isSpread?: true;
  /**
   * Where each row of the last axis has its only 1, int32 `[…, width] → […]`, and is all 0 if that is outside of it; undefined where the
   * output is not of that form after all. What multiplies or searches such rows need not look at them.
   */
  readonly choice?: (node: Node) => Tensor | undefined;
  /** Present where simplifications stop: the output may be differentiated by, though it is computed from something. */
  readonly isLeaf?: true;
  /** Present on sums over ranks: the engine gives out their input, and is fed what came of it. */
  readonly isAcross?: true;
  /** Present where elements are only moved or passed on, without a copy where the runtime can: made again where it is read. */
  readonly isView?: true;
  /** Present on loops: the graph that is repeated. A loop's inputs are carried state, scanned tensors, then what else it reads. */
  readonly body?: LoopBody;
}

/** What an operation inside a loop may ask for to sum its output over the iterations. The answers can be had after the loop. */
export interface Iterations {
  readonly count: number;
  /** The values of a tensor of the body, `[count, …shape]`. */
  stack(tensor: Tensor): () => Tensor;
  /** Σ of a tensor of the body. */
  total(tensor: Tensor): () => Tensor;
}

export interface GraphInput {
  readonly name: string;
  /** The length of axis 0 is only nominal: any length may be fed. */
  readonly anyLength: boolean;
}

/** The repeated part of a `scan`. */
export interface LoopBody {
  /**
   * Placeholders inside the body: carried state first, then one slice of each scanned tensor. Loops with the same variables are one
   * loop: it runs once and gives what any of them is asked for.
   */
  readonly variables: readonly Tensor[];
  /** New carried state first, then what is stacked over the iterations. */
  readonly results: readonly Tensor[];
  /** How many of the variables, and of the results, are carried. */
  readonly carried: number;
  /** Whether the last slice comes first. What is stacked stays beside the slice that it came from. */
  readonly order: 'forward' | 'reversed';
}

/** Evaluates `results` of a loop body with `values` for its variables (given to `evaluate` of loops). */
export type EvaluateBody = (body: LoopBody, values: readonly Float64Array[]) => readonly Float64Array[];

/** What an operation's lowering writes to. */
export interface Emit {
  /** Adds one ONNX node with one output and returns that output's name. */
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, LoweredAttribute>>): string;
  /** Adds one ONNX node with `count` outputs and returns their names. */
  outputs(
    operator: string,
    inputs: readonly string[],
    count: number,
    attributes?: Readonly<Record<string, LoweredAttribute>>,
  ): readonly string[];
  /** Adds the division of a tensor into consecutive pieces of `sizes` along `axis`, and returns their names. */
  pieces(name: string, axis: number, sizes: readonly number[]): readonly string[];
  /** Adds the concatenation of tensors along `axis`. */
  joined(names: readonly string[], axis: number): string;
  /** Adds the convolution of `[x, kernel, bias?]` with a kernel of the given shape, in the layout that is fastest where it will run. */
  convolution(inputs: readonly string[], kernel: Shape, attributes: Readonly<Record<string, LoweredAttribute>>): string;
  /** A constant tensor, shared between equal ones. */
  constant(dtype: DataType, shape: Shape, values: ArrayLike<number>): string;
  /** Adds the ONNX `Scan` of a loop, its body lowered in a scope of its own, and returns the names of the outputs. */
  loop(inputs: readonly string[], node: Node): readonly string[];
}

export type LoweredAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

/** Adds a node and returns its outputs. */
export function makeNode(
  operation: Operation,
  inputs: readonly Tensor[],
  results: readonly { readonly shape: Shape; readonly dtype: DataType }[],
): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const node: Node = { operation, inputs, outputs };
  for (const [index, { shape, dtype }] of results.entries()) outputs.push({ node, index, shape, dtype });
  return outputs;
}

/** `makeNode` for operations with one output. */
export function makeTensor(
  operation: Operation,
  inputs: readonly Tensor[],
  shape: Shape,
  dtype: DataType = 'float32',
): Tensor {
  return makeNode(operation, inputs, [{ shape, dtype }])[0];
}

/** The index that x is the one-hot form of, where it is known to be one. */
export function choiceOf({ node }: Tensor): Tensor | undefined {
  return node.operation.choice?.(node);
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** NumPy's rule: aligned at the last axis, lengths equal or 1. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new ShapeError({
        where,
        expected: `shapes that broadcast, like [${a}] and [${a}]`,
        got: `[${a}] and [${b}]`,
        fix: 'reshape one of them so that aligned axes are equal or 1',
      });
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Maps a flat index into `to` to the flat index into `from` that broadcasting reads there. */
export function reader(from: Shape, to: Shape): (index: number) => number {
  if (sameShape(from, to)) return (index) => index;
  if (sizeOf(from) === 1) return () => 0;
  const strides = stridesOf(from);
  const outer = stridesOf(to);
  const offset = to.length - from.length;
  return (index) => {
    let flat = 0;
    for (let axis = 0; axis < from.length; axis++) {
      if (from[axis] === 1) continue;
      flat += (Math.floor(index / outer[axis + offset]) % to[axis + offset]) * strides[axis];
    }
    return flat;
  };
}

/** `evaluate` of two broadcast operands, element by element. */
export function zipped(
  evaluate: (x: number, y: number) => number,
  a: Float64Array,
  b: Float64Array,
  shapeA: Shape,
  shapeB: Shape,
  shape: Shape,
): Float64Array {
  const readA = reader(shapeA, shape);
  const readB = reader(shapeB, shape);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = evaluate(a[readA(i)], b[readB(i)]);
  return values;
}
