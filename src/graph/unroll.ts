/**
 * The same graph without loops, for runtimes that have none: the iterations are laid out one after the other.
 *
 *   state ── body ── body ── body ── state        a slice of what is scanned for each, what each gives out joined at the end
 */
import { EngineError } from '../base/errors.ts';
import { reshape } from './ops/broadcast.ts';
import { concat, slice } from './ops/shape.ts';
import { inputsFirst } from './order.ts';
import { type LoopBody, makeNode, type Node, type Tensor } from './tensor.ts';

/** Where copies are looked up: the graph itself, or one iteration of a loop in it. */
interface Scope {
  readonly copies: Map<Tensor, Tensor>;
  /** The iterations of the loops that were laid out here. Loops with the same variables are one loop. */
  readonly passes: Map<LoopBody['variables'], readonly Scope[]>;
}

/**
 * `tensors` made anew, with `known` ones replaced; of a node that is known in part, nothing else may be asked for. Their loops must be of
 * fixed length.
 *
 * @throws EngineError when a loop has more than `most` iterations.
 */
export function unroll(
  tensors: readonly Tensor[],
  most: number,
  known: ReadonlyMap<Tensor, Tensor> = new Map(),
): readonly Tensor[] {
  const root = makeScope(known);
  return tensors.map((tensor) => copyInto(root, tensor, most));
}

function makeScope(known: Iterable<readonly [Tensor, Tensor]>): Scope {
  return { copies: new Map(known), passes: new Map() };
}

function copyInto(scope: Scope, tensor: Tensor, most: number): Tensor {
  const { copies } = scope;
  const isKnown = ({ outputs }: Node): boolean => outputs.some((output) => copies.has(output));
  for (const node of inputsFirst(tensor.node, isKnown)) {
    const { operation, inputs, outputs } = node;
    const operands = inputs.map((input) => found(scope, input));
    const isSource = inputs.length === 0;
    const made = operation.body
      ? layOut(scope, operation.body, inputs, operands, most)
      : isSource
        ? outputs
        : makeNode(operation, operands, outputs);
    for (const [at, output] of outputs.entries()) copies.set(output, made[at]);
  }
  return found(scope, tensor);
}

/**
 * What the `loop` gives for another state and other slices than its own: as many iterations as there are of these. What it reads besides is
 * copied with `known` ones replaced.
 */
export function unrollLoop(
  loop: Node,
  operands: { readonly carried: readonly Tensor[]; readonly scanned: readonly Tensor[] },
  most: number,
  known: ReadonlyMap<Tensor, Tensor>,
): readonly Tensor[] {
  const { body } = loop.operation;
  if (!body) throw new Error(`internal: ${loop.operation.name} is not a loop`);
  const scope = makeScope(known);
  const outside = loop.inputs.slice(body.variables.length).map((tensor) => copyInto(scope, tensor, most));
  return layOut(scope, body, loop.inputs, [...operands.carried, ...operands.scanned, ...outside], most);
}

/** What a loop gives, from its iterations one by one. */
function layOut(
  scope: Scope,
  { variables, results, carried, order }: LoopBody,
  inputs: readonly Tensor[],
  operands: readonly Tensor[],
  most: number,
): readonly Tensor[] {
  const scanned = operands.slice(carried, variables.length);
  const count = lengthOf(scanned[0], most);
  const passes = scope.passes.get(variables) ?? Array.from({ length: count }, () => makeScope([]));
  scope.passes.set(variables, passes);
  const stacks = results.slice(carried).map(() => new Array<Tensor>(count));
  let state = operands.slice(0, carried);
  for (const [turn, pass] of passes.entries()) {
    const at = order === 'forward' ? turn : count - 1 - turn;
    for (const [index, input] of inputs.entries())
      if (index >= variables.length) pass.copies.set(input, operands[index]);
    if (!pass.copies.has(variables[0])) {
      const slices = scanned.map((tensor) => reshape(slice(tensor, 0, at, at + 1), tensor.shape.slice(1)));
      for (const [index, value] of [...state, ...slices].entries()) pass.copies.set(variables[index], value);
    }
    const given = results.map((result) => copyInto(pass, result, most));
    state = given.slice(0, carried);
    for (const [index, stack] of stacks.entries()) {
      const one = given[carried + index];
      stack[at] = reshape(one, [1, ...one.shape]);
    }
  }
  return [...state, ...stacks.map((stack) => concat(stack, 0))];
}

function lengthOf({ node, shape: [count] }: Tensor, most: number): number {
  if (node.operation.input?.anyLength) throw new Error('internal: a loop of any length was to be laid out');
  if (count <= most) return count;
  throw new EngineError({
    where: 'a loop in the graph',
    expected: `at most ${most} iterations, because they are laid out one after the other`,
    got: `${count}`,
    fix: 'take an engine that runs loops (WebAssembly, or the native one), or shorter sequences',
  });
}

function found({ copies }: Scope, tensor: Tensor): Tensor {
  const copy = copies.get(tensor);
  if (!copy) throw new Error(`internal: ${tensor.node.operation.name} was not copied before what reads it`);
  return copy;
}
