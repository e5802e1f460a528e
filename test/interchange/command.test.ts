/** `autoencoder export` as a user runs it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';
import { numbersOf, openOnnx } from './runtime.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { path, write, run, json } = await makeWorkplace();

const ROWS = Array.from(
  { length: 60 },
  (_, at) => `${(at % 7) + 0.5},${(3 * at) % 11},${at % 3 === 0 ? 'oak' : 'ash'}`,
);

beforeAll(async () => {
  await write('leaves.csv', `length,width,species\n${ROWS.join('\n')}\n`);
  await run('train leaves.csv --epochs 20 --hidden 8 --latent 2 --threads 1 --out leaves');
});

const open = async (name: string) => openOnnx(new Uint8Array(await readFile(path(name))));

describe('export --onnx', () => {
  test('writes a file beside the model that gives the codes of encode', async () => {
    const told = await json('export leaves --onnx');
    expect(told).toMatchObject({
      model: 'leaves/model.safetensors',
      out: 'leaves/model.onnx',
      opset: 20,
      inputs: [
        { name: 'length', dtype: 'float64', shape: [] },
        { name: 'width', dtype: 'float64', shape: [] },
        { name: 'species', dtype: 'string', shape: [] },
      ],
    });
    const file = await open('leaves/model.onnx');
    expect(told.bytes).toBe((await readFile(path('leaves/model.onnx'))).length);
    const out = await file.run({
      length: ['float64', Float64Array.of(0.5, 1.5), [2]],
      width: ['float64', Float64Array.of(0, 3), [2]],
      species: ['string', ['oak', 'ash'], [2]],
    });
    await write('two.csv', 'length,width,species\n0.5,0,oak\n1.5,3,ash\n');
    const { stdout } = await run('encode leaves two.csv --threads 1');
    const codes = stdout.trim().split('\n').slice(1).join().split(',').map(Number);
    expect(codes).toHaveLength(4);
    for (const [at, code] of numbersOf(out.code).entries()) expect(code).toBeCloseTo(codes[at], 3);
  });

  test('of a detector, with its threshold inside', async () => {
    await run('anomalies --fit leaves.csv --epochs 3 --models 1 --threads 1 --threshold 4.5 --out detector');
    const told = await json('export detector --onnx --out detector.onnx');
    expect((told.outputs as { name: string }[]).map(({ name }) => name)).toContain('is_anomaly');
    const file = await open('detector.onnx');
    const out = await file.run({
      length: ['float64', Float64Array.of(0.5, 1e6), [2]],
      width: ['float64', Float64Array.of(0, NaN), [2]],
      species: ['string', ['oak', 'birch'], [2]],
    });
    const scores = numbersOf(out.score);
    expect(Array.from(numbersOf(out.is_anomaly))).toEqual(Array.from(scores, (score) => Number(score > 4.5)));
    expect(Array.from(numbersOf(out.is_anomaly))).toEqual([0, 1]);
  });

  test('does not write over a file unless told so', async () => {
    await write('there.onnx', 'mine');
    const refused = await run('export leaves --onnx --out there.onnx');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('add --overwrite');
    expect(await readFile(path('there.onnx'), 'utf8')).toBe('mine');
    expect((await run('export leaves --onnx --out there.onnx --overwrite')).code).toBe(0);
    const digest = async (name: string): Promise<string> =>
      createHash('sha256')
        .update(await readFile(path(name)))
        .digest('hex');
    await run('export leaves/model.safetensors --onnx --out again.onnx');
    expect(await digest('there.onnx')).toBe(await digest('again.onnx'));
  });

  test.each([
    ['export leaves', 2, 'add --onnx'],
    ['export nothing --onnx', 3, 'no such file'],
    ['export leaves.csv --onnx', 4, 'leaves.csv, byte 0'],
    ['export leaves --onnx --out nowhere/a.onnx', 3, 'no folder nowhere'],
    ['export other --onnx', 2, 'autoencoder export other/model'],
    ['export broken --onnx', 4, 'text that does not parse'],
  ])('%s ends with %i', async (words, code, said) => {
    await mkdir(path('other', 'model'), { recursive: true });
    await mkdir(path('broken'), { recursive: true });
    await writeFile(path('broken', 'detector.json'), '{');
    const outcome = await run(words);
    expect(outcome.stderr).toContain(said);
    expect(outcome.code).toBe(code);
    expect(existsSync(path('model.onnx'))).toBe(false);
  });
});
