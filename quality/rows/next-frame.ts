import { bouncingClips, createRandom, frameTeller, type Source } from 'autoencoder';
import { engine, measureRow, mnist } from '../row.ts';

const FRAMES = 8;

await measureRow({
  name: 'next-frame',
  what: 'two MNIST digits that fly about and bounce in 40×40 pixels: 8 frames shown, the 8 after them told; 4000 clips, 10 epochs; measured on 400 clips of test digits',
  measure: 'mean squared error, less than that of showing the last frame again by (%)',
  bar: { atLeast: 40 },
  published: 'asked for: at least 40 % below the last frame',
  async run(seed, folder) {
    const { train, test } = await mnist(folder);
    const random = createRandom(seed).fork('bouncing');
    const clips = (source: Source | undefined, count: number, part: string) => {
      if (source?.form !== 'array') throw new Error('pictures were expected');
      return bouncingClips(source, { count, time: 2 * FRAMES, size: 40, objects: 2, random: random.fork(part) });
    };
    const model = await frameTeller(clips(train, 4000, 'train'), {
      frames: FRAMES,
      test: clips(test, 400, 'test'),
      epochs: 10,
      seed,
      engine: engine(),
    });
    const { model: own, lastFrame, extrapolation } = model.errors;
    return {
      value: 100 * (1 - own.mse / lastFrame.mse),
      others: {
        mse: own.mse,
        'mse of the first frame': own.bySteps[0],
        'mse of the last frame': own.bySteps[FRAMES - 1],
        'last frame again': lastFrame.mse,
        extrapolation: extrapolation.mse,
        trainingSeconds: model.seconds,
      },
    };
  },
});
