import { describe, expect, test } from 'vitest';
import { type Measured, promotion, rungsFor, standing } from './halving.ts';

const none = (): boolean => false;
const at = (rung: number, values: readonly number[]): Measured[] =>
  values.map((value, trial) => ({ trial, rung, value }));

describe('rungsFor', () => {
  test.each([
    [20, [3, 7, 20]],
    [9, [1, 3, 9]],
    [200, [23, 67, 200]],
    [3, [1, 3]],
    [2, [1, 2]],
    [1, [1]],
  ])('%i epochs', (epochs, rungs) => {
    expect(rungsFor(epochs)).toEqual(rungs);
  });
});

describe('promotion', () => {
  test('the best third of a rung goes on, the best first, and each once', () => {
    const measured = at(0, [5, 1, 4, 2, 6, 3]);
    expect(promotion(measured, 3, none)).toEqual({ trial: 1, rung: 1 });
    expect(promotion(measured, 3, (trial) => trial === 1)).toEqual({ trial: 3, rung: 1 });
    expect(promotion(measured, 3, (trial) => trial === 1 || trial === 3)).toBeUndefined();
  });

  test('fewer than three are too few, and the last rung leads nowhere', () => {
    expect(promotion(at(0, [1, 2]), 3, none)).toBeUndefined();
    expect(promotion(at(2, [1, 2, 3]), 3, none)).toBeUndefined();
  });

  test('higher rungs go first', () => {
    const measured = [...at(0, [5, 1, 4]), ...at(1, [9, 8, 7])];
    expect(promotion(measured, 3, (trial, rung) => rung === 1 && trial <= 2)).toEqual({ trial: 2, rung: 2 });
  });

  test('what failed never goes on', () => {
    const failed = Number.POSITIVE_INFINITY;
    expect(promotion(at(0, [failed, failed, failed]), 3, none)).toBeUndefined();
    expect(promotion(at(0, [failed, 2, failed]), 3, none)).toEqual({ trial: 1, rung: 1 });
  });

  test('run to the end, the best of 27 trials by a noisy rung reaches the last one', () => {
    const quality = Array.from({ length: 27 }, (_, trial) => (trial * 7) % 27);
    const measured: Measured[] = [];
    const begun = new Set<string>();
    const isBegun = (trial: number, rung: number): boolean => begun.has(`${trial} ${rung}`);
    for (let trial = 0; trial < 27; trial++) {
      begun.add(`${trial} 0`);
      measured.push({ trial, rung: 0, value: quality[trial] });
      for (let next = promotion(measured, 3, isBegun); next; next = promotion(measured, 3, isBegun)) {
        begun.add(`${next.trial} ${next.rung}`);
        measured.push({ ...next, value: quality[next.trial] });
      }
    }
    const complete = measured.filter(({ rung }) => rung === 2).map(({ trial }) => quality[trial]);
    expect(Math.min(...complete)).toBe(0);
    expect(complete.length).toBeLessThan(9);
  });
});

test('standing: who came further first, and then the better', () => {
  const measured = [...at(0, [3, 1, 2]), { trial: 0, rung: 1, value: 9 }];
  expect(standing(measured).map(({ trial }) => trial)).toEqual([0, 1, 2]);
});
