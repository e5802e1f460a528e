import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { bouncingClips, clipsOf, readClips } from './clips.ts';

const folder = await mkdtemp(join(tmpdir(), 'autoencoder-clips-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const frame = (value: number, width = 4): Uint8Array =>
  encode({ width, height: 3, data: new Uint8Array(3 * width).fill(value), channels: 1, depth: 8 });

describe('clips of files', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'many', 'b'), { recursive: true });
    await mkdir(join(folder, 'many', 'a'), { recursive: true });
    await mkdir(join(folder, 'empty'), { recursive: true });
    // By their names as texts, 10 would come before 2.
    for (const number of [1, 2, 10]) await writeFile(join(folder, 'many', 'a', `${number}.png`), frame(number));
    for (const number of [1, 2]) await writeFile(join(folder, 'many', 'b', `f${number}.png`), frame(100 + number));
    const pages = await Promise.all(
      ['#100000', '#200000', '#300000'].map((background) =>
        sharp({ create: { width: 5, height: 2, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    await sharp(pages, { join: { animated: true } })
      .webp({ lossless: true })
      .toFile(join(folder, 'moving.webp'));
  });

  test('a folder of frames is one, in the order of its numbers', async () => {
    const [clip, ...more] = await readClips(join(folder, 'many', 'a'));
    expect(more).toEqual([]);
    expect(clip).toMatchObject({ name: 'a', shape: [3, 1, 3, 4] });
    expect([0, 12, 24].map((at) => clip.values[at])).toEqual([1, 2, 10]);
  });

  test('a folder of such folders is several', async () => {
    const clips = await readClips(join(folder, 'many'));
    expect(clips.map(({ name, shape: [time] }) => [name, time])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  test('an animated file is one, frame by frame', async () => {
    const [{ shape, values }] = await readClips(join(folder, 'moving.webp'));
    expect(shape).toEqual([3, 3, 2, 5]);
    expect([0, 30, 60].map((at) => values[at])).toEqual([0x10, 0x20, 0x30]);
    expect(values[10]).toBe(0);
    expect((await readClips(folder)).map(({ name }) => name)).toEqual(['moving.webp']);
  });

  test('an animated file of grey frames is as grey as those frames', async () => {
    const pages = await Promise.all(
      [1, 2].map((light) =>
        sharp({
          create: { width: 5, height: 2, channels: 3, background: { r: 40 * light, g: 40 * light, b: 40 * light } },
        })
          .png()
          .toBuffer(),
      ),
    );
    const file = join(folder, 'grey', 'clip.gif');
    await mkdir(join(folder, 'grey'), { recursive: true });
    await sharp(pages, { join: { animated: true } })
      .gif()
      .toFile(file);
    const [{ shape, values }] = await readClips(file);
    expect(shape).toEqual([2, 1, 2, 5]);
    expect([values[0], values[10]]).toEqual([40, 80]);
  });

  test('where there are none, and for frames of two sizes, it is said', async () => {
    await expect(readClips(join(folder, 'empty'))).rejects.toThrow('expected clips: a folder of frames');
    await expect(readClips(join(folder, 'nowhere'))).rejects.toThrow('nowhere');
    await writeFile(join(folder, 'many', 'b', 'f3.png'), frame(1, 6));
    await expect(readClips(join(folder, 'many', 'b'))).rejects.toThrow('expected pictures of one size, 4×3');
    await writeFile(join(folder, 'broken.gif'), 'GIF89a');
    await expect(readClips(join(folder, 'broken.gif'))).rejects.toThrow(
      'expected an animated picture that can be read',
    );
  });
});

test('an array of bytes is clips, grey or with channels', () => {
  const values = Uint8Array.from({ length: 2 * 3 * 2 * 2 }, (_, at) => at);
  const grey = clipsOf({ form: 'array', name: 'x', values, shape: [2, 3, 2, 2] });
  expect(grey?.map(({ shape, values: own }) => [shape, own[0]])).toEqual([
    [[3, 1, 2, 2], 0],
    [[3, 1, 2, 2], 12],
  ]);
  expect(clipsOf({ form: 'array', name: 'x', values, shape: [2, 1, 3, 2, 2] })?.[1].shape).toEqual([1, 3, 2, 2]);
  expect(clipsOf({ form: 'array', name: 'x', values: new Float32Array(24), shape: [2, 3, 2, 2] })).toBeUndefined();
  expect(clipsOf({ form: 'array', name: 'x', values, shape: [6, 4] })).toBeUndefined();
});

test('pictures bounce: whole, at a steady pace, and back from the edges', () => {
  // One bright pixel in a dark square of 3.
  const dot = Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 0, 0);
  const pictures = { form: 'array', name: 'dots', values: dot, shape: [1, 1, 3, 3] } as const;
  const clips = bouncingClips(pictures, { count: 5, time: 60, size: 12, objects: 1, random: createRandom(2) });
  const edges = new Set<number>();
  for (const { shape, values } of clips) {
    expect(shape).toEqual([60, 1, 12, 12]);
    const places = Array.from({ length: 60 }, (_, time) => {
      const own = values.subarray(time * 144, (time + 1) * 144);
      expect(own.reduce((sum, value) => sum + value, 0)).toBe(255);
      return own.indexOf(255);
    });
    for (let time = 1; time < 60; time++) {
      const [from, to] = [places[time - 1], places[time]];
      const moved = Math.hypot(Math.floor(to / 12) - Math.floor(from / 12), (to % 12) - (from % 12));
      expect(moved).toBeLessThan(3.5 + 1.5);
      for (const at of [Math.floor(to / 12), to % 12]) edges.add(at);
    }
  }
  // The dot is in the middle of its square, which stays inside.
  expect(Math.min(...edges)).toBe(1);
  expect(Math.max(...edges)).toBe(10);
  const again = bouncingClips(pictures, { count: 5, time: 60, size: 12, objects: 1, random: createRandom(2) });
  expect(again).toEqual(clips);
});
