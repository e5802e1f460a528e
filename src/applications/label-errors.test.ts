import { describe, expect, test } from 'vitest';
import { autoencoder } from '../autoencoder.ts';
import { createRandom } from '../base/random.ts';
import type { ArraySource } from '../data/dataset.ts';
import { nodeEngine } from '../engine/node.ts';
import { labelErrors } from '../uses.ts';

const engine = nodeEngine({ threads: 1 });

/** Three clumps in four columns, with the labels of some rows changed and of some unknown. */
function clumps(count: number, wrong: readonly number[], unknown: readonly number[] = []): ArraySource {
  const random = createRandom(5);
  const values = new Float32Array(4 * count);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const own = row % 3;
    labels[row] = unknown.includes(row) ? -1 : wrong.includes(row) ? (own + 1) % 3 : own;
    for (let column = 0; column < 4; column++)
      values[4 * row + column] = (column === own ? 3 : 0) + 0.5 * random.normal();
  }
  return {
    form: 'array',
    name: 'clumps',
    values,
    shape: [count, 4],
    labels: { values: labels, names: ['a', 'b', 'c', 'nobody'] },
  };
}

const wrong = [7, 50, 111, 200];
const model = autoencoder({ latent: 2, hidden: [16], engine });
await model.fit(clumps(300, []), { epochs: 60, learningRate: 0.01, seed: 1 });

describe('labelErrors', () => {
  test('ranks changed labels first, calls them suspects and suggests what they were', async () => {
    const { ranked, names, labels, suggested, isSuspect, scores } = await labelErrors(model, clumps(300, wrong));
    expect(names).toEqual(['a', 'b', 'c']);
    expect(Array.from(ranked.subarray(0, 4)).sort((a, b) => a - b)).toEqual(wrong);
    for (const row of wrong) {
      expect(isSuspect[row]).toBe(true);
      expect([suggested[row], labels[row]]).toEqual([row % 3, (row + 1) % 3]);
      expect(scores[row]).toBeGreaterThan(0.9);
    }
    expect(isSuspect.filter(Boolean).length).toBeLessThan(10);
  });

  test('chances sum to 1, and a row without a label has them but is not ranked', async () => {
    const { ranked, chances, suggested } = await labelErrors(model, clumps(300, wrong, [4, 9]));
    expect(ranked).toHaveLength(298);
    expect(ranked.includes(4)).toBe(false);
    for (let row = 0; row < 300; row++)
      expect(chances.subarray(3 * row, 3 * row + 3).reduce((sum, chance) => sum + chance)).toBeCloseTo(1, 10);
    expect([suggested[4], suggested[9]]).toEqual([1, 0]);
  });

  test("a row's own label has no part in its chances", async () => {
    const before = await labelErrors(model, clumps(300, []));
    const after = await labelErrors(model, clumps(300, [42]));
    expect(after.chances.subarray(126, 129)).toEqual(before.chances.subarray(126, 129));
  });

  test('the trial finds most of what it changed, the same ones for the same seed', async () => {
    const { trial } = await labelErrors(model, clumps(300, []));
    expect(trial.changed).toBe(15);
    expect(trial.model.precision).toBeGreaterThan(0.8);
    expect(trial.model.averagePrecision).toBeGreaterThan(0.9);
    expect((await labelErrors(model, clumps(300, []))).trial).toEqual(trial);
  });

  test('refuses data without labels, of one class, with a class of few', async () => {
    const { labels, ...bare } = clumps(300, []);
    await expect(labelErrors(model, bare)).rejects.toThrow(
      'expected labels, to tell which of them do not fit, got none',
    );
    const of = (values: (label: number) => number) => ({
      ...bare,
      labels: { names: ['a', 'b', 'c'], values: Int32Array.from(labels?.values ?? [], values) },
    });
    await expect(
      labelErrors(
        model,
        of(() => -1),
      ),
    ).rejects.toThrow('got none');
    await expect(
      labelErrors(
        model,
        of(() => 1),
      ),
    ).rejects.toThrow('got only "b"');
    let seen = 0;
    const few = of((label) => (label < 2 ? label : seen++ < 3 ? 2 : 0));
    await expect(labelErrors(model, few)).rejects.toThrow('at least 5 rows of each class');
  });
});
