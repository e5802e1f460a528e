/** Reverse-mode differentiation, from graph to graph; what it returns can be differentiated again. */
import { ShapeError } from '../base/errors.ts';
import { add } from './ops/arithmetic.ts';
import { constant } from './ops/input.ts';
import type { Node, Tensor } from './tensor.ts';

/**
 * The gradients of the scalar `of` with respect to each of `wrt`, in their shapes; zeros where `of` does not depend on one.
 *
 * Visits only nodes on a path from `wrt` to `of`, so nothing is computed for inputs that are not asked about. Each of `wrt` is
 * an input, a variable of a loop or a `leaf`: operations simplify, and may have reached past any other tensor.
 */
export function gradient(of: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (of.shape.length !== 0)
    throw new ShapeError({
      where: 'gradient',
      expected: 'a scalar to differentiate',
      got: `shape [${of.shape}]`,
      fix: 'sum or average it first',
    });
  for (const { node } of wrt)
    if (node.inputs.length > 0 && !node.operation.isLeaf)
      throw new Error(`internal: differentiated by the result of ${node.operation.name}; make it a leaf first`);
  const seeds = [{ tensor: of, upstream: constant(1) }];
  return pullBack(seeds, wrt, 'total').map((found, at) => found ?? constant(0, wrt[at].shape));
}

/**
 * Σ upstream · ∂tensor/∂w over the `seeds`, for each w of `wrt` (a product of a vector with a Jacobian); undefined where none
 * depends on w. The derivatives are `total`, or `partial`: each of `wrt` stands for itself, whatever it is computed from.
 */
export function pullBack(
  seeds: readonly { readonly tensor: Tensor; readonly upstream: Tensor }[],
  wrt: readonly Tensor[],
  derivatives: 'total' | 'partial',
): (Tensor | undefined)[] {
  const isAsked = new Set(wrt);
  const ends = new Set(derivatives === 'partial' ? wrt.map(({ node }) => node) : []);
  const { order, leads } = pathNodes(
    seeds.map(({ tensor }) => tensor.node),
    isAsked,
    ends,
  );
  const received = new Map<Tensor, Tensor>();
  const receive = (tensor: Tensor, share: Tensor): void => {
    const sofar = received.get(tensor);
    received.set(tensor, sofar ? add(sofar, share) : share);
  };
  for (const { tensor, upstream } of seeds) receive(tensor, upstream);
  for (const node of order) {
    const upstream = node.outputs.map((output) => received.get(output));
    if (ends.has(node) || upstream.every((tensor) => tensor === undefined)) continue;
    // Asked-for tensors keep what they received; intermediate ones are done with.
    for (const output of node.outputs) if (!isAsked.has(output)) received.delete(output);
    const isOnPath = node.inputs.map((input) => leads.get(input.node) ?? false);
    const toInputs = node.operation.gradient?.(node, upstream, isOnPath) ?? [];
    for (const [index, share] of toInputs.entries()) if (share && isOnPath[index]) receive(node.inputs[index], share);
  }
  return wrt.map((tensor) => received.get(tensor));
}

/** Nodes between `sources` and `roots`, each before the nodes that feed it, and for every node whether it leads to a source. */
function pathNodes(
  roots: readonly Node[],
  sources: ReadonlySet<Tensor>,
  ends: ReadonlySet<Node>,
): { readonly order: Node[]; readonly leads: ReadonlyMap<Node, boolean> } {
  const leads = new Map<Node, boolean>();
  const finished: Node[] = [];
  // Depth first with an explicit stack: unrolled graphs are deeper than the call stack.
  const stack = roots.map((node) => ({ node, entered: false }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node } = top;
    const inputs = ends.has(node) ? [] : node.inputs;
    if (!top.entered) {
      if (leads.has(node)) continue;
      leads.set(node, false);
      stack.push({ node, entered: true });
      for (const input of inputs) if (!leads.has(input.node)) stack.push({ node: input.node, entered: false });
      continue;
    }
    const isOnPath =
      node.outputs.some((output) => sources.has(output)) || inputs.some((input) => leads.get(input.node));
    leads.set(node, isOnPath);
    if (isOnPath) finished.push(node);
  }
  return { order: finished.reverse(), leads };
}
