import { expect, test } from 'vitest';
import { makeBatcher, type Rows } from './batching.ts';

const rowsOf = (...values: number[]): Rows => ({ values: Float32Array.from(values), count: values.length });

/** Doubles every value; a negative one cannot be. Keeps the sizes of its runs. */
function doubling(sizes: number[] = []) {
  return async ({ values, count }: Rows): Promise<Float32Array> => {
    sizes.push(count);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (values.some((value) => value < 0)) throw new Error(`cannot run ${values.length}`);
    return Float32Array.from(values, (value) => 2 * value);
  };
}

test('requests that come together run together, and each gets its own rows', async () => {
  const sizes: number[] = [];
  const { ask } = makeBatcher({ most: 8, mostWaiting: 100, run: doubling(sizes) });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(rowsOf(at, at + 0.5))));
  for (const [at, answer] of answers.entries()) expect(Array.from(answer)).toEqual([2 * at, 2 * at + 1]);
  expect(sizes).toEqual([8, 8, 4]);
});

test('a request larger than a batch runs alone, and in its turn', async () => {
  const sizes: number[] = [];
  const { ask } = makeBatcher({ most: 4, mostWaiting: 100, run: doubling(sizes) });
  await Promise.all([ask(rowsOf(1)), ask(rowsOf(1, 2, 3, 4, 5, 6)), ask(rowsOf(7))]);
  expect(sizes).toEqual([1, 6, 1]);
});

test('one that cannot be run does not harm those that were gathered with it', async () => {
  const { ask } = makeBatcher({ most: 8, mostWaiting: 100, run: doubling() });
  const [first, bad, last] = await Promise.allSettled([ask(rowsOf(1)), ask(rowsOf(-1)), ask(rowsOf(3))]);
  expect(first).toMatchObject({ status: 'fulfilled', value: Float32Array.of(2) });
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'cannot run 1' } });
  expect(last).toMatchObject({ status: 'fulfilled', value: Float32Array.of(6) });
});

test('what nobody waits for any more is not run', async () => {
  const sizes: number[] = [];
  const { ask } = makeBatcher({ most: 1, mostWaiting: 100, run: doubling(sizes) });
  let isThere = true;
  const first = ask(rowsOf(1));
  const gone = ask(rowsOf(2), () => isThere);
  const last = ask(rowsOf(3));
  isThere = false;
  await expect(gone).rejects.toMatchObject({ status: 503 });
  expect([...(await first), ...(await last)]).toEqual([2, 6]);
  expect(sizes).toEqual([1, 1]);
});

test('more rows than are kept waiting are refused at once; a request that waits alone is not', async () => {
  const { ask } = makeBatcher({ most: 2, mostWaiting: 4, run: doubling() });
  const large = ask(rowsOf(1, 2, 3, 4, 5));
  await expect(ask(rowsOf(1))).rejects.toMatchObject({ status: 429 });
  expect(await large).toHaveLength(5);
});

test('labels go along with their rows', async () => {
  const run = async ({ values, labels }: Rows): Promise<Float32Array> =>
    Float32Array.from(values, (value, at) => value * (labels?.[at] ?? 0));
  const { ask } = makeBatcher({ most: 8, mostWaiting: 100, run });
  const labelled = (value: number, label: number): Rows => ({ ...rowsOf(value), labels: Int32Array.of(label) });
  const answers = await Promise.all([ask(labelled(2, 3)), ask(labelled(5, 7))]);
  expect(answers.map(([value]) => value)).toEqual([6, 35]);
});

test('a whole batch does not wait for the run before, fewer rows do', async () => {
  const [under, ends]: [number[], (() => void)[]] = [[], []];
  const run = async ({ values, count }: Rows): Promise<Float32Array> => {
    under.push(count);
    await new Promise<void>((resolve) => ends.push(resolve));
    return Float32Array.from(values);
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const { ask } = makeBatcher({ most: 4, mostWaiting: 100, run });
  const answers = [ask(rowsOf(1))];
  await turn();
  answers.push(ask(rowsOf(2, 3)));
  await turn();
  expect(under).toEqual([1]);
  answers.push(ask(rowsOf(4, 5)), ask(rowsOf(6, 7, 8, 9)));
  await turn();
  // Two runs at most.
  expect(under).toEqual([1, 4]);
  for (let at = 0; at < 3; at++) {
    ends[at]();
    await turn();
  }
  expect(under).toEqual([1, 4, 4]);
  expect((await Promise.all(answers)).map(([first]) => first)).toEqual([1, 2, 4, 6]);
});
