/** Every kind on every network, as an ONNX file: another runtime says what the library says, for batches of any size. */
import { describe, expect, test } from 'vitest';
import { modelToOnnx } from '../../src/applications/interchange/export-onnx.ts';
import { undoScaling } from '../../src/data/columns/scaling.ts';
import type { ModelCard } from '../../src/model/file/model-file.ts';
import type { Model } from '../../src/model/model.ts';
import { makeRunner } from '../../src/model/runner.ts';
import { combinations } from '../conformance/combinations.ts';
import { cardOf, examplesOf, formOf, parametersFor, tinyModel } from '../conformance/tiny-models.ts';
import { node } from '../conformance/train-tiny.ts';
import { type Fed, numbersOf, openOnnx } from './runtime.ts';

const LABELS = ['low', 'high'];

/** As if the numbers were 3 + 2 times what the model sees; tables of tiny models keep their one-hot groups as arrays. */
function cardFor(model: Model): ModelCard {
  const { shape, vocabulary } = model.blueprint;
  const width = shape.reduce((product, length) => product * length, 1);
  const scaling =
    vocabulary > 0
      ? { form: 'tokens' as const, shape: [...shape], vocabulary }
      : {
          form: 'array' as const,
          shape: [...shape],
          offset: new Array<number>(width).fill(3),
          scale: new Array<number>(width).fill(2),
          constant: [],
        };
  const card = cardOf(model);
  return { ...card, scaling, data: { ...card.data, labelNames: LABELS } };
}

describe.each(combinations)('$kind $form on $network, $loss', ({ kind, options, network, loss }) => {
  const tiny = { kind, network, ...options, architecture: { loss, ...options.architecture } };

  test('one row and seven', async () => {
    await compare(tinyModel(tiny), [1, 7], 0);
  });

  test('gaps', async () => {
    await compare(tinyModel({ ...tiny, hasMissing: true }), [5], 0.2);
  });
});

async function compare(model: Model, counts: readonly number[], missing: number): Promise<void> {
  const parameters = parametersFor(model, 3);
  const card = cardFor(model);
  const { bytes, inputs } = modelToOnnx({ card, model, parameters });
  const file = await openOnnx(bytes);
  const runner = makeRunner(node, model);
  const takesLabel = inputs.some(({ name }) => name === 'label');
  for (const count of counts) await compareRows(count);
  await runner.dispose();

  async function compareRows(count: number): Promise<void> {
    const examples = examplesOf(count, { form: formOf(model), missing, seed: 9 });
    const { code } = await runner.encode(parameters, examples);
    const { reconstruction } = await runner.reconstruct(parameters, examples);
    const { squaredError } = await runner.errors(parameters, examples);
    const isTokens = model.blueprint.vocabulary > 0;
    const shape = [count, ...model.blueprint.shape];
    const fed: Fed = isTokens
      ? ['int64', BigInt64Array.from(examples.values, (token) => (Number.isNaN(token) ? -1n : BigInt(token))), shape]
      : ['float32', Float32Array.from(examples.values, (value) => 2 * value + 3), shape];
    const label: Fed = ['string', Array.from(examples.labels?.values ?? [], (at) => LABELS[at]), [count]];
    const out = await file.run({ examples: fed, ...(takesLabel ? { label } : {}) });

    expect(out.code.dims).toEqual([count, model.blueprint.latent]);
    expect(out.reconstruction.dims).toEqual(shape);
    close(numbersOf(out.code), code);
    const rebuilt = undoScaling(card.scaling, reconstruction, count);
    close(numbersOf(out.reconstruction), rebuilt.form === 'array' ? rebuilt.values : []);
    const width = examples.values.length / count;
    const score = squaredError.map((error, row) => {
      const own = examples.values.subarray(row * width, (row + 1) * width);
      return error / Math.max(1, own.filter((value) => !Number.isNaN(value)).length);
    });
    close(numbersOf(out.score), score);
  }
}

function close(got: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(got.length).toBe(wanted.length);
  const far = Array.from(got).findIndex(
    (value, at) => !(Math.abs(value - wanted[at]) <= 2e-4 * (1 + Math.abs(wanted[at]))),
  );
  expect(far < 0 ? 'close' : `number ${far}: ${got[far]} for ${wanted[far]}`).toBe('close');
}
