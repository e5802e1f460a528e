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
  const order = pathNodes(of, wrt);
  const received = new Map<Tensor, Tensor>([[of, constant(1)]]);
  const isAsked = new Set(wrt);
  for (const node of order) {
    const upstream = node.outputs.map((output) => received.get(output));
    if (upstream.every((tensor) => tensor === undefined)) continue;
    // Asked-for tensors keep what they received; intermediate ones are done with.
    for (const output of node.outputs) if (!isAsked.has(output)) received.delete(output);
    const toInputs = node.operation.gradient?.(node, upstream) ?? [];
    for (const [index, share] of toInputs.entries()) {
      if (!share) continue;
      const input = node.inputs[index];
      const sofar = received.get(input);
      received.set(input, sofar ? add(sofar, share) : share);
    }
  }
  return wrt.map((tensor) => received.get(tensor) ?? constant(0, tensor.shape));
}

/** Nodes between `wrt` and `of`, each before the nodes that feed it. */
function pathNodes(of: Tensor, wrt: readonly Tensor[]): Node[] {
  const sources = new Set(wrt);
  const leads = new Map<Node, boolean>();
  const finished: Node[] = [];
  // Depth first with an explicit stack: unrolled graphs are deeper than the call stack.
  const stack: { readonly node: Node; entered: boolean }[] = [{ node: of.node, entered: false }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node } = top;
    if (!top.entered) {
      if (leads.has(node)) continue;
      leads.set(node, false);
      stack.push({ node, entered: true });
      for (const input of node.inputs) if (!leads.has(input.node)) stack.push({ node: input.node, entered: false });
      continue;
    }
    const isOnPath =
      node.outputs.some((output) => sources.has(output)) || node.inputs.some((input) => leads.get(input.node));
    leads.set(node, isOnPath);
    if (isOnPath) finished.push(node);
  }
  return finished.reverse();
}
