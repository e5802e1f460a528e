import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesOf, tinyModel } from '../../test/conformance/tiny-models.ts';
import { node, trained } from '../../test/conformance/train-tiny.ts';
import { createRandom } from '../base/random.ts';
import type { Parameters } from './file/model-file.ts';
import { makeRunner } from './runner.ts';
import { makeWriter } from './writing.ts';

const VOCABULARY = 5;
const LENGTH = 6;

describe.each([
  { embedding: 4, cell: 'gru', decoding: 'teacher-forcing' },
  { embedding: 0, cell: 'lstm', layers: 2, decoding: 'teacher-forcing' },
  { embedding: 4, cell: 'gru', decoding: 'teacher-forcing', direction: 'bidirectional' },
  // Not shown what it gave before: a token does not depend on those before it.
  { embedding: 4, cell: 'gru', decoding: 'repeated-code' },
])('%o', ({ embedding, ...networkOptions }) => {
  const model = tinyModel({
    network: 'recurrent',
    architecture: { loss: 'categorical', embedding },
    networkOptions: { units: 12, ...networkOptions },
    hasMissing: true,
  });
  const { latent } = model.blueprint;
  const writer = makeWriter(node, model);
  let parameters: Parameters;
  let codes: Float32Array;
  const COUNT = 20;

  beforeAll(async () => {
    ({ parameters } = await trained({ model, options: { epochs: 20, learningRate: 0.02 } }));
    const runner = makeRunner(node, model);
    ({ code: codes } = await runner.encode(parameters, examplesOf(COUNT, { form: 'tokens', seed: 5 })));
    await runner.dispose();
  });
  afterAll(() => writer.dispose());

  const repeated = (values: Float32Array, width: number, times: number): Float32Array =>
    Float32Array.from({ length: values.length * times }, (_, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      return values[Math.floor(row / times) * width + column];
    });

  /** log p of every token at a place, given those before it: `[count, vocabulary]`. */
  const logChancesAt = async (place: number, code: Float32Array, tokens: Float32Array): Promise<Float32Array> => {
    const tried = repeated(tokens, LENGTH, VOCABULARY);
    for (let row = 0; row * LENGTH < tried.length; row++) tried[row * LENGTH + place] = row % VOCABULARY;
    const chances = await writer.logChances(parameters, repeated(code, latent, VOCABULARY), tried);
    return Float32Array.from({ length: chances.length / LENGTH }, (_, row) => chances[row * LENGTH + place]);
  };

  const expectMostLikely = async (tokens: Float32Array, from = 0): Promise<void> => {
    const count = tokens.length / LENGTH;
    for (let place = from; place < LENGTH; place++) {
      const chances = await logChancesAt(place, codes.slice(0, count * latent), tokens);
      for (let row = 0; row < count; row++) {
        const own = chances.subarray(row * VOCABULARY, (row + 1) * VOCABULARY);
        expect(own[tokens[row * LENGTH + place]]).toBeCloseTo(Math.max(...own), 5);
      }
    }
  };

  test('without a temperature, every token is the most likely one after those before it', async () => {
    const tokens = await writer.write(parameters, codes);
    expect(tokens).toHaveLength(COUNT * LENGTH);
    expect(new Set(tokens).size).toBeGreaterThan(2);
    await expectMostLikely(tokens);
    // Written alone or with others.
    expect(await writer.write(parameters, codes.slice(0, latent))).toEqual(tokens.slice(0, LENGTH));
  });

  test('what is begun is kept, and gone on from', async () => {
    const begun = new Float32Array(COUNT * LENGTH).fill(-1);
    const random = createRandom(1);
    for (let row = 0; row < COUNT; row++)
      for (let at = 0; at < 2; at++) begun[row * LENGTH + at] = random.integer(VOCABULARY);
    const given = begun.slice();
    const tokens = await writer.write(parameters, codes, { begun });
    for (const [at, token] of begun.entries()) if (token >= 0) expect(tokens[at]).toBe(token);
    expect(begun).toEqual(given);
    await expectMostLikely(tokens, 2);
    expect(await writer.write(parameters, codes, { begun: tokens })).toEqual(tokens);
    const drawn = await writer.write(parameters, codes, { begun, temperature: 1, random: createRandom(2) });
    for (const [at, token] of begun.entries()) if (token >= 0) expect(drawn[at]).toBe(token);
  });

  test('chances of all tokens at a place sum to 1, and are those given the tokens before it alone', async () => {
    const tokens = Float32Array.from(examplesOf(COUNT, { form: 'tokens', seed: 6 }).values);
    for (const place of [0, 3, LENGTH - 1]) {
      const chances = await logChancesAt(place, codes, tokens);
      for (let row = 0; row < COUNT; row++) {
        const own = chances.subarray(row * VOCABULARY, (row + 1) * VOCABULARY);
        expect(own.reduce((sum, logChance) => sum + Math.exp(logChance), 0)).toBeCloseTo(1, 5);
      }
    }
    const whole = await writer.logChances(parameters, codes, tokens);
    const cut = tokens.map((token, at) => (at % LENGTH < 3 ? token : -1));
    const half = await writer.logChances(parameters, codes, cut);
    for (const [at, chance] of half.entries())
      if (at % LENGTH < 3) expect(chance).toBeCloseTo(whole[at], 5);
      else expect(Math.abs(chance)).toBe(0);
  });

  test('the same random draws the same, another one something else', async () => {
    const draw = (seed: number) => writer.write(parameters, codes, { temperature: 1, random: createRandom(seed) });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(2)).not.toEqual(await draw(1));
    // A temperature near 0 takes what is most likely.
    expect(await writer.write(parameters, codes, { temperature: 1e-4, random: createRandom(3) })).toEqual(
      await writer.write(parameters, codes),
    );
  });

  const DRAWS = 4000;

  test.each([
    { place: 0, temperature: 1 },
    { place: 0, temperature: 0.5 },
    { place: LENGTH - 1, temperature: 1 },
    { place: 3, temperature: 2 },
  ])('at place $place, temperature $temperature, tokens come by their chances', async ({ place, temperature }) => {
    const code = codes.slice(latent, 2 * latent);
    const start = Float32Array.from({ length: LENGTH }, (_, at) => (at < place ? (2 * at + 1) % VOCABULARY : -1));
    const tokens = await writer.write(parameters, repeated(code, latent, DRAWS), {
      begun: repeated(start, LENGTH, DRAWS),
      temperature,
      random: createRandom(place + 10 * temperature),
    });
    const counts = new Float64Array(VOCABULARY);
    for (let row = 0; row < DRAWS; row++) counts[tokens[row * LENGTH + place]]++;
    const weights = (await logChancesAt(place, code, start)).map((chance) => Math.exp(chance / temperature));
    const total = weights.reduce((sum, weight) => sum + weight);
    for (const [token, weight] of weights.entries()) {
      const chance = weight / total;
      const standardError = Math.sqrt((chance * (1 - chance)) / DRAWS);
      expect(Math.abs(counts[token] / DRAWS - chance)).toBeLessThan(4 * standardError + 1e-4);
    }
  });

  test('tokens that follow each other come together by the product of their chances', async () => {
    const code = codes.slice(0, latent);
    const pairs = VOCABULARY ** 2;
    const tried = Float32Array.from({ length: pairs * LENGTH }, (_, at) => {
      const pair = Math.floor(at / LENGTH);
      return [Math.floor(pair / VOCABULARY), pair % VOCABULARY][at % LENGTH] ?? -1;
    });
    const chances = await writer.logChances(parameters, repeated(code, latent, pairs), tried);
    const tokens = await writer.write(parameters, repeated(code, latent, DRAWS), {
      temperature: 1,
      random: createRandom(9),
    });
    const counts = new Float64Array(pairs);
    for (let at = 0; at < tokens.length; at += LENGTH) counts[tokens[at] * VOCABULARY + tokens[at + 1]]++;
    for (const [pair, count] of counts.entries()) {
      const chance = Math.exp(chances[pair * LENGTH] + chances[pair * LENGTH + 1]);
      const standardError = Math.sqrt((chance * (1 - chance)) / DRAWS);
      expect(Math.abs(count / DRAWS - chance)).toBeLessThan(4 * standardError + 1e-3);
    }
  });
});
