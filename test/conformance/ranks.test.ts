/** Every kind on every network, trained by ranks that share each batch: the same state as of one process. */
import { describe, expect, test, vi } from 'vitest';
import { combinations } from './combinations.ts';
import { ranksTogether } from './ranks-together.ts';
import { examplesOf, type TinyOptions, tinyModel } from './tiny-models.ts';
import { type Run, trained, trainedBy } from './train-tiny.ts';

vi.setConfig({ testTimeout: 60_000 });

/**
 * float32 sums in another order: this share of the largest number in a vector of the state, at least of 1. After 12 steps of plain
 * gradient descent, long ones: Adam divides by what may be nearly 0, and makes of rounding what it likes.
 */
const TOLERANCE = 1e-4;
const settings = { epochs: 2, optimizer: 'sgd', learningRate: 0.05, clip: 1 };

/** The largest difference between what each rank and one process have in the end, as a share as above. */
async function differenceOf(ranks: number, run: Run): Promise<number> {
  const [alone, ...together] = await Promise.all([trained(run), ...(await trainedBy(ranksTogether(ranks), run))]);
  const expected = [...alone.state.vectors.values()].flat();
  return Math.max(
    ...together.map(({ state }) => {
      const found = [...state.vectors.values()].flat();
      return Math.max(...expected.map((values, at) => differenceIn(values, found[at])));
    }),
  );
}

function differenceIn(expected: Float32Array, found: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0) / scale;
}

// A batch of 16 is 5, 5 and 6 examples for three.
test.each(combinations)(
  '$kind $form on $network, $loss: three ranks are one process',
  async ({ kind, options, network, loss }) => {
    const model = tinyModel({ kind, network, ...options, architecture: { loss, ...options.architecture } });
    expect(await differenceOf(3, { model, options: settings })).toBeLessThan(TOLERANCE);
  },
);

describe('what couples the examples of a batch, or draws for them', () => {
  const cases: readonly (readonly [string, TinyOptions])[] = [
    ['batch norm', { network: 'convolutional', networkOptions: { norm: 'batch' } }],
    [
      'batch norm in the slope of a slope',
      { kind: 'contractive', network: 'convolutional', networkOptions: { norm: 'batch' } },
    ],
    ['dropout, dense', { networkOptions: { dropout: 0.3, inputDropout: 0.1 } }],
    ['dropout, convolutional', { network: 'convolutional', networkOptions: { dropout: 0.3 } }],
    ['dropout, recurrent', { network: 'recurrent', networkOptions: { dropout: 0.3, layers: 2 } }],
    ['dropout, clips', { network: 'convolutional-recurrent', networkOptions: { dropout: 0.3 } }],
    ['hidden steps', { network: 'recurrent', networkOptions: { decoding: 'teacher-forcing', stepDropout: 0.4 } }],
    [
      'dropout under several draws',
      { kind: 'variational', kindOptions: { importanceSamples: 3 }, networkOptions: { dropout: 0.3 } },
    ],
    ['drawn bits', { architecture: { binarize: 'sample' } }],
    ['levels of noise', { kind: 'denoising', kindOptions: { noiseLevelFrom: 0.1 } }],
    ['gaps', { hasMissing: true, architecture: { loss: 'squared-error' } }],
  ];

  test.each(cases)('%s', async (_, options) => {
    const model = tinyModel(options);
    const train = options.hasMissing ? examplesOf(100, { missing: 0.2 }) : undefined;
    for (const ranks of [2, 3])
      expect(await differenceOf(ranks, { model, train, options: settings })).toBeLessThan(TOLERANCE);
  });

  test('as many ranks as examples in a batch', async () => {
    for (const kind of ['wasserstein', 'vq', 'topk', 'sparse'])
      expect(
        await differenceOf(4, { model: tinyModel({ kind }), options: { ...settings, batchSize: 4, epochs: 1 } }),
      ).toBeLessThan(TOLERANCE);
  });

  test('with Adam, decay and a warm-up the losses are those of one process', async () => {
    const run = { model: tinyModel({ kind: 'variational' }), options: { epochs: 3, weightDecay: 0.01, warmup: 1 } };
    const alone = await trained(run);
    for (const { history } of await trainedBy(ranksTogether(2), run))
      for (const [at, { train, validation }] of history.entries()) {
        expect(train.loss / alone.history[at].train.loss).toBeCloseTo(1, 4);
        expect(validation.loss / alone.history[at].validation.loss).toBeCloseTo(1, 4);
      }
  });
});
