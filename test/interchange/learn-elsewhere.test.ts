/** A training that leaves the package and comes back: exported, gone on with by an example that knows ONNX Runtime alone, imported. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeNpy } from '../../src/data/formats/npy.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { autoencoder, exportTraining, loadData, withState } from '../../src/index.ts';
import { follow, makeWorkplace } from '../command.ts';
import { openOnnx } from './runtime.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { folder, path, write, run, json } = await makeWorkplace();
const example = fileURLToPath(new URL('../../examples/learn-elsewhere.mjs', import.meta.url));

/** 784-32-8-32-784. */
const PARAMETERS = 784 * 32 + 32 + 32 * 8 + 8 + 8 * 32 + 32 + 32 * 784 + 784;

beforeAll(async () => {
  await run('train digits --limit 400 --epochs 1 --hidden 32 --latent 8 --threads 1 --out digits');
});

describe('a training goes on elsewhere', () => {
  test('exported, learned by the JavaScript example, imported: it rebuilds better', async () => {
    const told = await json('export digits --trainable --batch-size 16');
    expect(told).toMatchObject({
      step: 'digits/trainable/step.onnx',
      state: 'digits/trainable/state.npy',
      batchSize: 16,
    });
    const { train: digits } = await loadData('digits', { limit: 400 });
    if (digits.form !== 'array') throw new Error('not pictures');
    await write('more.npy', encodeNpy(digits.values, digits.shape));

    const words = [example, path('digits/trainable'), path('more.npy')];
    const { code, stdout, stderr } = await follow(spawn(process.execPath, words, { cwd: folder })).outcome;
    expect(code, stderr).toBe(0);
    const losses = Array.from(stdout.matchAll(/loss ([\d.]+)/g), ([, loss]) => Number(loss));
    expect(losses).toHaveLength(10);
    expect(losses[9]).toBeLessThan(0.8 * losses[0]);

    await json('import learned.npy --model digits --out better.safetensors');
    const mse = async (name: string): Promise<number> =>
      (await json(`evaluate ${name} digits --limit 400 --threads 1`)).mse as number;
    expect(await mse('better.safetensors')).toBeLessThan(0.9 * (await mse('digits')));
    expect(await json('info better.safetensors')).toMatchObject({ results: {}, baselines: {} });
  });

  test('is refused where it does not fit, and what is there is kept', async () => {
    await write('short.npy', encodeNpy(new Float32Array(7), [7]));
    await write('matrix.npy', encodeNpy(new Float32Array(6), [2, 3]));
    await write('nan.npy', encodeNpy(new Float32Array(PARAMETERS).fill(NaN), [PARAMETERS]));
    await write('mine.safetensors', 'mine');
    for (const [words, exit, said] of [
      ['import short.npy --model digits --out a.safetensors', 3, '7 numbers'],
      ['import matrix.npy --model digits --out a.safetensors', 3, 'of shape [2, 3]'],
      ['import nan.npy --model digits --out a.safetensors', 3, 'NaN in place 1'],
      ['import short.npy --out a.safetensors', 2, 'or --model MODEL'],
      ['import nothing.npy --model digits --out a.safetensors', 3, 'nothing.npy'],
      ['import short.npy --model digits --out mine.safetensors', 2, '--overwrite'],
      ['export digits --trainable', 2, '--overwrite'],
      ['export digits --trainable --onnx', 2, 'leave all but one of them out'],
      ['export digits --onnx --batch-size 3', 2, 'batches of any size'],
    ] as const) {
      const outcome = await run(words);
      expect(outcome.stderr, words).toContain(said);
      expect(outcome.code, words).toBe(exit);
    }
    expect(await readFile(path('mine.safetensors'), 'utf8')).toBe('mine');
  });

  test('in the library: a table with gaps and categories', async () => {
    const engine = nodeEngine({ threads: 1 });
    const rows = 64;
    const table = {
      form: 'table' as const,
      name: 'table',
      rows,
      columns: [
        {
          type: 'numeric' as const,
          name: 'state',
          values: Float64Array.from({ length: rows }, (_, at) => (at % 9 ? at % 5 : NaN)),
        },
        {
          type: 'category' as const,
          name: 'kind',
          values: Array.from({ length: rows }, (_, at) => (at % 5 < 2 ? 'low' : 'high')),
        },
      ],
    };
    const model = autoencoder({ hidden: [16], latent: 2, engine });
    await model.fit(table, { epochs: 1, batchSize: 16, validation: 0.2 });
    const { step, state } = await exportTraining(model, { batchSize: 32 });
    const file = await openOnnx(step);
    expect(file.inputs).toEqual(['state_', 'kind', 'index', 'step', 'learning_rate', 'noise', 'state']);
    const [numbers, texts] = table.columns;
    const index = BigInt64Array.from({ length: 60 * 32 }, (_, at) => BigInt(at % rows));
    const out = await file.run({
      state_: ['float64', numbers.values as Float64Array, [rows]],
      kind: ['string', texts.values as string[], [rows]],
      index: ['int64', index, [60, 32]],
      step: ['int64', BigInt64Array.of(0n), []],
      learning_rate: ['float32', Float32Array.of(0.01), []],
      noise: ['uint32', Uint32Array.of(1, 2), [2]],
      state: ['float32', state, [state.length]],
    });
    const better = await withState(model, out.next_state.data as Float32Array, { engine });
    expect((await better.evaluate(table)).loss).toBeLessThan(0.5 * (await model.evaluate(table)).loss);
    await expect(withState(model, new Float32Array(3))).rejects.toThrow('3 numbers');
  });
});
