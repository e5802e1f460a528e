/** The order in which nodes can be worked off. */
import type { Node, Tensor } from './tensor.ts';

/**
 * `last` and everything it needs that is not known yet, inputs before the nodes they feed. Depth first with a stack of its own:
 * unrolled graphs are deeper than the call stack.
 */
export function inputsFirst(last: Node, isKnown: (node: Node) => boolean): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { readonly node: Node; readonly entered: boolean }[] = [{ node: last, entered: false }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, entered } = top;
    if (entered) {
      order.push(node);
      continue;
    }
    if (seen.has(node) || isKnown(node)) continue;
    seen.add(node);
    stack.push({ node, entered: true });
    for (const input of node.inputs) stack.push({ node: input.node, entered: false });
  }
  return order;
}

/** Everything that `tensors` are computed from, bodies of loops included. */
export function ancestors(tensors: readonly Tensor[]): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const stack = tensors.map(({ node }) => node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const source of [...node.inputs, ...(node.operation.body?.results ?? [])]) stack.push(source.node);
  }
  return seen;
}

/** The nodes that `tensors` are computed from and that depend on one of `on`, those of `on` included. */
export function dependents(tensors: readonly Tensor[], on: readonly Tensor[]): ReadonlySet<Node> {
  const sources = new Set(on.map(({ node }) => node));
  const found = new Set<Node>();
  const visited = new Set<Node>();
  for (const { node: last } of tensors)
    for (const node of inputsFirst(last, (known) => visited.has(known))) {
      visited.add(node);
      if (sources.has(node) || node.inputs.some((input) => found.has(input.node))) found.add(node);
    }
  return found;
}
