/**
 * A distribution over rows of whole numbers, each predicted from those before it by a masked network: one hidden layer in which the
 * units of a position see only earlier positions. Germain et al. 2015, Masked autoencoder for distribution estimation.
 */
import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { oneHot } from '../../graph/ops/comparison.ts';
import { constant, stopGradient } from '../../graph/ops/input.ts';
import { affine, matmul } from '../../graph/ops/matmul.ts';
import { argMax, logSumExp } from '../../graph/ops/reduce.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activations } from '../layers/activation.ts';
import { glorotUniform, heNormal, zeros } from '../layers/initialisers.ts';
import type { Trace } from '../trace.ts';

export interface ChoicePriorOptions {
  /** Every number is below this. */
  readonly codebookSize: number;
  /** Hidden units for each position. */
  readonly priorUnits: number;
}

/** Numbers that stand for an entry where the network reads it. */
const EMBEDDING = 16;

/** −log p(choice): int32 `[batch, positions] → [batch]`, in nats. Only the prior's own parameters learn from it. */
export function negativeLogPrior(trace: Trace, choice: Tensor, options: ChoicePriorOptions): Tensor {
  const [batch, positions] = choice.shape;
  const chosen = reshape(oneHot(choice, options.codebookSize), [batch * positions, options.codebookSize]);
  const logits = logitsOf(trace, chosen, [batch, positions], options);
  const ofChosen = sum(multiply(logits, chosen), [1]);
  return sum(reshape(subtract(logSumExp(logits), ofChosen), [batch, positions]), [1]);
}

/** Draws rows of choices, one position after the other: int32 `[rows, positions]`. */
export function drawChoices(trace: Trace, shape: Shape, options: ChoicePriorOptions): Tensor {
  const [rows, positions] = shape;
  const { codebookSize } = options;
  const drawn: Tensor[] = [];
  for (let position = 0; position < positions; position++) {
    // What is not drawn yet is masked out of what comes before it, so anything may stand there.
    const rest = constant(0, [rows, positions - position], 'int32');
    const chosen = reshape(oneHot(concat([...drawn, rest], 1), codebookSize), [rows * positions, codebookSize]);
    const all = reshape(logitsOf(trace, chosen, shape, options), [rows, positions, codebookSize]);
    const logits = reshape(slice(all, 1, position, position + 1), [rows, codebookSize]);
    drawn.push(reshape(argMax(add(logits, trace.noise.gumbel(logits.shape))), [rows, 1]));
  }
  return concat(drawn, 1);
}

/** Logits of every position given those before it: one-hot `[batch · positions, entries] → [batch · positions, entries]`. */
function logitsOf(
  trace: Trace,
  chosen: Tensor,
  [batch, positions]: Shape,
  { codebookSize, priorUnits }: ChoicePriorOptions,
): Tensor {
  const rows = batch * positions;
  const embedding = trace.parameter('embedding', [codebookSize, EMBEDDING], glorotUniform, 'weight');
  const read = reshape(matmul(stopGradient(chosen), embedding), [batch, positions * EMBEDDING]);
  const weight = trace.parameter('hidden', [positions * EMBEDDING, positions * priorUnits], heNormal, 'weight');
  const bias = trace.parameter('offset', [positions * priorUnits], zeros, 'offset');
  const hidden = activations.silu.apply(affine(read, multiply(weight, earlierOnly(positions, priorUnits)), bias));
  const out = trace.parameter('out', [priorUnits, codebookSize], glorotUniform, 'weight');
  const position = trace.parameter('position', [positions, codebookSize], zeros, 'offset');
  const logits = reshape(matmul(reshape(hidden, [rows, priorUnits]), out), [batch, positions, codebookSize]);
  return reshape(add(logits, broadcastTo(position, [batch, positions, codebookSize])), [rows, codebookSize]);
}

/** 1 where a hidden unit's position comes after the position it reads, else 0. */
function earlierOnly(positions: number, units: number): Tensor {
  const shape = [positions * EMBEDDING, positions * units];
  const mask = Float32Array.from({ length: sizeOf(shape) }, (_, at) => {
    const from = Math.floor(Math.floor(at / shape[1]) / EMBEDDING);
    const to = Math.floor((at % shape[1]) / units);
    return from < to ? 1 : 0;
  });
  return constant(mask, shape);
}
