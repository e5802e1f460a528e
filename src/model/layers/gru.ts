/** The gated recurrent unit (Cho et al. 2014), the form that multiplies by the reset gate after the product, as cuDNN and PyTorch do. */
import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { sigmoid, tanh } from '../../graph/ops/elementwise.ts';
import { split } from '../../graph/ops/shape.ts';
import { zeros } from './initialisers.ts';
import { type Cell, recurrent } from './recurrence.ts';

/**
 * h ← (1 − σ(z)) n + σ(z) h, where [r, z] = incoming + h U, n = tanh(incoming + σ(r) (h U + b)). State `[h]`; parameters
 * `recurrent` U `[units, 3 · units]` and `candidateBias` b `[units]`.
 */
export const gru: Cell = {
  name: 'gru',
  gates: 3,
  states: 1,
  bias: zeros,
  step(trace, [hidden], incoming) {
    const units = hidden.shape[1];
    const bias = trace.parameter('candidateBias', [units], zeros, 'offset');
    const thirds = [units, units, units];
    const [resetIn, updateIn, candidateIn] = split(incoming, 1, thirds);
    const [resetBack, updateBack, candidateBack] = split(recurrent(trace, gru, hidden), 1, thirds);
    const [reset, update] = [sigmoid(add(resetIn, resetBack)), sigmoid(add(updateIn, updateBack))];
    const ofAll = reshape(bias, [units, ...hidden.shape.slice(2).map(() => 1)]);
    const candidate = tanh(add(candidateIn, multiply(reset, add(candidateBack, ofAll))));
    return [add(candidate, multiply(update, subtract(hidden, candidate)))];
  },
};
