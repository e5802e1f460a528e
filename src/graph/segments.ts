/**
 * A graph with sums over ranks, cut into graphs without: each runs when the sums of what those before it gave are there.
 *
 *   segment ── what is summed ── Σ over ranks ── segment ── what is summed ── Σ over ranks ── segment
 *         └────────────────── what is read later ───┴───────────────────────────────────────────┘
 */
import { copier } from './copy.ts';
import { cast } from './ops/comparison.ts';
import { input } from './ops/input.ts';
import { makeLoop } from './ops/scan.ts';
import { inputsFirst } from './order.ts';
import type { Node, Tensor } from './tensor.ts';

export interface Segment {
  /** Outputs of the whole by their names; what is summed, and what later segments read, by names with a colon, as they are fed. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Those that are replaced by their sums over the ranks before the next segment runs. */
  readonly sums: readonly string[];
}

/** Of nodes that every segment makes for itself: inputs, constants, and what is made of them number by number. */
const EVERYWHERE = -1;

/** The graph of `outputs` as segments; one where nothing is summed over ranks. */
export function cutAcross(outputs: Readonly<Record<string, Tensor>>): readonly Segment[] {
  const nodes = [...new Set(Object.values(outputs).flatMap(({ node }) => inputsFirst(node, () => false)))];
  const segmentOf = segmentsOf(nodes);
  const across = nodes.filter(({ operation }) => operation.isAcross);
  const count = across.reduce((most, node) => Math.max(most, segmentOf(node) + 2), 1);
  const given = Array.from({ length: count }, (): Record<string, Tensor> => ({}));
  const sums = Array.from({ length: count }, (): string[] => []);
  const fed = new Map<Tensor, Tensor>();
  for (const [
    at,
    {
      outputs: [total],
    },
  ] of across.entries())
    fed.set(total, input(`sum:${at}`, total.dtype, total.shape));

  const copies = given.map((_, segment) => {
    const isOwn = ({ inputs, operation }: Node, at: number): boolean =>
      inputs.length > 0 && !operation.isAcross && (at === segment || (operation.isView === true && at > EVERYWHERE));
    return copier({
      // Nothing is fed to the first segment: what it computes stays as it is.
      isCopied: (node) => segment > 0 && isOwn(node, segmentOf(node)),
      replace: (tensor) => {
        const { node } = tensor;
        const at = segmentOf(node);
        return segment === 0 || at === EVERYWHERE || (at === segment && !node.operation.isAcross)
          ? tensor
          : handOver(tensor, at);
      },
      makeLoop,
    });
  });

  /** What stands for a tensor of an earlier segment. */
  function handOver(tensor: Tensor, from: number): Tensor {
    const known = fed.get(tensor);
    if (known) return known;
    const name = `kept:${fed.size}`;
    // Truths do not cross the border of the engine.
    const isTruth = tensor.dtype === 'bool';
    const value = input(name, isTruth ? 'uint8' : tensor.dtype, tensor.shape);
    const kept = isTruth ? cast(value, 'bool') : value;
    fed.set(tensor, kept);
    const own = copies[from](tensor);
    given[from][name] = isTruth ? cast(own, 'uint8') : own;
    return kept;
  }

  for (const [at, node] of across.entries()) {
    const segment = segmentOf(node);
    sums[segment].push(`sum:${at}`);
    given[segment][`sum:${at}`] = copies[segment](node.inputs[0]);
  }
  for (const [name, tensor] of Object.entries(outputs)) {
    const { node } = tensor;
    const segment = node.operation.isAcross ? segmentOf(node) + 1 : Math.max(0, segmentOf(node));
    given[segment][name] = copies[segment](tensor);
  }
  return given.map((part, segment) => ({ outputs: part, sums: sums[segment] }));
}

/** The first segment that can compute a node; of a sum, the one that gives what is summed. */
function segmentsOf(nodes: readonly Node[]): (node: Node) => number {
  const known = new Map<Node, number>();
  for (const node of nodes) {
    const { inputs, operation } = node;
    const earliest = inputs.reduce((most, { node: source }) => {
      const at = known.get(source) ?? EVERYWHERE;
      return Math.max(most, source.operation.isAcross ? at + 1 : at);
    }, EVERYWHERE);
    const isCheap = inputs.length === 0 || operation.isView || operation.elementwise !== undefined;
    known.set(node, isCheap ? earliest : Math.max(0, earliest));
  }
  return (node) => known.get(node) ?? EVERYWHERE;
}
