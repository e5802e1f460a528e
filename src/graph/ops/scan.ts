/** Repeating a graph over the first axis of some tensors while carrying state: the loop that training and recurrence run in. */
import { ShapeError } from '../../base/errors.ts';
import { ancestors } from '../order.ts';
import { type LoopBody, makeNode, sameShape, sizeOf, type Tensor } from '../tensor.ts';
import { variable } from './input.ts';

export interface ScanStep {
  /** The state after this iteration, shapes as before it. */
  readonly carried: readonly Tensor[];
  /** What this iteration gives; stacked over all of them. */
  readonly outputs: readonly Tensor[];
}

/**
 * Runs `body` once for every index of axis 0 of the `scanned` tensors (all of one length).
 *
 * The body may use any tensor from outside; what does not depend on its own variables is computed once, before the loop.
 * What the body does not read is not scanned. A scanned input made with `anyLength` makes the number of iterations free. Not differentiable: gradients are taken inside.
 */
export function scan(
  over: { readonly carried: readonly Tensor[]; readonly scanned: readonly Tensor[] },
  body: (carried: readonly Tensor[], scanned: readonly Tensor[]) => ScanStep,
): ScanStep {
  const { carried } = over;
  const length = over.scanned[0].shape[0];
  const states = carried.map((tensor) => variable(tensor.shape, tensor.dtype));
  const offered = over.scanned.map((tensor) => variable(tensor.shape.slice(1), tensor.dtype));
  const step = body(states, offered);
  if (over.scanned.some((tensor) => tensor.shape[0] !== length))
    throw new ShapeError({
      where: 'scan',
      expected: `scanned tensors of one length, like [${over.scanned[0].shape}]`,
      got: over.scanned.map(({ shape }) => `[${shape}]`).join(', '),
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
  const read = ancestors([...step.carried, ...step.outputs]);
  // One at least: it says how many iterations there are.
  const isRead = offered.map(({ node }, at) => read.has(node) || (at === 0 && !offered.some((o) => read.has(o.node))));
  const scanned = over.scanned.filter((_, at) => isRead[at]);
  const slices = offered.filter((_, at) => isRead[at]);
  const loop: LoopBody = { variables: [...states, ...slices], results: [...step.carried, ...step.outputs] };
  const results = makeNode(
    {
      name: 'scan',
      body: loop,
      gradient: () => {
        throw new Error('internal: a loop was differentiated from outside; take gradients inside of it');
      },
      lower: (names, emit, node) => emit.loop('Scan', names, node, { num_scan_inputs: { int: scanned.length } }),
      evaluate: (inputs, _, evaluateBody) => {
        let state = inputs.slice(0, carried.length);
        const rows = inputs.slice(carried.length);
        const iterations = rows[0].length / sizeOf(slices[0].shape);
        const stacks: Float64Array[][] = step.outputs.map(() => []);
        for (let i = 0; i < iterations; i++) {
          const row = rows.map((values, index) => {
            const size = sizeOf(slices[index].shape);
            return values.slice(i * size, (i + 1) * size);
          });
          const results = evaluateBody(loop, [...state, ...row]);
          state = results.slice(0, carried.length);
          for (const [index, values] of results.slice(carried.length).entries()) stacks[index].push(values);
        }
        return [...state, ...stacks.map((stack) => Float64Array.from(stack.flatMap((values) => Array.from(values))))];
      },
    },
    [...carried, ...scanned],
    [
      ...carried.map(({ shape, dtype }) => ({ shape, dtype })),
      ...step.outputs.map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype })),
    ],
  );
  return { carried: results.slice(0, carried.length), outputs: results.slice(carried.length) };
}
