import { describe, expect, test } from 'vitest';
import { ranksTogether } from '../../test/conformance/ranks-together.ts';
import { gradient } from '../graph/gradient.ts';
import { joinAcross, sumAcross } from '../graph/ops/across.ts';
import { add, multiply, subtract } from '../graph/ops/arithmetic.ts';
import { sum } from '../graph/ops/broadcast.ts';
import { greater, where } from '../graph/ops/comparison.ts';
import { exp, square, tanh } from '../graph/ops/elementwise.ts';
import { constant, input } from '../graph/ops/input.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { scan } from '../graph/ops/scan.ts';
import { slice } from '../graph/ops/shape.ts';
import { evaluate } from '../graph/reference.ts';
import { cutAcross } from '../graph/segments.ts';
import type { Tensor } from '../graph/tensor.ts';
import { compileAcross } from './across.ts';
import { float32 } from './engine.ts';
import { nodeEngine } from './node.ts';

const engine = nodeEngine({ threads: 1 });
const ROWS = Float32Array.from({ length: 15 }, (_, at) => Math.sin(at + 1));
const WEIGHT = Float32Array.from({ length: 9 }, (_, at) => Math.cos(at) / 2);
/** Of 5 rows of 3 numbers. */
const parts = [
  { from: 0, rows: 2 },
  { from: 2, rows: 3 },
];

/** What is computed of all rows, told in the words of one rank: `total` sums over ranks, `all` joins their rows. */
type Build = (x: Tensor, weight: Tensor, total: (x: Tensor) => Tensor, all: (x: Tensor) => Tensor) => Tensor;

async function onRanks(build: Build): Promise<number[][]> {
  return Promise.all(
    ranksTogether(2).map(async ({ rank, sum: sumOver }) => {
      const { from, rows } = parts[rank];
      const [x, weight] = [input('x', 'float32', [rows, 3]), input('weight', 'float32', [3, 3])];
      const y = build(x, weight, sumAcross, (own) => joinAcross(own, from, 5));
      const program = await compileAcross(engine, { y });
      const feeds = { x: float32(ROWS.slice(3 * from, 3 * (from + rows)), [rows, 3]), weight: float32(WEIGHT, [3, 3]) };
      const { y: found } = await program.run(feeds, sumOver);
      await program.dispose();
      return [...found.data];
    }),
  );
}

function inOne(build: Build): number[] {
  const [x, weight] = [input('x', 'float32', [5, 3]), input('weight', 'float32', [3, 3])];
  const same = (tensor: Tensor): Tensor => tensor;
  return [...evaluate([build(x, weight, same, same)], { x: ROWS, weight: WEIGHT })[0]];
}

/** Centred by the mean of all rows, as batch norm does. */
const centred: Build = (x, weight, total) => {
  const h = tanh(matmul(x, weight));
  return subtract(h, multiply(total(sum(h, [0])), 1 / 5));
};
/** Distances of all pairs. */
const pairs: Build = (x, weight, total, all) => {
  const h = matmul(x, weight);
  return total(sum(exp(multiply(matmul(h, all(h), { right: true }), -0.5))));
};
const losses: Readonly<Record<string, Build>> = {
  'a mean in the middle': (x, weight, total, all) => sum(square(centred(x, weight, total, all))),
  'one mean after the other': (x, weight, total, all) => {
    const h = centred(x, weight, total, all);
    const variance = total(sum(square(h), [0]));
    return sum(multiply(square(multiply(h, variance)), tanh(h)));
  },
  'a truth that is read later': (x, weight, total) => {
    const h = matmul(x, weight);
    const middle = multiply(total(sum(h, [0])), 1 / 5);
    return sum(where(greater(h, 0), multiply(square(h), middle), 0));
  },
  'a loop after a sum': (x, weight, total) => {
    const middle = total(sum(matmul(x, weight), [0]));
    const { outputs } = scan({ carried: [constant(1, [3])], scanned: [x] }, ([state], [row]) => {
      const next = tanh(add(multiply(state, middle), row));
      return { carried: [constant(1, [3])], outputs: [multiply(next, state)] };
    });
    return sum(square(outputs[0]));
  },
};

describe('ranks compute what one process does', () => {
  test('values, of each rank its rows', async () => {
    const ranks = await onRanks(centred);
    for (const [at, value] of inOne(centred).entries()) expect(ranks.flat()[at]).toBeCloseTo(value, 5);
  });

  test('all pairs of rows', async () => {
    for (const [found] of await onRanks(pairs)) expect(found / inOne(pairs)[0]).toBeCloseTo(1, 5);
  });

  test.each(Object.entries(losses))('the gradient of %s', async (_, loss) => {
    const slope: Build = (x, weight, total, all) => {
      const [found] = gradient(loss(x, weight, total, all), [weight]);
      return total(found);
    };
    const expected = inOne(slope);
    for (const found of await onRanks(slope))
      for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 4);
  });

  test('the gradient of what is made of a gradient', async () => {
    const slopes: Build = (x, weight, total, all) => {
      const [slope] = gradient(sum(square(centred(x, weight, total, all))), [x]);
      const [found] = gradient(sum(square(slope)), [weight]);
      return total(found);
    };
    const expected = inOne(slopes);
    for (const found of await onRanks(slopes))
      for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 3);
  });

  test('the gradient of all pairs of rows', async () => {
    // Each rank has the pairs of its own rows, and the whole sum of the ranks' shares of it is the loss.
    const slope: Build = (x, weight, total, all) => {
      const [found] = gradient(multiply(pairs(x, weight, total, all), x.shape[0] / 5), [weight]);
      return total(found);
    };
    const expected = inOne(slope);
    for (const found of await onRanks(slope))
      for (const [at, value] of expected.entries()) expect(found[at] / value).toBeCloseTo(1, 4);
  });
});

describe('cutting', () => {
  const x = input('x', 'float32', [4]);

  test('a graph without sums over ranks stays as it is', () => {
    const y = square(x);
    expect(cutAcross({ y })).toEqual([{ outputs: { y }, sums: [] }]);
  });

  test('sums that do not wait for each other are one exchange', () => {
    const segments = cutAcross({ y: add(sumAcross(square(x)), sumAcross(exp(x))) });
    expect(segments.map(({ sums }) => sums.length)).toEqual([2, 0]);
    expect(cutAcross({ y: sumAcross(square(sumAcross(x))) }).map(({ sums }) => sums.length)).toEqual([1, 1, 0]);
  });

  test('what is only a view of an input is not handed over', () => {
    const [first] = [slice(x, 0, 0, 2)];
    const { outputs } = cutAcross({ y: multiply(x, sumAcross(sum(first))) })[0];
    expect(Object.keys(outputs)).toEqual(['sum:0']);
  });
});
