/** `autoencoder next-frame`, by the command, on small drawn clips. */
import { readdir } from 'node:fs/promises';
import { encode } from 'fast-png';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeWorkplace } from '../command.ts';

// Processes start slowly where tests run beside each other.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { path, write, run, json } = await makeWorkplace();

describe('next-frame', () => {
  const words = '--channels 6 --units 8 --code-channels 4 --epochs 2 --threads 1 --seed 1';
  beforeAll(async () => {
    for (const name of ['1', '2', '3'])
      await write(
        `wide/${name}.png`,
        encode({ width: 12, height: 8, data: new Uint8Array(96), channels: 1, depth: 8 }),
      );
    for (let clip = 0; clip < 6; clip++)
      for (let frame = 0; frame < 8; frame++) {
        const data = Uint8Array.from({ length: 64 }, (_, at) => (at % 8 === (clip + frame) % 8 ? 220 : 0));
        await write(`clips/c${clip}/${frame}.png`, encode({ width: 8, height: 8, data, channels: 1, depth: 8 }));
      }
    await json(`next-frame --fit clips --frames 3 ${words} --out mover`);
  });

  test('learns from folders of frames, and says how near it comes', async () => {
    const { stdout } = await run(`next-frame --fit clips --frames 3 ${words} --out again`);
    expect(stdout).toMatch(/this model +[\d.]+ +[\d.]+ +[\d.]+/);
    expect(stdout).toMatch(/% below the last frame|No better than the last frame again/);
    expect((await readdir(path('again'))).sort()).toEqual([
      'metrics.jsonl',
      'model.safetensors',
      'next-frame.json',
      'report.html',
    ]);
  });

  test('tells the frames after a clip, and checks itself on clips that go on', async () => {
    const { files } = await json('next-frame mover clips/c2 --out coming');
    expect(files).toEqual(['coming/001.png', 'coming/002.png', 'coming/003.png']);
    const all = await json('next-frame mover clips --out all');
    expect(all.files).toHaveLength(18);
    const checked = await json('next-frame mover clips --check --out checked');
    expect(checked.measured).toBe(6);
    expect((await json('next-frame mover clips --check --out checked2')).results).toEqual(checked.results);
  });

  test('makes clips of small pictures that bounce', async () => {
    const { clips, baselines } = await json(
      `next-frame --fit digits --bounce 1 --size 32 --clips 20 --frames 2 ${words} --epochs 1 --out bouncing`,
    );
    expect(clips).toBe(20);
    expect(Object.keys(baselines as object)).toEqual(['lastFrame', 'extrapolation']);
  });

  test.each([
    ['next-frame', 2, 'got neither'],
    ['next-frame mover', 2, 'got no clip'],
    ['next-frame mover clips --frames 4', 2, '--frames: expected --fit beside it'],
    ['next-frame --fit clips --size 40', 2, '--size: expected --bounce beside it'],
    ['next-frame --fit clips --frames 9', 3, 'expected clips of at least 18 frames'],
    ['next-frame --fit sensors', 3, 'expected clips: bytes of shape'],
    ['next-frame --fit digits --bounce 2 --size 20', 3, 'expected grey pictures smaller than 20×20'],
    ['next-frame mover wide', 3, 'expected frames of [1,8,8]'],
    ['next-frame nowhere clips', 3, 'with its next-frame.json, got none'],
    ['next-frame --resume mover', 3, 'this run has finished'],
  ])('%s', async (command, code, message) => {
    const { code: found, stderr } = await run(command);
    expect(stderr).toContain(message);
    expect(found).toBe(code);
  });
});
