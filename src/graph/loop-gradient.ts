/**
 * The gradient of a loop is a loop in the other direction (backpropagation through time, Werbos 1990):
 *
 *   forward      start ── body ── state ── body ── … ── end        keeps what the derivatives will need
 *   backward    ∂start ── ∂body ─ ∂state ─ ∂body ── … ── ∂end      reads that; gives the gradients of the slices
 *   afterwards  gradients of what the body reads from outside: sums over all iterations, of products as one product
 */
import { copier, type MakeLoop } from './copy.ts';
import { pullBack } from './gradient.ts';
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
  const count = node.inputs[body.carried].shape[0];
  const outside = node.inputs.slice(body.variables.length);
  const derivatives = differentiate(body, outside, upstream, isAsked);
  const { shares, later, given } = derivatives;
  const { isChanging, isForward } = sidesOf(body, derivatives);

  // Scanned tensors by their slices: those of the loop itself and the gradients of its outputs.
  const sources = new Map(
    body.variables.slice(body.carried).map((slice, at) => [slice, node.inputs[body.carried + at]]),
  );
  for (const [at, slice] of given) sources.set(slice, must(upstream[at]));
  // What else the loops have to give, noted before they are made and found after.
  const kept = new Map<Tensor, Maybe<Tensor>>();
  const stacked = new Map<Tensor, Maybe<Tensor>>();
  const summed = new Map<Tensor, Maybe<Tensor>>();
  const ask = (wanted: Map<Tensor, Maybe<Tensor>>, tensor: Tensor): (() => Tensor) => {
    wanted.set(tensor, undefined);
    return () => must(wanted.get(tensor));
  };
  const over: Iterations = {
    count,
    stack(tensor) {
      const source = sources.get(tensor);
      if (source) return () => source;
      const { fill } = tensor.node.operation;
      if (fill !== undefined) return () => constant(fill, [count, ...tensor.shape]);
      if (!isChanging(tensor.node)) return () => broadcastTo(tensor, [count, ...tensor.shape]);
      return ask(isForward(tensor.node) ? kept : stacked, tensor);
    },
    total(tensor) {
      if (!isChanging(tensor.node)) return () => multiply(count, tensor);
      const { total } = tensor.node.operation;
      if (total) return total(tensor.node, over);
      if (!sources.has(tensor) && !isForward(tensor.node)) return ask(summed, tensor);
      const stack = over.stack(tensor);
      return () => sum(stack(), [0]);
    },
  };
  const toOutside = shares.slice(body.variables.length).map((share) => share && over.total(share));

  // The backward loop: the derivatives, copied so that what they read of the forward loop is a slice of what that keeps.
  const read = new Map<Tensor, Tensor>();
  const slices = new Set(given.values());
  const copy = copier({
    isCopied: (inner) => isChanging(inner) && !isForward(inner) && inner.inputs.length > 0,
    replace: (tensor) => {
      if (!isChanging(tensor.node) || !isForward(tensor.node)) return tensor;
      const slice = read.get(tensor) ?? variable(tensor.shape, tensor.dtype);
      read.set(tensor, slice);
      return slice;
    },
    makeLoop,
  });
  const sums = new Map([...summed.keys()].map((tensor) => [tensor, variable(tensor.shape, tensor.dtype)]));
  const toSlices = shares.slice(body.carried, body.variables.length);
  const states = [...later.keys()];
  const results = [
    ...states.map((at) => copy(shares[at] ?? constant(0, body.variables[at].shape))),
    ...[...sums].map(([tensor, sofar]) => add(sofar, copy(tensor))),
    ...toSlices.flatMap((share) => (share ? [copy(share)] : [])),
    ...[...stacked.keys()].map((tensor) => copy(tensor)),
  ];

  for (const tensor of read.keys()) if (!sources.has(tensor)) kept.set(tensor, undefined);
  const scanned = node.inputs.slice(body.carried, body.variables.length);
  const twin = makeLoop(
    { ...body, results: [...body.results, ...kept.keys()] },
    node.inputs.slice(0, body.carried),
    scanned,
  );
  for (const [at, tensor] of [...kept.keys()].entries()) kept.set(tensor, twin.outputs[body.results.length + at]);

  const backward =
    results.length > 0 &&
    makeLoop(
      {
        variables: [
          ...later.values(),
          ...sums.values(),
          ...slices,
          ...read.values(),
          variable(scanned[0].shape.slice(1), scanned[0].dtype),
        ],
        results,
        carried: states.length + sums.size,
        order: body.order === 'forward' ? 'reversed' : 'forward',
      },
      [
        ...states.map((at) => upstream[at] ?? constant(0, body.variables[at].shape)),
        ...[...sums.keys()].map(({ shape }) => constant(0, shape)),
      ],
      [
        ...[...given.keys()].map((at) => must(upstream[at])),
        ...[...read.keys()].map((tensor) => must(sources.get(tensor) ?? kept.get(tensor))),
        // Read by nothing: it only counts the iterations where nothing else does.
        scanned[0],
      ],
    );
  const outputs = (backward ? backward.outputs : []).values();
  const next = (): Tensor => must(outputs.next().value);
  const toStates = new Map(states.map((at) => [at, next()]));
  for (const tensor of summed.keys()) summed.set(tensor, next());
  const toScanned = toSlices.map((share) => share && next());
  for (const tensor of stacked.keys()) stacked.set(tensor, next());
  return [
    ...body.variables.slice(0, body.carried).map((_, at) => toStates.get(at)),
    ...toScanned,
    ...toOutside.map((total) => total?.()),
  ];
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
}

function sidesOf(body: LoopBody, { shares, later, given }: Derivatives): Sides {
  const all = [...shares.flatMap((share) => share ?? []), ...body.results];
  const forward = dependents(body.results, body.variables);
  const backward = dependents(all, [...later.values(), ...given.values()]);
  const changing = dependents(all, [...body.variables, ...later.values(), ...given.values()]);
  return {
    isChanging: (node) => changing.has(node),
    // A spread tensor is cheaper to spread again than to keep.
    isForward: (node) =>
      !node.operation.isSpread &&
      (forward.has(node) || (changing.has(node) && !!node.operation.body && !backward.has(node))),
  };
}

function must<Value>(value: Maybe<Value>): Value {
  if (value === undefined) throw new Error('internal: a loop did not give what its gradient was planned with');
  return value;
}
