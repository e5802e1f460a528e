import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../../test/conformance/train-tiny.ts';
import type { Clip } from '../data/clips.ts';
import { finish } from '../training/events.ts';
import { type FittedNextFrame, fitNextFrame, frameErrors, simpleFrames, windowsOf } from './next-frame.ts';

/** A bar that moves to the right by a pixel a frame, and comes in again on the left. */
const bars = (count: number, time = 6): Clip[] =>
  Array.from({ length: count }, (_, clip) => {
    const values = new Uint8Array(time * 64);
    for (let frame = 0; frame < time; frame++)
      for (let row = 0; row < 8; row++) values[frame * 64 + row * 8 + ((clip * 3 + frame) % 8)] = 200;
    return { name: `bar-${clip}`, shape: [time, 1, 8, 8], values };
  });

describe('windows', () => {
  test('are pairs of frames shown and frames after them', () => {
    const [clip] = bars(1, 9);
    const { shown, next, count } = windowsOf([clip], 3, 'bars');
    // From frame 0 and from frame 3.
    expect(count).toBe(2);
    expect(shown.subarray(0, 192)).toEqual(clip.values.subarray(0, 192));
    expect(next.subarray(0, 192)).toEqual(clip.values.subarray(192, 384));
    expect(shown.subarray(192)).toEqual(clip.values.subarray(192, 384));
    expect(next.subarray(192)).toEqual(clip.values.subarray(384, 576));
  });

  test('need clips that are long enough, of one size', () => {
    expect(() => windowsOf(bars(2, 5), 3, 'bars')).toThrow('expected clips of at least 6 frames');
    const [small] = bars(1);
    const other: Clip = { name: 'wide', shape: [6, 1, 4, 16], values: small.values };
    expect(() => windowsOf([small, other], 3, 'bars')).toThrow('bars, wide: expected frames of [1,8,8]');
  });
});

test('the simple ways are the last frame, and going on as the last two changed', () => {
  const shown = Uint8Array.of(0, 100, 50, 90, 100, 80);
  const windows = { shown, count: 1 };
  const asBytes = (values: Float32Array): number[] => Array.from(values, (value) => Math.round(255 * value));
  expect(asBytes(simpleFrames(windows, 3, 'last frame'))).toEqual([100, 80, 100, 80, 100, 80]);
  expect(asBytes(simpleFrames(windows, 3, 'extrapolation'))).toEqual([150, 70, 200, 60, 250, 50]);
});

describe('a model', () => {
  let fitted: FittedNextFrame;
  const request = {
    name: 'bars',
    engine: node,
    clips: bars(80),
    frames: 3,
    options: { channels: [8], units: 16, codeChannels: 8, epochs: 25, batchSize: 8, learningRate: 0.01 },
    clock: () => 0,
  };
  beforeAll(async () => {
    fitted = await finish(fitNextFrame(request));
  }, 60_000);

  test('learns how bars move, which the simple ways do not know', () => {
    const { model, lastFrame, extrapolation, windows } = fitted.errors;
    expect(windows).toBe(8);
    expect(model.bySteps).toHaveLength(3);
    expect(model.mse).toBeLessThan(0.3 * lastFrame.mse);
    expect(model.mse).toBeLessThan(0.3 * extrapolation.mse);
    expect(model.mse).toBeCloseTo(model.bySteps.reduce((sum, own) => sum + own, 0) / 3, 8);
  });

  test('is measured anew as it was', async () => {
    expect(await frameErrors(fitted.trained, fitted.measured)).toEqual(fitted.errors);
  });

  test('needs three clips', async () => {
    await expect(finish(fitNextFrame({ ...request, clips: bars(2) }))).rejects.toThrow('expected at least 3 clips');
  });
});
