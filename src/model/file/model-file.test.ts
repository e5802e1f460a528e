import { describe, expect, test } from 'vitest';
import { cardOf, parametersFor, tinyModel, WIDTH } from '../../../test/conformance/tiny-models.ts';
import { ModelFileError } from '../../base/errors.ts';
import { decodeModelFile, encodeModelFile, type ModelCard } from './model-file.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';

const model = tinyModel({ kind: 'variational', networkOptions: { norm: 'layer', tied: true } });
const parameters = parametersFor(model);
const card: ModelCard = {
  ...cardOf(model),
  data: { name: 'test', examples: 10, validationExamples: 2, fingerprint: 'abc', labelNames: [] },
  training: { options: { epochs: 3 }, history: [{ epoch: 1, 'train.loss': 0.5 }], bestEpoch: 1 },
  baselines: { pca: { mse: 0.1 } },
  results: { 'validation.mse': 0.05 },
  warnings: [],
  versions: { format: '1' },
};
const bytes = await encodeModelFile({ card, parameters }, model);

/** The same file with other tensors or metadata, and a digest that is right. */
async function altered(change: {
  readonly tensors?: (tensors: Map<string, NamedTensor>) => void;
  readonly metadata?: Readonly<Record<string, string | undefined>>;
}): Promise<Uint8Array> {
  const { tensors, metadata } = await decodeSafetensors(bytes, 'x');
  const changed = new Map(tensors);
  change.tensors?.(changed);
  const texts = Object.entries({ ...metadata, ...change.metadata }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return encodeSafetensors({ tensors: changed, metadata: Object.fromEntries(texts) });
}

/** The same file with one value of its card changed (`undefined` takes it away). */
function withCard(path: string, value: unknown): Promise<Uint8Array> {
  const changed: unknown = JSON.parse(JSON.stringify(card));
  const keys = path.split('.');
  let parent = changed as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  parent[keys[keys.length - 1]] = value;
  return altered({ metadata: { card: JSON.stringify(changed) } });
}

async function refuse(file: Promise<Uint8Array>, text?: string): Promise<void> {
  const error = await decodeModelFile(await file, 'm.safetensors').catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ModelFileError);
  expect(String(error)).toContain('m.safetensors');
  if (text !== undefined) expect(String(error)).toContain(text);
}

test('what was saved is loaded, bit for bit, and saved again as the same bytes', async () => {
  const loaded = await decodeModelFile(bytes, 'x');
  expect(loaded.card).toEqual(card);
  expect(loaded.parameters.size).toBe(parameters.size);
  for (const [name, values] of parameters) expect(loaded.parameters.get(name)).toEqual(values.slice());
  expect(await encodeModelFile(loaded, loaded.model)).toEqual(bytes);
});

describe('refused with a ModelFileError', () => {
  test('a newer version', () => refuse(altered({ metadata: { version: '2' } }), 'update'));

  test.each([undefined, '', '0', '-1', '0.5', '1e0', ' 1', 'one'])('version %j', (version) =>
    refuse(altered({ metadata: { version } })),
  );

  test.each([undefined, '', 'pt', 'autoencoder-checkpoint'])('format %j', (format) =>
    refuse(altered({ metadata: { format } })),
  );

  test.each([undefined, '', '{', 'null', '[]', '{}', '"text"', '{"blueprint":null}'])('card %j', (text) =>
    refuse(altered({ metadata: { card: text } })),
  );

  test.each([
    ['blueprint.kind.name', 'quantum'],
    ['blueprint.network.name', 'toString'],
    ['blueprint.network.options', { hidden: 'many' }],
    ['blueprint.kind.options', { gamma: 1 }],
    ['blueprint.network.options.hidden', [0]],
    ['blueprint.shape', [WIDTH + 1]],
    ['blueprint.shape', [2 ** 40, 2 ** 40]],
    ['blueprint.latent', 4],
    ['blueprint.latent', 1.5],
    ['more', true],
    ['results.mse', 'good'],
    ['data', undefined],
    ['scaling.offset', [1]],
  ])('a card with %s %j', (path, value) => refuse(withCard(path, value)));

  const [first] = parameters.keys();
  test.each([
    ['a tensor less', (tensors: Map<string, NamedTensor>) => void tensors.delete(first)],
    [
      'a tensor more',
      (tensors: Map<string, NamedTensor>) => void tensors.set('extra', { shape: [1], data: new Float32Array(1) }),
    ],
    [
      'a tensor of another shape',
      (tensors: Map<string, NamedTensor>) => void tensors.set(first, { shape: [1], data: new Float32Array(1) }),
    ],
    [
      'a tensor transposed',
      (tensors: Map<string, NamedTensor>) => {
        const tensor = tensors.get(first);
        if (tensor) tensors.set(first, { shape: tensor.shape.toReversed(), data: tensor.data });
      },
    ],
  ])('%s', (_, change) => refuse(altered({ tensors: change })));

  test('a file cut at many places', async () => {
    for (let length = 0; length < bytes.length; length += 37) await refuse(Promise.resolve(bytes.subarray(0, length)));
  });

  test('some hundred flipped bits', async () => {
    for (let at = 0; at < bytes.length; at += 13) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << (at % 8);
      await refuse(Promise.resolve(flipped));
    }
  });
});
