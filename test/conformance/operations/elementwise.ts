/** Functions of each number, with the shapes and values they are checked at. */
import {
  abs,
  cos,
  erf,
  exp,
  floor,
  log,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  tanh,
} from '../../../src/graph/ops/elementwise.ts';
import { type OperationCase, POSITIVE, unaryCases, WIDE_BUT_ZERO } from '../cases.ts';

export const elementwiseCases: readonly OperationCase[] = [
  ...unaryCases('exp', exp, { extremes: [0, -1e4, -50, 50] }),
  ...unaryCases('log', log, { range: [0.1, 3], extremes: POSITIVE }),
  ...unaryCases('sqrt', sqrt, { range: [0.1, 3], extremes: POSITIVE }),
  ...unaryCases('abs', abs, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('sign', sign, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('floor', floor, { extremes: [1e4 + 0.5, -1e4 - 0.5, 0.5, -0.5] }),
  ...unaryCases('sin', sin),
  ...unaryCases('cos', cos),
  ...unaryCases('tanh', tanh),
  ...unaryCases('sigmoid', sigmoid),
  ...unaryCases('softplus', softplus),
  ...unaryCases('relu', relu, { extremes: WIDE_BUT_ZERO }),
  ...unaryCases('erf', erf, { range: [-4, 4] }),
  ...unaryCases('square', square),
];
