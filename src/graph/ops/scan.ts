/** Repeating a graph over the first axis of some tensors while carrying state: the loop that training and recurrence run in. */
import { ShapeError } from '../../base/errors.ts';
import { gradientOfLoop } from '../loop-gradient.ts';
import { ancestors, dependents } from '../order.ts';
import { type LoopBody, makeNode, type Node, sameShape, sizeOf, type Tensor } from '../tensor.ts';
import { variable } from './input.ts';

export interface ScanStep {
  /** The state after this iteration, shapes as before it. */
  readonly carried: readonly Tensor[];
  /** What this iteration gives; stacked over all of them. */
  readonly outputs: readonly Tensor[];
}

export interface ScanOver {
  readonly carried: readonly Tensor[];
  /** All of one length along axis 0, the number of iterations. */
  readonly scanned: readonly Tensor[];
  /** `reversed`: from the last index to the first; outputs stay at the index that they were made of. */
  readonly order?: LoopBody['order'];
}

/**
 * Runs `body` once for every index of axis 0 of the `scanned` tensors.
 *
 * The body may use any tensor from outside; what does not depend on its own variables is computed once, before the loop.
 * What the body does not read is not scanned. A scanned input made with `anyLength` makes the number of iterations free; only
 * a loop of fixed length can be differentiated.
 */
export function scan(
  over: ScanOver,
  body: (carried: readonly Tensor[], scanned: readonly Tensor[]) => ScanStep,
): ScanStep {
  const { carried, scanned, order = 'forward' } = over;
  const [{ shape: first }] = scanned;
  const states = carried.map((tensor) => variable(tensor.shape, tensor.dtype));
  const slices = scanned.map((tensor) => variable(tensor.shape.slice(1), tensor.dtype));
  const step = body(states, slices);
  if (scanned.some(({ shape }) => shape[0] !== first[0]))
    throw new ShapeError({
      where: 'scan',
      expected: `scanned tensors of one length, like [${first}]`,
      got: scanned.map(({ shape }) => `[${shape}]`).join(', '),
      fix: 'make axis 0 of all of them equal',
    });
  for (const [index, { shape }] of carried.entries())
    if (!step.carried[index] || !sameShape(step.carried[index].shape, shape))
      throw new ShapeError({
        where: `scan, carried value ${index}`,
        expected: `shape [${shape}] after each iteration`,
        got: step.carried[index] ? `[${step.carried[index].shape}]` : 'nothing',
        fix: 'return the state in the shape it came in',
      });
  const { outputs } = makeLoop(
    {
      variables: [...states, ...slices],
      results: [...step.carried, ...step.outputs],
      carried: carried.length,
      order,
    },
    carried,
    scanned,
  );
  return { carried: outputs.slice(0, carried.length), outputs: outputs.slice(carried.length) };
}

/** The node of a loop whose body is there already, without the scanned tensors that its body does not read. */
export function makeLoop(offered: LoopBody, carried: readonly Tensor[], offeredScanned: readonly Tensor[]): Node {
  const { body, scanned } = readOnly(offered, offeredScanned);
  const length = scanned[0].shape[0];
  const [{ node }] = makeNode(
    {
      name: 'scan',
      body,
      gradient: (node, upstream, isAsked) => gradientOfLoop(node, upstream, isAsked, makeLoop),
      lower: (names, emit, node) => emit.loop(names.slice(0, body.variables.length), node),
      evaluate: (inputs, _, evaluateBody) => evaluateLoop(body, inputs, (values) => evaluateBody(body, values)),
    },
    [...carried, ...scanned, ...outsideOf(body)],
    body.results.map(({ shape, dtype }, at) => ({ shape: at < body.carried ? shape : [length, ...shape], dtype })),
  );
  return node;
}

/** Leaves out the slices that the results do not need, except one: it says how many iterations there are. */
function readOnly(body: LoopBody, scanned: readonly Tensor[]): { body: LoopBody; scanned: readonly Tensor[] } {
  const read = ancestors(body.results);
  const isRead = scanned.map((_, at) => read.has(body.variables[body.carried + at].node));
  if (!isRead.includes(true)) isRead[0] = true;
  // Unchanged, the variables must stay the same list: it is what loops are known by.
  if (!isRead.includes(false)) return { body, scanned };
  const variables = body.variables.filter((_, at) => at < body.carried || isRead[at - body.carried]);
  return { body: { ...body, variables }, scanned: scanned.filter((_, at) => isRead[at]) };
}

/** What a body reads besides its own variables, where the part that changes from iteration to iteration begins. */
function outsideOf(body: LoopBody): readonly Tensor[] {
  const changing = dependents(body.results, body.variables);
  const outside = new Set(body.results.filter(({ node }) => !changing.has(node)));
  for (const node of changing) for (const input of node.inputs) if (!changing.has(input.node)) outside.add(input);
  return [...outside];
}

function evaluateLoop(
  body: LoopBody,
  inputs: readonly Float64Array[],
  evaluateOnce: (values: readonly Float64Array[]) => readonly Float64Array[],
): Float64Array[] {
  const { carried, variables, results } = body;
  const widths = variables.map(({ shape }) => sizeOf(shape));
  const iterations = inputs[carried].length / widths[carried];
  const stacks = results.slice(carried).map(({ shape }) => new Float64Array(iterations * sizeOf(shape)));
  let state = inputs.slice(0, carried);
  for (let turn = 0; turn < iterations; turn++) {
    const at = body.order === 'forward' ? turn : iterations - 1 - turn;
    const slices = inputs
      .slice(carried, variables.length)
      .map((values, index) => values.slice(at * widths[carried + index], (at + 1) * widths[carried + index]));
    const given = evaluateOnce([...state, ...slices]);
    state = given.slice(0, carried);
    for (const [index, stack] of stacks.entries())
      stack.set(given[carried + index], at * given[carried + index].length);
  }
  return [...state, ...stacks];
}
