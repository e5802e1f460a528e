/**
 * What the backward loop need not do step by step. Of the derivatives of one iteration, much depends on the forward loop alone: y (1 − y)
 * of a sigmoid, o (1 − tanh² c). That is worked out between the loops, for all iterations at once:
 *
 *   forward ── keeps y, o, … ── (stacks) ── prepared factors ── (stacks) ── backward
 *
 * For this, products are taken in another order first: (gradient · a) · b = gradient · (a · b) where a and b are known.
 */
import { copier, type MakeLoop } from './copy.ts';
import { multiply } from './ops/arithmetic.ts';
import { reshape } from './ops/broadcast.ts';
import { dependents } from './order.ts';
import { type Iterations, type Node, sizeOf, type Tensor } from './tensor.ts';

type Maybe<Value> = Value | undefined;

/**
 * Up to this many elements, starting an operation once in every iteration takes longer than what it computes. Larger stacks do not
 * stay in a cache from one operation to the next, while the tensors of one iteration do.
 */
const SMALL = 4096;

function isSmall(tensor: Tensor): boolean {
  return sizeOf(tensor.shape) <= SMALL;
}

/** The same derivatives, where what depends on `late` is multiplied once by the product of all that it was multiplied by in turn. */
export function knownFactorsFirst(
  derivatives: readonly Maybe<Tensor>[],
  late: readonly Tensor[],
  makeLoop: MakeLoop,
): readonly Maybe<Tensor>[] {
  const isLate = dependents(
    derivatives.flatMap((tensor) => tensor ?? []),
    late,
  );
  const products = new Map<Tensor, { readonly of: Tensor; readonly factor: Tensor }>();
  const copy = copier({
    isCopied: (node) => isLate.has(node) && node.inputs.length > 0,
    replace: (tensor) => tensor,
    rewrite({ operation, inputs, outputs }, copyOf) {
      if (operation.name !== 'mul' || !isSmall(outputs[0])) return undefined;
      if (inputs.every(({ node }) => isLate.has(node))) return undefined;
      const [of, known] = isLate.has(inputs[0].node) ? inputs : inputs.toReversed();
      // Numbers are outside of all products already.
      if (known.node.operation.fill !== undefined) return undefined;
      const before = products.get(of);
      const product = before
        ? { of: before.of, factor: multiply(before.factor, known) }
        : { of: copyOf(of), factor: known };
      products.set(outputs[0], product);
      return multiply(product.of, product.factor);
    },
    makeLoop,
  });
  return derivatives.map((tensor) => tensor && copy(tensor));
}

/** Those of `nodes` (inputs before what they feed) that are better done for all iterations at once; `isThere` is true of what they may read. */
export function preparable(nodes: readonly Node[], isThere: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    const { operation, inputs, outputs } = node;
    const canBe = operation.elementwise && inputs.every((input) => isThere(input.node) || found.has(input.node));
    if (canBe && isSmall(outputs[0])) found.add(node);
  }
  return found;
}

/** The values of an element-wise result in all iterations, `[count, …shape]`. */
export function prepare(tensor: Tensor, isChanging: (tensor: Tensor) => boolean, over: Iterations): () => Tensor {
  const { operation, inputs } = tensor.node;
  const operands = inputs.map((operand) => {
    if (!isChanging(operand)) return () => operand;
    const stack = over.stack(operand);
    // Shapes are aligned at their last axes, so the iterations have to be as far from those everywhere.
    const missing = new Array<number>(tensor.shape.length - operand.shape.length).fill(1);
    return () => reshape(stack(), [over.count, ...missing, ...operand.shape]);
  });
  let made: Maybe<Tensor>;
  return () => {
    made ??= operation.elementwise?.(operands.map((operand) => operand()));
    if (!made) throw new Error(`internal: ${operation.name} cannot be done for all iterations at once`);
    return made;
  };
}
