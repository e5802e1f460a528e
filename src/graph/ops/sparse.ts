/** Rows that are kept as lists of the entries that are there, made whole where a batch needs them. */
import { makeTensor, type Tensor } from '../tensor.ts';

/** Lists of entries, one after the other ("compressed sparse rows"). */
export interface SparseRows {
  /** Where each row's entries begin, and where the last one's end: int32 `[rows + 1]`. */
  readonly starts: Tensor;
  /** Of each entry, int32 `[entries]`: no column twice in a row. */
  readonly columns: Tensor;
  /** float32 `[entries]` */
  readonly values: Tensor;
}

/**
 * The rows that `index` names as a matrix, with `absent` where nothing is listed: int32 `[batch]` → `[batch, width]`. Only what the
 * batch lists is looked at, however many entries there are in all. Lists are data: they have no gradient.
 *
 *   row of each entry = (running count of rows begun) − 1;  its place in the lists = its place in the batch + the row's shift
 */
export function sparseRows({ starts, columns, values }: SparseRows, index: Tensor, width: number, absent = 0): Tensor {
  const [batch] = index.shape;
  return makeTensor(
    {
      name: 'sparseRows',
      lower: ([begins, places, entries, rows], emit) => {
        const int = (value: number): string => emit.constant('int32', [], [value]);
        const ints = (list: readonly number[]): string => emit.constant('int64', [list.length], list);
        const first = int(0);
        const from = emit.node('Gather', [begins, rows], { axis: { int: 0 } });
        const to = emit.node('Gather', [begins, emit.node('Add', [rows, int(1)])], { axis: { int: 0 } });
        // Of the batch's entries, one after the other.
        const lengths = emit.node('Sub', [to, from]);
        const ends = emit.node('CumSum', [lengths, first]);
        const starting = emit.node('Sub', [ends, lengths]);
        const total = emit.node('Gather', [ends, int(batch - 1)], { axis: { int: 0 } });
        // One place more than entries: an empty row at the end begins behind them all.
        const room = emit.node('Reshape', [
          emit.node('Cast', [emit.node('Add', [total, int(1)])], { to: { int: 7 } }),
          ints([1]),
        ]);
        const none = emit.node('Expand', [emit.constant('int32', [1], [0]), room]);
        const at = emit.node('Cast', [emit.node('Reshape', [starting, ints([batch, 1])])], { to: { int: 7 } });
        const ones = emit.constant('int32', [batch], new Array<number>(batch).fill(1));
        const begun = emit.node('ScatterND', [none, at, ones], { reduction: { text: 'add' } });
        const order = emit.node('Range', [first, total, int(1)]);
        const counted = emit.node('Gather', [emit.node('CumSum', [begun, first]), order], { axis: { int: 0 } });
        const row = emit.node('Sub', [counted, int(1)]);
        const shifts = emit.node('Gather', [emit.node('Sub', [from, starting]), row], { axis: { int: 0 } });
        const place = emit.node('Add', [order, shifts]);
        const column = emit.node('Gather', [places, place], { axis: { int: 0 } });
        const value = emit.node('Gather', [entries, place], { axis: { int: 0 } });
        const flat = emit.node('Add', [emit.node('Mul', [row, int(width)]), column]);
        const blank = emit.node('Expand', [emit.constant('float32', [1], [absent]), ints([batch * width])]);
        const filled = emit.node('ScatterElements', [blank, flat, value], { axis: { int: 0 } });
        return [emit.node('Reshape', [filled, ints([batch, width])])];
      },
      evaluate: ([begins, places, entries, rows]) => {
        const whole = new Float64Array(batch * width).fill(absent);
        for (const [at, row] of rows.entries())
          for (let entry = begins[row]; entry < begins[row + 1]; entry++)
            whole[at * width + places[entry]] = entries[entry];
        return [whole];
      },
    },
    [starts, columns, values, index],
    [batch, width],
  );
}
