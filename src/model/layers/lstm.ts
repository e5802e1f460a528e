/** Long short-term memory (Hochreiter & Schmidhuber 1997) with a forget gate that starts open (Gers et al. 2000; Jozefowicz et al. 2015). */
import { add, multiply } from '../../graph/ops/arithmetic.ts';
import { sigmoid, tanh } from '../../graph/ops/elementwise.ts';
import { split } from '../../graph/ops/shape.ts';
import { type Cell, gateBias, recurrent } from './recurrence.ts';

/**
 * c ← σ(f) c + σ(i) tanh(g), h ← σ(o) tanh(c), where [i, f, o, g] = incoming + h U. State `[h, c]`, each `[batch, units]`; parameter
 * `recurrent` U `[units, 4 · units]`.
 */
export const lstm: Cell = {
  name: 'lstm',
  gates: 4,
  states: 2,
  bias: gateBias([0, 1, 0, 0]),
  step(trace, [hidden, memory], incoming) {
    const units = hidden.shape[1];
    const gates = split(recurrent(trace, lstm, hidden, incoming), 1, [units, units, units, units]);
    // Split first: derivatives then need each gate once, not also all of them side by side.
    const [input, forget, output] = gates.slice(0, 3).map((gate) => sigmoid(gate));
    const next = add(multiply(forget, memory), multiply(input, tanh(gates[3])));
    return [multiply(output, tanh(next)), next];
  },
};
