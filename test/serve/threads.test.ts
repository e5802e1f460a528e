/** The native engine in threads of its own. From the package as built: a thread is a file of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import type { ThreadedEngine, ThreadsOptions } from '../../src/engine/node-threads.ts';
import { add } from '../../src/graph/ops/arithmetic.ts';
import { cast } from '../../src/graph/ops/comparison.ts';
import { input } from '../../src/graph/ops/input.ts';
import { matmul } from '../../src/graph/ops/matmul.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { examplesOf, parametersFor, tinyModel } from '../conformance/tiny-models.ts';

const built = new URL('../../dist/engine/node-threads.js', import.meta.url);
const { nodeThreads } = (await import(built.href)) as {
  nodeThreads: (options: ThreadsOptions) => ThreadedEngine;
};

async function withThreads(runs: number, work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = nodeThreads({ runs, threads: 1 });
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
}

describe('nodeThreads', () => {
  test('gives the bits of the engine in this thread, also for many runs at a time', () =>
    withThreads(2, async (engine) => {
      const model = tinyModel({ network: 'convolutional' });
      const parameters = parametersFor(model);
      const here = makeRunner(nodeEngine({ threads: 1 }), model, parameters);
      const there = makeRunner(engine, model, parameters);
      const asked = Array.from({ length: 12 }, (_, seed) => examplesOf(1 + 23 * seed, { seed }));
      const answers = await Promise.all(asked.map((examples) => there.reconstruct(parameters, examples)));
      for (const [at, examples] of asked.entries())
        expect(answers[at]).toEqual(await here.reconstruct(parameters, examples));
    }));

  test('what lasts is kept, what does not is read anew; inputs are left alone', () =>
    withThreads(1, async (engine) => {
      const program = await engine.compile({ y: matmul(input('x', 'float32', [1, 2]), input('w', 'float32', [2, 1])) });
      const data = Float32Array.of(0, 0, 3, 4).subarray(2);
      const x = { data: Float32Array.of(1, 1), shape: [1, 2] };
      const w = { data, shape: [2, 1], lasts: true };
      const y = async (): Promise<number> => (await program.run({ x, w })).y.data[0];
      expect(await y()).toBe(7);
      x.data[0] = 2;
      expect(await y()).toBe(10);
      data[0] = 100;
      expect(await y()).toBe(10);
      expect(await program.run({ x, w: { ...w, lasts: false } })).toMatchObject({ y: { shape: [1, 1] } });
      expect([...x.data]).toEqual([2, 1]);
      await program.dispose();
    }));

  test('parts of larger arrays, sent in memory that was used before, are told from one another', () =>
    withThreads(1, async (engine) => {
      const rows = 30_000;
      const floats = input('x', 'float32', [2, 1], { anyLength: true });
      const bytes = input('x', 'uint8', [2, 1], { anyLength: true });
      const programs = [
        { program: await engine.compile({ y: add(floats, 1) }), whole: new Float32Array(4 * rows) },
        { program: await engine.compile({ y: add(cast(bytes, 'float32'), 1) }), whole: new Uint8Array(16 * rows) },
      ];
      for (let turn = 1; turn <= 6; turn++)
        for (const { program, whole } of programs) {
          // Fewer from turn to turn: what is left over in the memory must not be seen.
          const data = whole.fill(turn).subarray(1, whole.length - turn * 1000);
          const { y } = await program.run({ x: { data, shape: [data.length, 1] } });
          expect(y.data).toHaveLength(data.length);
          expect(y.data.every((value) => value === turn + 1)).toBe(true);
          expect(whole[0]).toBe(turn);
        }
    }));

  test('what is wrong is said where it was asked, and the next run is done', () =>
    withThreads(1, async (engine) => {
      const x = input('x', 'float32', [2, 2], { anyLength: true });
      const program = await engine.compile({ y: matmul(x, input('w', 'float32', [2, 2])) });
      const w = { data: new Float32Array(4), shape: [2, 2] };
      await expect(program.run({ w })).rejects.toThrow('no x');
      await expect(program.run({ x: { data: new Float32Array(3), shape: [1, 3] }, w })).rejects.toThrow(
        /runtime failed/,
      );
      expect((await program.run({ x: { data: new Float32Array(2), shape: [1, 2] }, w })).y.shape).toEqual([1, 2]);
      await program.dispose();
    }));

  test('closed in the midst of a run, the run ends with an error', async () => {
    const engine = nodeThreads({ runs: 1, threads: 1 });
    const x = input('x', 'float32', [2, 1000], { anyLength: true });
    const program = await engine.compile({ y: matmul(x, input('w', 'float32', [1000, 1000])) });
    const feeds = {
      x: { data: new Float32Array(1e6), shape: [1000, 1000] },
      w: { data: new Float32Array(1e6), shape: [1000, 1000] },
    };
    const runs = Promise.allSettled(Array.from({ length: 50 }, () => program.run(feeds)));
    await engine.close();
    const statuses = (await runs).map(({ status }) => status);
    expect(statuses).toContain('rejected');
  });
});

test('a program that is over does not wait for threads that have nothing to do', async () => {
  const script = `
    import { nodeThreads } from ${JSON.stringify(built.href)};
    nodeThreads({ runs: 2, threads: 1 });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
