/**
 * The gradient of a loop is a loop in the other direction (backpropagation through time, Werbos 1990):
 *
 *   forward      start ── body ── state ── body ── … ── end        keeps what the derivatives will need
 *   between     what the derivatives make of that alone, element by element, for all iterations at once
 *   backward    ∂start ── ∂body ─ ∂state ─ ∂body ── … ── ∂end      reads that; gives the gradients of the slices
 *   afterwards  gradients of what the body reads from outside: sums over all iterations, of products as one product
 */
import { copier, type MakeLoop } from './copy.ts';
import { pullBack } from './gradient.ts';
import { knownFactorsFirst, preparable, prepare } from './loop-preparation.ts';
import { add, multiply } from './ops/arithmetic.ts';
import { broadcastTo, sum } from './ops/broadcast.ts';
import { constant, variable } from './ops/input.ts';
import { dependents } from './order.ts';
import type { Iterations, LoopBody, Node, Tensor } from './tensor.ts';

type Maybe<Value> = Value | undefined;

/** Gradients with respect to the inputs of a loop that `isAsked` marks, given those with respect to its outputs. */
export function gradientOfLoop(
  node: Node,
  upstream: readonly Maybe<Tensor>[],
  isAsked: readonly boolean[],
  makeLoop: MakeLoop,
): readonly Maybe<Tensor>[] {
  const { body } = node.operation;
  if (!body) throw new Error(`internal: ${node.operation.name} is not a loop`);
  const [states, slices] = [body.variables.slice(0, body.carried), body.variables.slice(body.carried)];
  const [start, scanned] = [node.inputs.slice(0, body.carried), node.inputs.slice(body.carried, body.variables.length)];
  if (scanned.some(({ node: source }) => source.operation.input?.anyLength))
    throw new Error(
      'internal: a loop of any length was differentiated from outside; fix its length, or take gradients inside',
    );
  const found = differentiate(body, node.inputs.slice(body.variables.length), upstream, isAsked);
  const late = [...found.later.values(), ...found.given.values()];
  const derivatives = { ...found, shares: knownFactorsFirst(found.shares, late, makeLoop) };
  const { shares, later, given } = derivatives;
  const sides = sidesOf(body, derivatives);

  // Tensors that are there before the loops, by their slices: what this loop scans, and the gradients of what it gives.
  const sources = new Map(slices.map((slice, at) => [slice, scanned[at]]));
  for (const [at, slice] of given) sources.set(slice, must(upstream[at]));
  const wanted: Wanted = { kept: new Map(), stacked: new Map(), summed: new Map() };
  const over = iterations(scanned[0].shape[0], sources, sides, wanted);
  const toOutside = shares.slice(body.variables.length).map((share) => share && over.total(share));

  // The derivatives, copied so that what they read of the forward loop is a slice of what that keeps.
  const read = new Map<Tensor, Tensor>();
  const copy = copier({
    isCopied: (inner) => sides.isChanging(inner) && !sides.isEarly(inner) && inner.inputs.length > 0,
    replace: (tensor) => {
      if (!sides.isChanging(tensor.node) || !sides.isEarly(tensor.node)) return tensor;
      const slice = read.get(tensor) ?? variable(tensor.shape, tensor.dtype);
      read.set(tensor, slice);
      return slice;
    },
    makeLoop,
  });
  const sums = [...wanted.summed.keys()].map((term) => ({ term, sofar: variable(term.shape, term.dtype) }));
  const reached = [...later].map(([at, variableOfState]) => ({ at, variableOfState, share: shares[at] }));
  const toSlices = shares.slice(body.carried, body.variables.length);
  const results = [
    ...reached.map(({ at, share }) => copy(share ?? constant(0, states[at].shape))),
    ...sums.map(({ term, sofar }) => add(sofar, copy(term))),
    ...toSlices.flatMap((share) => (share ? [copy(share)] : [])),
    ...[...wanted.stacked.keys()].map(copy),
  ];

  const stacks = new Map([...read.keys()].map((tensor) => [tensor, over.stack(tensor)]));
  const twin = makeLoop({ ...body, results: [...body.results, ...wanted.kept.keys()] }, start, scanned);
  fill(wanted.kept, twin.outputs.slice(body.results.length));

  // The last one is read by nothing: where nothing else is scanned, it counts the iterations.
  const inputs = [
    ...[...given].map(([at, slice]) => ({ slice, from: must(upstream[at]) })),
    ...[...read].map(([tensor, slice]) => ({ slice, from: must(stacks.get(tensor))() })),
    { slice: variable(slices[0].shape, slices[0].dtype), from: scanned[0] },
  ];
  const carried = [...reached.map(({ variableOfState }) => variableOfState), ...sums.map(({ sofar }) => sofar)];
  const backward: LoopBody = {
    variables: [...carried, ...inputs.map(({ slice }) => slice)],
    results,
    carried: carried.length,
    order: body.order === 'forward' ? 'reversed' : 'forward',
  };
  const ends = [
    ...reached.map(({ at }) => upstream[at] ?? constant(0, states[at].shape)),
    ...sums.map(({ term }) => constant(0, term.shape)),
  ];
  const from = inputs.map((input) => input.from);
  const outputs = results.length > 0 ? [...makeLoop(backward, ends, from).outputs] : [];
  const toStates = new Map(outputs.splice(0, reached.length).map((tensor, at) => [reached[at].at, tensor]));
  fill(wanted.summed, outputs.splice(0, sums.length));
  const toScanned = toSlices.map((share) => share && outputs.shift());
  fill(wanted.stacked, outputs);
  return [...states.map((_, at) => toStates.get(at)), ...toScanned, ...toOutside.map((total) => total?.())];
}

