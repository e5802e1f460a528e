/** Recurrent layers against their equations written out as loops over numbers, and the laws of masks and directions. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { reshape } from '../../graph/ops/broadcast.ts';
import { greater } from '../../graph/ops/comparison.ts';
import { input } from '../../graph/ops/input.ts';
import { evaluate } from '../../graph/reference.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { collectParameters, type Trace, traceWith } from '../trace.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { recurrence } from './recurrence.ts';

const random = createRandom(11);
const [TIME, BATCH, INPUTS, UNITS] = [5, 3, 2, 4];
const cells = { lstm, gru };

/** Random parameters for a layer, and its outputs for `feeds`. */
function run(build: (trace: Trace) => readonly Tensor[], feeds: Readonly<Record<string, ArrayLike<number>>>) {
  const specs = collectParameters(build);
  const numbers = Object.fromEntries(specs.map(({ name, shape }) => [name, draw(sizeOf(shape), name)]));
  const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
  const outputs = build(traceWith(parameters, { purpose: 'inference', key: input('key', 'uint32', [2]) }));
  return { numbers, values: evaluate(outputs, { ...feeds, ...numbers }) };
}

function draw(length: number, name: string): Float64Array {
  const own = random.fork(name);
  return Float64Array.from({ length }, () => own.normal());
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const x = input('x', 'float32', [TIME, BATCH, INPUTS]);
const series = draw(TIME * BATCH * INPUTS, 'x');

/** Σ over `a` of one row times one column of a matrix of `columns` columns. */
function dot(row: ArrayLike<number>, matrix: ArrayLike<number>, columns: number, column: number): number {
  return Array.from(row).reduce((total, value, i) => total + value * matrix[i * columns + column], 0);
}

const byHand = {
  lstm({ weight, recurrent, bias }: Readonly<Record<string, Float64Array>>, row: ArrayLike<number>, state: number[][]) {
    const gate = (k: number, unit: number): number => {
      const at = k * UNITS + unit;
      return dot(row, weight, 4 * UNITS, at) + dot(state[0], recurrent, 4 * UNITS, at) + bias[at];
    };
    const memory = state[1].map(
      (c, unit) => sigmoid(gate(1, unit)) * c + sigmoid(gate(0, unit)) * Math.tanh(gate(3, unit)),
    );
    return [memory.map((c, unit) => sigmoid(gate(2, unit)) * Math.tanh(c)), memory];
  },
  gru(
    { weight, recurrent, bias, candidateBias }: Readonly<Record<string, Float64Array>>,
    row: ArrayLike<number>,
    [h]: number[][],
  ) {
    const from = (k: number, unit: number): number =>
      dot(row, weight, 3 * UNITS, k * UNITS + unit) + bias[k * UNITS + unit];
    const back = (k: number, unit: number): number => dot(h, recurrent, 3 * UNITS, k * UNITS + unit);
    const next = h.map((old, unit) => {
      const reset = sigmoid(from(0, unit) + back(0, unit));
      const update = sigmoid(from(1, unit) + back(1, unit));
      const candidate = Math.tanh(from(2, unit) + reset * (back(2, unit) + candidateBias[unit]));
      return (1 - update) * candidate + update * old;
    });
    return [next];
  },
};

describe.each(['lstm', 'gru'] as const)('%s', (name) => {
  const cell = cells[name];
  const layer =
    (order: 'forward' | 'reversed', options: { x?: Tensor; mask?: Tensor } = {}) =>
    (trace: Trace) => {
      const { outputs, last } = recurrence(trace, cell, options.x ?? x, { units: UNITS, order, mask: options.mask });
      return [outputs, last];
    };

  test.each(['forward', 'reversed'] as const)('%s is the equations step by step', (order) => {
    const { numbers, values } = run(layer(order), { x: series });
    for (let example = 0; example < BATCH; example++) {
      let state = Array.from({ length: cell.states }, () => new Array<number>(UNITS).fill(0));
      for (let turn = 0; turn < TIME; turn++) {
        const time = order === 'forward' ? turn : TIME - 1 - turn;
        const from = (time * BATCH + example) * INPUTS;
        state = byHand[name](numbers, series.subarray(from, from + INPUTS), state);
        for (let unit = 0; unit < UNITS; unit++)
          expect(values[0][(time * BATCH + example) * UNITS + unit]).toBeCloseTo(state[0][unit], 12);
      }
      for (let unit = 0; unit < UNITS; unit++)
        expect(values[1][example * UNITS + unit]).toBeCloseTo(state[0][unit], 12);
    }
  });

  test.each(['forward', 'reversed'] as const)('%s, what is masked might as well not be there', (order) => {
    const short = input('short', 'float32', [TIME - 2, BATCH, INPUTS]);
    const seen = input('seen', 'float32', [BATCH, TIME]);
    const mask = reshape(greater(seen, 0.5), [BATCH, TIME]);
    const marks = Float64Array.from({ length: BATCH * TIME }, (_, at) => Number(at % TIME < TIME - 2));
    const [, whole] = run(layer(order, { mask }), { x: series, seen: marks }).values;
    const [, alone] = run(layer(order, { x: short }), { short: series.subarray(0, sizeOf(short.shape)) }).values;
    expect(whole).toEqual(alone);
  });

  test('every gate starts with a rotation, and only the forget gate open', () => {
    const specs = new Map(collectParameters(layer('forward')).map((spec) => [spec.name, spec]));
    const start = (parameter: string): Float32Array => {
      const spec = specs.get(parameter);
      return spec ? spec.initialise(spec.shape, createRandom(2)) : new Float32Array();
    };
    const matrix = start('recurrent');
    const columns = cell.gates * UNITS;
    for (let gate = 0; gate < cell.gates; gate++)
      for (let a = 0; a < UNITS; a++)
        for (let b = 0; b < UNITS; b++) {
          const column = Float64Array.from({ length: UNITS }, (_, i) => matrix[i * columns + gate * UNITS + a]);
          expect(dot(column, matrix, columns, gate * UNITS + b)).toBeCloseTo(a === b ? 1 : 0, 6);
        }
    const open = name === 'lstm' ? [0, 1, 0, 0] : [0, 0, 0];
    expect([...start('bias')]).toEqual(open.flatMap((value) => new Array<number>(UNITS).fill(value)));
  });
});
