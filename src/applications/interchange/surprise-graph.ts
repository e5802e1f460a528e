/** `surprisesOf` and the score that a detector makes of it (`surprise.ts`, `detector.ts`), as graph. */
import { add, divide, maximum, multiply, negate, subtract } from '../../graph/ops/arithmetic.ts';
import { reshape, sum } from '../../graph/ops/broadcast.ts';
import { less, where } from '../../graph/ops/comparison.ts';
import { log, square } from '../../graph/ops/elementwise.ts';
import { constant } from '../../graph/ops/input.ts';
import { concat, slice } from '../../graph/ops/shape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { columnSpans } from '../cells.ts';
import { type Calibration, LEAST_CHANCE } from '../surprise.ts';

/** What a model said of a batch; all but the code flat, `[batch, features]`. */
export interface Told {
  /** Scaled and finite: a group of zeros is a category that was not there in training. */
  readonly x: Tensor;
  /** 1 where there is a value, 0 where it is missing. */
  readonly isThere: Tensor;
  readonly reconstruction: Tensor;
  readonly code: Tensor;
}

/** Where the columns of a row are. */
export type Spans = ReturnType<typeof columnSpans>;

export interface SurpriseFacts {
  readonly spans: Spans;
  readonly calibration: Calibration;
  /** Pictures and series, whose misses are taken for normal. */
  readonly isGrid: boolean;
  /** Rows that were learned from: what an unseen category is rarer than. */
  readonly examples: number;
}

/** Nats of each column, `[batch, columns]`, 0 where it is missing; and of each example, `[batch]`. */
export function surpriseGraph(
  told: Told,
  { spans, calibration, isGrid, examples }: SurpriseFacts,
): { readonly columns: Tensor; readonly score: Tensor } {
  const { x, isThere, reconstruction, code } = told;
  const density = isGrid ? (squares: Tensor) => multiply(0.5, squares) : logOnePlus;
  const spread = constant(calibration.spread, [calibration.spread.length]);
  const nats = byColumn(spans, {
    ofNumbers: (from, to) => {
      const miss = subtract(slice(x, 1, from, to), slice(reconstruction, 1, from, to));
      return density(square(divide(miss, slice(spread, 0, from, to))));
    },
    ofGroup: (from, to) => rarity(slice(x, 1, from, to), slice(reconstruction, 1, from, to), Math.log(examples + 1)),
  });
  const present = presentColumns(isThere, spans);
  const columns = multiply(nats, present);
  const observed = maximum(sum(present, [1]), 1);
  const score = divide(multiply(sum(columns, [1]), spans.length), observed);
  const usual = calibration.code;
  if (!usual) return { columns, score };
  const list = (values: readonly number[]): Tensor => constant(values, [values.length]);
  const ofCode = logOnePlus(square(divide(subtract(code, list(usual.centre)), list(usual.spread))));
  return { columns, score: add(score, sum(ofCode, [1])) };
}

/** 1 where a column has a value, 0 where it is missing: `[batch, features] → [batch, columns]`. */
export function presentColumns(isThere: Tensor, spans: Spans): Tensor {
  return byColumn(spans, {
    ofNumbers: (from, to) => slice(isThere, 1, from, to),
    ofGroup: (from) => slice(isThere, 1, from, from + 1),
  });
}

/** A number for each column: neighbouring numbers are worked out together, `[batch, to − from]`, groups one by one, `[batch, 1]`. */
export function byColumn(
  spans: Spans,
  made: { ofNumbers: (from: number, to: number) => Tensor; ofGroup: (from: number, to: number) => Tensor },
): Tensor {
  const parts: Tensor[] = [];
  for (let at = 0; at < spans.length; ) {
    const { from, to, isCategory } = spans[at];
    if (isCategory) {
      parts.push(made.ofGroup(from, to));
      at++;
      continue;
    }
    const next = spans.findIndex((span, i) => i > at && span.isCategory);
    const end = next < 0 ? spans.length : next;
    parts.push(made.ofNumbers(from, spans[end - 1].to));
    at = end;
  }
  return concat(parts, 1);
}

/** −log of the share of the category that is there; `unseen` nats where none is. `[batch, group] → [batch, 1]` */
function rarity(x: Tensor, chances: Tensor, unseen: number): Tensor {
  const column = (values: Tensor): Tensor => reshape(sum(values, [1]), [values.shape[0], 1]);
  const possible = maximum(chances, 0);
  const share = divide(column(multiply(x, possible)), maximum(column(possible), LEAST_CHANCE));
  return where(less(column(x), 0.5), unseen, negate(log(maximum(share, LEAST_CHANCE))));
}

function logOnePlus(x: Tensor): Tensor {
  return log(add(1, x));
}

/** `[batch, …] → [batch, features]` */
export function flat(x: Tensor): Tensor {
  return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
}
