/**
 * What recurrent layers have in common: a cell, the loop that it runs in, and how its matrices start. States may be maps, and products
 * are convolutions then (Shi et al. 2015, "Convolutional LSTM network"; Ballas et al. 2016 for the GRU).
 */
import type { Random } from '../../base/random.ts';
import { add } from '../../graph/ops/arithmetic.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { where } from '../../graph/ops/comparison.ts';
import { constant } from '../../graph/ops/input.ts';
import { affine, matmul } from '../../graph/ops/matmul.ts';
import { type ScanOver, scan } from '../../graph/ops/scan.ts';
import { transpose } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Initialiser, Trace } from '../trace.ts';
import { convolution } from './convolution.ts';
import { glorotUniform } from './initialisers.ts';

/** What happens in one step of time. */
export interface Cell {
  readonly name: string;
  /** Matrices side by side: what comes in has this many numbers for every unit. */
  readonly gates: number;
  /** Tensors `[batch, units]` in the state; the first is what the cell gives out. */
  readonly states: number;
  /** How the bias of the gates starts, `[gates · units]`. */
  readonly bias: Initialiser;
  /** The state after a step; `incoming` `[batch, gates · units]` is what the input adds to the gates. */
  readonly step: (trace: Trace, state: readonly Tensor[], incoming: Tensor) => readonly Tensor[];
}

/** Of convolutions in time. */
const WINDOW = [3, 3] as const;

/**
 * What an input contributes to the gates, for any number of rows: `[rows, inputs] → [rows, gates · units]`, and of maps
 * `[rows, inputs, height, width] → [rows, gates · units, height, width]`.
 */
export function incoming(trace: Trace, cell: Cell, x: Tensor, units: number): Tensor {
  if (x.shape.length === 4)
    return convolution(trace, x, {
      units: cell.gates * units,
      window: WINDOW,
      initialise: glorotUniform,
      bias: cell.bias,
    });
  const weight = trace.parameter('weight', [x.shape[1], cell.gates * units], eachGate(glorotUniform, cell), 'weight');
  return affine(x, weight, trace.parameter('bias', [cell.gates * units], cell.bias, 'offset'));
}

/** What the state contributes to `gates` of them, besides what is there already: `[batch, units]` → `[batch, gates · units]`. */
export function recurrent(trace: Trace, cell: Cell, hidden: Tensor, sofar?: Tensor): Tensor {
  const units = hidden.shape[1];
  if (hidden.shape.length === 4) {
    const map = convolution(trace.in('recurrent'), hidden, {
      units: cell.gates * units,
      window: WINDOW,
      initialise: glorotUniform,
    });
    return sofar ? add(map, sofar) : map;
  }
  const weight = trace.parameter('recurrent', [units, cell.gates * units], eachGate(orthogonal, cell), 'weight');
  return sofar ? affine(hidden, weight, sofar) : matmul(hidden, weight);
}

export interface RecurrenceOptions {
  readonly units: number;
  readonly order?: ScanOver['order'];
  /** `[batch, time]`, bool: where it is false the state stays as it is. */
  readonly mask?: Tensor;
}

export interface Recurrence {
  /** What the cell gave at every step, `[time, batch, units]`; of maps, `[time, batch, units, height, width]`. */
  readonly outputs: Tensor;
  /** What it gave at the last step that the mask lets it see, `[batch, units, …]`. */
  readonly last: Tensor;
}

/**
 * One recurrent layer over `x` `[time, batch, inputs]`, or maps `[time, batch, inputs, height, width]`, starting from zeros. All that the inputs contribute is one product before
 * the loop; only the product with the state is inside.
 */
export function recurrence(trace: Trace, cell: Cell, x: Tensor, options: RecurrenceOptions): Recurrence {
  const { units, order = 'forward', mask } = options;
  const [time, batch, inputs, ...places] = x.shape;
  const flat = incoming(trace, cell, reshape(x, [time * batch, inputs, ...places]), units);
  const scanned = [reshape(flat, [time, batch, cell.gates * units, ...places])];
  if (mask) scanned.push(reshape(transpose(mask, [1, 0]), [time, batch, 1]));
  const start = Array.from({ length: cell.states }, () => constant(0, [batch, units, ...places]));
  const { carried, outputs } = scan({ carried: start, scanned, order }, (state, [now, isSeen]) => {
    const next = cell.step(trace, state, now);
    const kept = isSeen ? next.map((tensor, at) => where(isSeen, tensor, state[at])) : next;
    return { carried: kept, outputs: [kept[0]] };
  });
  return { outputs: outputs[0], last: carried[0] };
}

/** Every gate's matrix starts as if it stood alone. */
function eachGate(initialise: Initialiser, { gates }: Cell): Initialiser {
  return (shape, random) => {
    const [rows, columns] = [shape[0], shape[1] / gates];
    const whole = new Float32Array(sizeOf(shape));
    for (let gate = 0; gate < gates; gate++) {
      const part = initialise([rows, columns], random);
      for (let row = 0; row < rows; row++)
        whole.set(part.subarray(row * columns, (row + 1) * columns), row * shape[1] + gate * columns);
    }
    return whole;
  };
}

/** Columns of length 1 at right angles, so that states neither fade nor grow at first. Saxe et al. 2014. */
const orthogonal: Initialiser = ([rows, columns], random: Random) => {
  const basis: Float64Array[] = [];
  for (let column = 0; column < columns; column++) {
    const vector = Float64Array.from({ length: rows }, () => random.normal());
    // Twice: once leaves rounding errors of the size of what was taken away.
    for (const other of [...basis, ...basis]) {
      const share = other.reduce((total, value, i) => total + value * vector[i], 0);
      for (let i = 0; i < rows; i++) vector[i] -= share * other[i];
    }
    const norm = Math.hypot(...vector);
    basis.push(vector.map((value) => value / norm));
  }
  return Float32Array.from({ length: rows * columns }, (_, at) => basis[at % columns][Math.floor(at / columns)]);
};

/** Gates of which some start at 1 and the others at 0. */
export function gateBias(starts: readonly (0 | 1)[]): Initialiser {
  return ([length]) => Float32Array.from({ length }, (_, at) => starts[Math.floor((at * starts.length) / length)]);
}
