/** Logits as chances, and one element of each row: reading it, adding to it, what it costs. */
import { makeTensor, type Tensor } from '../tensor.ts';
import { multiply, negate, subtract } from './arithmetic.ts';
import { reshape, sum } from './broadcast.ts';
import { exp } from './elementwise.ts';
import { constant } from './input.ts';

/** x − log Σ eˣ over the last axis, without overflow: chances from logits, as logarithms. Same shape. */
export function logSoftmax(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  const width = x.shape[last];
  return makeTensor(
    {
      name: 'logSoftmax',
      gradient: ({ outputs: [logarithms] }, [upstream]) => {
        if (!upstream) return [];
        const total = reshape(sum(upstream, [last]), [...x.shape.slice(0, last), 1]);
        return [subtract(upstream, multiply(exp(logarithms), total))];
      },
      lower: ([name], emit) => [emit.node('LogSoftmax', [name], { axis: { int: last } })],
      evaluate: ([values]) => {
        const logarithms = new Float64Array(values.length);
        for (let at = 0; at < values.length; at += width)
          logarithms.set(logChances(values.subarray(at, at + width)), at);
        return [logarithms];
      },
    },
    [x],
    x.shape,
  );
}

/** x[row, index[row]] of each row: `[rows, width]`, int32 `[rows]` → `[rows]`. */
export function pick(x: Tensor, index: Tensor): Tensor {
  const [rows, width] = x.shape;
  return makeTensor(
    {
      name: 'pick',
      gradient: ({ inputs: [, places] }, [upstream]) => [
        upstream && addAt(constant(0, [rows, width]), places, upstream),
        undefined,
      ],
      lower: ([values, places], emit) => {
        const column = emit.node('Reshape', [places, emit.constant('int64', [2], [rows, 1])]);
        const picked = emit.node('GatherElements', [values, column], { axis: { int: 1 } });
        return [emit.node('Reshape', [picked, emit.constant('int64', [1], [rows])])];
      },
      evaluate: ([values, places]) => [Float64Array.from(places, (place, row) => values[row * width + place])],
    },
    [x, index],
    [rows],
  );
}

/** x with `values[row]` added at `index[row]` of each row: `[rows, width]`, int32 `[rows]`, `[rows]` → `[rows, width]`. */
export function addAt(x: Tensor, index: Tensor, values: Tensor): Tensor {
  const [rows, width] = x.shape;
  return makeTensor(
    {
      name: 'addAt',
      gradient: ({ inputs: [, places] }, [upstream]) => [upstream, undefined, upstream && pick(upstream, places)],
      lower: ([name, ...columns], emit) => {
        const shape = emit.constant('int64', [2], [rows, 1]);
        const [places, added] = columns.map((column) => emit.node('Reshape', [column, shape]));
        return [emit.node('ScatterElements', [name, places, added], { axis: { int: 1 }, reduction: { text: 'add' } })];
      },
      evaluate: ([start, places, added]) => {
        const sums = Float64Array.from(start);
        for (const [row, place] of places.entries()) sums[row * width + place] += added[row];
        return [sums];
      },
    },
    [x, index, values],
    x.shape,
  );
}

/**
 * −log softmax(logits)[index] of each row: `[rows, width]`, int32 `[rows]` → `[rows]`. An operation of its own for its gradient,
 * (softmax(logits) − one-hot) · upstream: few passes over what may be most of the numbers in a step.
 */
export function crossEntropy(logits: Tensor, index: Tensor): Tensor {
  const [rows, width] = logits.shape;
  return makeTensor(
    {
      name: 'crossEntropy',
      gradient: ({ inputs: [of, places] }, [upstream]) => {
        if (!upstream) return [];
        const column = reshape(upstream, [rows, 1]);
        return [addAt(multiply(exp(logSoftmax(of)), column), places, negate(upstream)), undefined];
      },
      lower: ([name, places], emit) => {
        const column = emit.node('Reshape', [places, emit.constant('int64', [2], [rows, 1])]);
        // The gradient asks for the same logarithms, and the runtime works them out once.
        const logarithms = emit.node('LogSoftmax', [name], { axis: { int: 1 } });
        const picked = emit.node('GatherElements', [logarithms, column], { axis: { int: 1 } });
        return [emit.node('Neg', [emit.node('Reshape', [picked, emit.constant('int64', [1], [rows])])])];
      },
      evaluate: ([values, places]) => [
        Float64Array.from(places, (place, row) => -logChances(values.subarray(row * width, (row + 1) * width))[place]),
      ],
    },
    [logits, index],
    [rows],
  );
}

/** The logarithms of the chances that one row of logits stands for, in numbers. */
function logChances(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const total = logits.reduce((sofar, value) => sofar + Math.exp(value - largest), 0);
  return logits.map((value) => value - largest - Math.log(total));
}
