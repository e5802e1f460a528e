/** The order in which nodes can be worked off. */
import type { Node } from './tensor.ts';

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