/** What the loops have to give besides gradients of state and slices: noted before they are made, filled in after. */
interface Wanted {
  /** Stacks of tensors of the forward loop. */
  readonly kept: Map<Tensor, Maybe<Tensor>>;
  /** Stacks of tensors of the backward loop. */
  readonly stacked: Map<Tensor, Maybe<Tensor>>;
  /** Sums over the iterations, carried by the backward loop. */
  readonly summed: Map<Tensor, Maybe<Tensor>>;
}

function fill(wanted: Map<Tensor, Maybe<Tensor>>, found: readonly Tensor[]): void {
  for (const [at, tensor] of [...wanted.keys()].entries()) wanted.set(tensor, found[at]);
}

/** What operations may ask for when they plan a sum over the iterations. */
function iterations(count: number, sources: ReadonlyMap<Tensor, Tensor>, sides: Sides, wanted: Wanted): Iterations {
  const ask = (list: Map<Tensor, Maybe<Tensor>>, tensor: Tensor): (() => Tensor) => {
    list.set(tensor, undefined);
    return () => must(list.get(tensor));
  };
  const prepared = new Map<Tensor, () => Tensor>();
  const over: Iterations = {
    count,
    stack(tensor) {
      const source = sources.get(tensor);
      if (source) return () => source;
      const { fill: number } = tensor.node.operation;
      if (number !== undefined) return () => constant(number, [count, ...tensor.shape]);
      if (!sides.isChanging(tensor.node)) return () => broadcastTo(tensor, [count, ...tensor.shape]);
      if (sides.isPrepared(tensor.node)) {
        const known = prepared.get(tensor) ?? prepare(tensor, (operand) => sides.isChanging(operand.node), over);
        prepared.set(tensor, known);
        return known;
      }
      return ask(sides.isForward(tensor.node) ? wanted.kept : wanted.stacked, tensor);
    },
    total(tensor) {
      if (!sides.isChanging(tensor.node)) return () => multiply(count, tensor);
      const { total } = tensor.node.operation;
      if (total) return total(tensor.node, over);
      if (!sources.has(tensor) && !sides.isEarly(tensor.node)) return ask(wanted.summed, tensor);
      const stack = over.stack(tensor);
      return () => sum(stack(), [0]);
    },
  };
  return over;
}

interface Derivatives {
  /** Gradients of one iteration with respect to the loop's inputs: state and slices before it, and what it reads from outside. */
  readonly shares: readonly Maybe<Tensor>[];
  /** Placeholders, by the number of the output: the gradients of the state after an iteration … */
  readonly later: ReadonlyMap<number, Tensor>;
  /** … and of what it gives out. */
  readonly given: ReadonlyMap<number, Tensor>;
}

function differentiate(
  body: LoopBody,
  outside: readonly Tensor[],
  upstream: readonly Maybe<Tensor>[],
  isAsked: readonly boolean[],
): Derivatives {
  const inputs = [...body.variables, ...outside];
  const wrt = inputs.filter((_, at) => at < body.carried || isAsked[at]);
  const later = new Map<number, Tensor>();
  const given = new Map<number, Tensor>();
  for (const [at, { shape, dtype }] of body.results.entries())
    if (upstream[at]) (at < body.carried ? later : given).set(at, variable(shape, dtype));
  // A state that one iteration passes a gradient to passes it on in the iteration before: until no further state is reached.
  for (;;) {
    const seeds = [...later, ...given].map(([at, slice]) => ({ tensor: body.results[at], upstream: slice }));
    const found = pullBack(seeds, wrt, 'partial');
    const shares = inputs.map((input) => (wrt.includes(input) ? found[wrt.indexOf(input)] : undefined));
    const reached = body.variables
      .slice(0, body.carried)
      .flatMap((_, at) => (shares[at] && !later.has(at) ? [at] : []));
    if (reached.length === 0) return { shares, later, given };
    for (const at of reached) later.set(at, variable(body.results[at].shape, body.results[at].dtype));
  }
}

interface Sides {
  /** Whether a node of the derivatives differs from iteration to iteration. */
  readonly isChanging: (node: Node) => boolean;
  /** Whether the forward loop computes it: its own nodes, and loops in it that now give out more. */
  readonly isForward: (node: Node) => boolean;
  /** Whether it is worked out between the loops, for all iterations at once. */
  readonly isPrepared: (node: Node) => boolean;
  /** Whether it is there before the backward loop. */
  readonly isEarly: (node: Node) => boolean;
}

function sidesOf(body: LoopBody, { shares, later, given }: Derivatives): Sides {
  const all = [...shares.flatMap((share) => share ?? []), ...body.results];
  const forward = dependents(body.results, body.variables);
  const backward = dependents(all, [...later.values(), ...given.values()]);
  const changing = dependents(all, [...body.variables, ...later.values(), ...given.values()]);
  // A spread tensor is cheaper to spread again than to keep.
  const isForward = (node: Node): boolean =>
    !node.operation.isSpread &&
    (forward.has(node) || (changing.has(node) && !!node.operation.body && !backward.has(node)));
  const isChanging = (node: Node): boolean => changing.has(node);
  const prepared = preparable(
    [...changing].filter((node) => !forward.has(node) && !backward.has(node)),
    (node) => !isChanging(node) || isForward(node),
  );
  const isPrepared = (node: Node): boolean => prepared.has(node);
  return { isChanging, isForward, isPrepared, isEarly: (node) => isForward(node) || isPrepared(node) };
}

function must<Value>(value: Maybe<Value>): Value {
  if (value === undefined) throw new Error('internal: a loop did not give what its gradient was planned with');
  return value;
}
