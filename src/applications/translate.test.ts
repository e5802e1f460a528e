/** Numbers digit by digit, which are told in another language from the last to the first: learned from a few hundred pairs. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { TextPair } from '../data/texts.ts';
import { nodeEngine } from '../engine/node.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { bleu } from './bleu.ts';
import { betweenTexts, openTexts, sampleTexts } from './text-model.ts';
import { type FittedTranslator, fitTranslator, translate } from './translate.ts';

const FROM = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const TO = ['nul', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept'];

/** Numbers of two to four digits, none twice. */
function numbers(count: number, seed: number): TextPair[] {
  const random = createRandom(seed);
  const pairs = new Map<string, string>();
  while (pairs.size < count) {
    const digits = Array.from({ length: 2 + random.integer(3) }, () => random.integer(FROM.length));
    const told = digits.toReversed().map((digit) => TO[digit]);
    pairs.set(digits.map((digit) => FROM[digit]).join(' '), told.join(' '));
  }
  return [...pairs].map(([from, to]) => ({ from, to }));
}

async function fit(
  pairs: readonly TextPair[],
  options: Readonly<Record<string, unknown>>,
  more: Partial<Parameters<typeof fitTranslator>[0]> = {},
): Promise<FittedTranslator> {
  const learning = fitTranslator({
    name: 'numbers',
    engine: nodeEngine({ threads: 1 }),
    clock: () => 0,
    pairs,
    size: 100,
    options: { embedding: 16, batchSize: 16, learningRate: 0.01, ...options },
    ...more,
  });
  let step = await learning.next();
  while (!step.done) step = await learning.next();
  return step.value;
}

let translator: FittedTranslator;
beforeAll(async () => {
  translator = await fit(numbers(300, 1), { epochs: 50, units: 64, latent: 64, seed: 1 });
}, 60_000);

const small = { epochs: 2, units: 8, latent: 4 };

test('lines that it has not learned from are told far better than word for word and from memory', () => {
  const { count, model, wordByWord, memory, examples } = translator.errors;
  expect(count).toBe(15);
  expect(examples).toHaveLength(12);
  expect(model).toBeGreaterThan(55);
  expect(model).toBeGreaterThan(1.5 * Math.max(wordByWord, memory));
  expect(examples.filter(({ told, to }) => told === to).length).toBeGreaterThanOrEqual(6);
});

test('measured on others when they are given, by the same BLEU as afterwards', async () => {
  const others = numbers(40, 2);
  const made = await fit(numbers(100, 1), small, { test: others });
  const { errors, trained } = made;
  expect(errors.count).toBe(40);
  const face = openTexts(made);
  const told = await translate(
    face,
    others.map(({ from }) => from),
  );
  await face.dispose();
  expect(errors.examples.map((example) => example.told)).toEqual(told.slice(0, 12));
  expect(errors.model).toBe(
    bleu(
      told,
      others.map(({ to }) => to),
    ),
  );
  expect(errors.examples[0]).toMatchObject(others[0]);
  // A twentieth is held out to choose by; the others are learned from.
  expect(trained.card.data).toMatchObject({ examples: 95, validationExamples: 5 });
});

test('a text too long for the model is told part by part: after a mark, else between words, else within one', async () => {
  const face = openTexts(translator);
  // Four words and an end.
  expect(face.length).toBe(5);
  for (const [whole, parts] of [
    ['one two three four five six', ['one two three four', 'five six']],
    ['one two; three four five', ['one two;', 'three four five']],
    ['one, two three four five six seven', ['one, two three', 'four five six seven']],
    ['漢字漢字漢字 one', ['漢字漢字', '漢字 one']],
    ['one two three four      ', ['one two three four']],
    ['          ', []],
  ] as const) {
    const [told] = await translate(face, [whole]);
    expect(told).toBe((await translate(face, parts)).join(' '));
  }
  const [long, short] = await translate(face, ['one two three four five six seven zero one two', 'two three']);
  expect(long.split(' ')).toHaveLength(10);
  expect(short).toBe('trois deux');
  expect(await translate(face, [])).toEqual([]);
  await face.dispose();
});

test('texts between two texts begin and end with what those are told as', async () => {
  const face = openTexts(translator);
  const ends = ['one two three', 'seven six'];
  const between = await betweenTexts(face, ends[0], ends[1], 5);
  expect(between).toHaveLength(5);
  expect([between[0], between[4]]).toEqual(await translate(face, ends));
  expect(new Set(between).size).toBeGreaterThan(2);
  await face.dispose();
});

test('the same seed, the same bytes; another one, others', async () => {
  const pairs = numbers(60, 1);
  const bytesOf = async (seed: number): Promise<Uint8Array> => {
    const { trained } = await fit(pairs, { ...small, seed });
    return encodeModelFile(trained, trained.model);
  };
  const [one, same, other] = [await bytesOf(1), await bytesOf(1), await bytesOf(2)];
  expect(Buffer.compare(one, same)).toBe(0);
  expect(Buffer.compare(one, other)).not.toBe(0);
});

test('new texts are drawn where the kind has a prior', async () => {
  const made = await fit(numbers(60, 1), { ...small, kind: 'variational' });
  const draw = (seed: number) => sampleTexts(made, 6, { temperature: 1, random: createRandom(seed) });
  const texts = await draw(1);
  expect(texts).toHaveLength(6);
  expect(await draw(1)).toEqual(texts);
  expect(await draw(2)).not.toEqual(texts);
  await expect(sampleTexts(translator, 1, { random: createRandom(1) })).rejects.toThrow(
    'train one with --kind variational',
  );
});

test('too few pairs, and pairs that are too long, are refused', async () => {
  const pairs = numbers(40, 1);
  await expect(fit(pairs.slice(0, 19), small)).rejects.toThrow('numbers: expected at least 20 pairs of texts, got 19');
  await expect(fit(pairs, small, { length: 2 })).rejects.toThrow('of at most 2 pieces each, got 0 and 0');
  const { leftOut, trained, errors } = await fit(pairs, small, { length: 4 });
  expect(leftOut).toBeGreaterThan(0);
  expect(leftOut + trained.card.data.examples).toBe(36);
  // They are measured all the same.
  expect(errors.count).toBe(2);
});
