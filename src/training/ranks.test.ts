import { describe, expect, test } from 'vitest';
import { ranksTogether } from '../../test/conformance/ranks-together.ts';
import { tinyModel } from '../../test/conformance/tiny-models.ts';
import { losses, trained, trainedBy } from '../../test/conformance/train-tiny.ts';
import { DataError, DivergenceError, InterruptedError, OptionError } from '../base/errors.ts';
import { agree } from './agree.ts';
import { partOf } from './ranks.ts';

test('the parts of a batch are its rows, each once', () => {
  for (const size of [1, 2, 3, 7]) {
    const parts = Array.from({ length: size }, (_, rank) => partOf(16, { rank, size }));
    expect(parts.flatMap(({ from, rows }) => Array.from({ length: rows }, (_, at) => from + at))).toEqual(
      Array.from({ length: 16 }, (_, at) => at),
    );
    const rows = parts.map((part) => part.rows);
    expect(Math.max(...rows) - Math.min(...rows)).toBeLessThan(2);
  }
  expect(() => partOf(3, { rank: 0, size: 4 })).toThrow(OptionError);
});

describe('agreement', () => {
  const differing = (values: readonly string[], isData?: true): Promise<PromiseSettledResult<void>[]> =>
    Promise.allSettled(
      ranksTogether(values.length).map((ranks) =>
        agree(ranks, [
          { name: 'version', value: '1', fix: 'install it' },
          { name: 'data', value: values[ranks.rank], fix: 'copy it', ...(isData ? { isData } : {}) },
        ]),
      ),
    );

  test('none where all are the same', async () => {
    expect((await differing(['a', 'a', 'a'])).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  test('all ranks are told which differ, in what', async () => {
    for (const result of await differing(['a', 'b', 'a', 'c'], true)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(DataError);
      expect(reason.message).toBe('ranks 1, 3: expected the same data as on rank 0, got another; copy it');
    }
    const [first] = await differing(['a', 'b']);
    expect((first as PromiseRejectedResult).reason).toBeInstanceOf(OptionError);
  });
});

describe('every few steps', () => {
  const model = tinyModel();

  test('one step of plain descent between averages is the step of the whole batch', async () => {
    const options = { epochs: 2, optimizer: 'sgd', momentum: 0, learningRate: 0.1 };
    const alone = await trained({ model, options });
    for (const { parameters, history } of await trainedBy(ranksTogether(3), { model, options, syncEvery: 1 })) {
      for (const [name, values] of parameters)
        for (const [at, value] of (alone.parameters.get(name) ?? []).entries())
          expect(values[at]).toBeCloseTo(value, 5);
      expect(losses(history)[1]).toBeCloseTo(losses(alone.history)[1], 5);
      expect(history[1].train.loss).toBeCloseTo(alone.history[1].train.loss, 5);
    }
  });

  test.each([4, 100])('meeting every %i steps learns, and all ranks have the same', async (syncEvery) => {
    const options = { epochs: 60, learningRate: 0.01 };
    const [first, second] = await trainedBy(ranksTogether(2), { model, options, syncEvery });
    expect([...second.state.vectors.values()]).toEqual([...first.state.vectors.values()]);
    expect(second.history.map(({ validation }) => validation)).toEqual(
      first.history.map(({ validation }) => validation),
    );
    const [before, after] = [losses(first.history)[0], losses(first.history)[59]];
    const alone = losses((await trained({ model, options })).history);
    expect(after).toBeLessThan(before);
    expect(before - after).toBeGreaterThan(0.8 * (alone[0] - alone[59]));
  });

  test('a rank that diverges ends all, with the step', async () => {
    const run = {
      model: tinyModel({ architecture: { output: 'linear' } }),
      options: { optimizer: 'sgd', learningRate: 1e20, schedule: 'constant' },
    };
    for (const syncEvery of [undefined, 3]) {
      const ends = await Promise.allSettled(ranksTogether(2).map((ranks) => trained({ ...run, ranks, syncEvery })));
      const [first, second] = ends.map((end) => (end as PromiseRejectedResult).reason);
      expect(first).toBeInstanceOf(DivergenceError);
      expect(second.message).toBe(first.message);
    }
  });
});

test.each([undefined, 3])('the wish of one rank to stop ends all at the same step (every %s)', async (syncEvery) => {
  const saved: number[] = [];
  const ends = await Promise.allSettled(
    ranksTogether(2).map((ranks) =>
      trained({
        ranks,
        syncEvery,
        options: { epochs: 50 },
        blockMs: 1000,
        stopAfter: ranks.rank === 1 ? 4 : undefined,
        checkpoint: async ({ position: { epoch, step } }) => {
          saved[ranks.rank] = 6 * epoch + step;
        },
      }),
    ),
  );
  for (const end of ends) expect((end as PromiseRejectedResult).reason).toBeInstanceOf(InterruptedError);
  expect(saved[1]).toBe(saved[0]);
  expect(saved[0]).toBeGreaterThanOrEqual(4);
});
