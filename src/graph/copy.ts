/** The same graph over other tensors: how the differentiated body of a loop gets into a loop of its own. */

import { variable } from './ops/input.ts';
import { dependents, inputsFirst } from './order.ts';
import { type LoopBody, makeNode, type Node, type Tensor } from './tensor.ts';

/** Makes the node of a loop (given, because loops need copies and copies need loops). */
export type MakeLoop = (body: LoopBody, carried: readonly Tensor[], scanned: readonly Tensor[]) => Node;

export interface CopyRules {
  /** Which nodes are made anew; what these read of others comes from `replace`. */
  readonly isCopied: (node: Node) => boolean;
  readonly replace: (tensor: Tensor) => Tensor;
  /** What stands for the output of a node that is written in another way. */
  readonly rewrite?: (node: Node, copyOf: (tensor: Tensor) => Tensor) => Tensor | undefined;
  readonly makeLoop: MakeLoop;
}

/** A function that copies tensors and remembers what it has copied. */
export function copier({ isCopied, replace, rewrite, makeLoop }: CopyRules): (tensor: Tensor) => Tensor {
  const copies = new Map<Tensor, Tensor>();
  const copyOf = (tensor: Tensor): Tensor => copies.get(tensor) ?? replace(tensor);
  return (tensor) => {
    for (const node of inputsFirst(tensor.node, (node) => copies.has(node.outputs[0]) || !isCopied(node))) {
      const rewritten = rewrite?.(node, copyOf);
      if (rewritten) {
        copies.set(node.outputs[0], rewritten);
        continue;
      }
      const inputs = node.inputs.map(copyOf);
      const outputs = node.operation.body
        ? copyLoop(node.operation.body, inputs, copyOf, makeLoop).outputs
        : makeNode(node.operation, inputs, node.outputs);
      for (const [at, output] of node.outputs.entries()) copies.set(output, outputs[at]);
    }
    return copyOf(tensor);
  };
}

/** A loop with a body of its own: the body reads tensors from outside directly, so other inputs need another body. */
function copyLoop(
  body: LoopBody,
  inputs: readonly Tensor[],
  copyOf: (tensor: Tensor) => Tensor,
  makeLoop: MakeLoop,
): Node {
  const variables = body.variables.map(({ shape, dtype }) => variable(shape, dtype));
  const renewed = new Map(body.variables.map((old, at) => [old, variables[at]]));
  const changing = dependents(body.results, body.variables);
  const isVariable = new Set(body.variables.map(({ node }) => node));
  const copy = copier({
    isCopied: (node) => changing.has(node) && !isVariable.has(node),
    replace: (tensor) => renewed.get(tensor) ?? copyOf(tensor),
    makeLoop,
  });
  const results = body.results.map(copy);
  return makeLoop(
    { ...body, variables, results },
    inputs.slice(0, body.carried),
    inputs.slice(body.carried, variables.length),
  );
}
