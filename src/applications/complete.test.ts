/** Days that follow each other, onwards or backwards: what comes next is told by two of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { nodeEngine } from '../engine/node.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { type CompleteChoices, complete, type FittedCompleter, fitCompleter } from './complete.ts';
import { betweenTexts, openTexts, sampleTexts } from './text-model.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Four to seven days. */
function weeks(count: number, seed: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const [first, by, length] = [random.integer(7), random.integer(2) === 0 ? 1 : 6, 4 + random.integer(4)];
    return Array.from({ length }, (_, at) => DAYS[(first + by * at) % 7]).join(' ');
  });
}

async function fit(
  texts: readonly string[],
  options: Readonly<Record<string, unknown>>,
  more: Partial<Parameters<typeof fitCompleter>[0]> = {},
): Promise<FittedCompleter> {
  const learning = fitCompleter({
    name: 'weeks',
    engine: nodeEngine({ threads: 1 }),
    clock: () => 0,
    texts,
    size: 60,
    isRunning: false,
    options: { embedding: 8, batchSize: 16, learningRate: 0.01, ...options },
    ...more,
  });
  let step = await learning.next();
  while (!step.done) step = await learning.next();
  return step.value;
}

const small = { epochs: 2, units: 8, latent: 4 };

/** How texts go on, by a model opened for it. */
async function goOn(
  completer: FittedCompleter,
  beginnings: readonly string[],
  choices?: CompleteChoices,
): Promise<string[]> {
  const face = openTexts(completer);
  const told = await complete(completer, face, beginnings, choices).finally(() => face.dispose());
  return told;
}

describe('texts that each stand for themselves', () => {
  let completer: FittedCompleter;
  beforeAll(async () => {
    completer = await fit(weeks(300, 1), { epochs: 25, units: 32, latent: 8, seed: 1 });
  }, 60_000);

  test('the second half is told by the first, better than by the chances of pieces alone', () => {
    const { count, model, nGrams, order, charactersPerPiece, examples } = completer.errors;
    expect(count).toBe(15);
    const uniform = Math.log(completer.model.blueprint.vocabulary);
    expect(model).toBeLessThan(0.3 * uniform);
    expect(nGrams).toBeLessThan(0.3 * uniform);
    expect(order).toBeGreaterThan(2);
    // Pieces are days with the space before them; an end is no character.
    expect(charactersPerPiece).toBeGreaterThan(2);
    expect(charactersPerPiece).toBeLessThan(4);
    expect(examples).toHaveLength(12);
    for (const { begun, was } of examples)
      expect(`${begun}${was}`.split(' ').every((day) => DAYS.includes(day))).toBe(true);
    // Where a week ends cannot be told from how it began.
    expect(examples.filter(({ was, told }) => told.slice(0, 4) === was.slice(0, 4)).length).toBeGreaterThan(9);
  });

  test('what is begun is kept and gone on with', async () => {
    const told = await goOn(completer, ['mon tue', 'mon sun', 'fri']);
    expect(told[0]).toMatch(/^mon tue wed thu/);
    expect(told[1]).toMatch(/^mon sun sat fri/);
    expect(told[2]).toMatch(/^fri (sat|thu)/);
    // Each alone is told as among others.
    expect(await goOn(completer, ['mon sun'])).toEqual([told[1]]);
  });

  test('drawn, it goes on in several ways: the same ones with the same random', async () => {
    const beginnings = new Array<string>(20).fill('wed');
    const draw = (seed: number) => goOn(completer, beginnings, { temperature: 1, random: createRandom(seed) });
    const ways = await draw(1);
    expect(ways.every((text) => text.startsWith('wed'))).toBe(true);
    expect(new Set(ways).size).toBeGreaterThan(3);
    expect(await draw(1)).toEqual(ways);
    expect(await draw(2)).not.toEqual(ways);
  });

  test('texts between two begin and end with what the model makes of those', async () => {
    const face = openTexts(completer);
    const between = await betweenTexts(face, 'mon tue wed thu', 'sun sat fri thu wed', 6);
    await face.dispose();
    expect(between).toHaveLength(6);
    expect(between[0]).toMatch(/^mon tue wed/);
    expect(between[5]).toMatch(/^sun sat fri/);
  });

  test('new texts are of days', async () => {
    const texts = await sampleTexts(completer, 10, { random: createRandom(1) });
    expect(texts).toHaveLength(10);
    for (const text of texts) for (const day of text.split(' ')) expect(DAYS).toContain(day);
  });

  test('a beginning without text, or as long as texts are, is refused', async () => {
    const [length] = completer.model.blueprint.shape;
    await expect(goOn(completer, ['mon', ''])).rejects.toThrow(`expected 1 … ${length - 1} pieces`);
    const long = new Array(length).fill('mon').join(' ');
    await expect(goOn(completer, [long])).rejects.toThrow(`that is how long texts are, got ${length}`);
    const [most] = await goOn(completer, [long.slice(0, -4)]);
    expect(most.startsWith(long.slice(0, -4))).toBe(true);
  });
});

test('texts that are too long are left out, and counted once', async () => {
  const { leftOut, trained, model } = await fit(weeks(100, 1), small, { length: 6 });
  expect(model.blueprint.shape).toEqual([6]);
  // Of the 90 that are learned from, each whole and as a beginning.
  expect(leftOut).toBeGreaterThan(20);
  expect(leftOut + trained.card.data.examples / 2).toBe(90);
});

test('measured on others when they are given, and also where all of them are longer than the model', async () => {
  const long = ['mon tue wed thu fri sat sun mon tue wed', 'sun sat fri thu wed tue mon sun sat fri'];
  const { errors, trained, leftOut } = await fit(weeks(60, 1), small, { test: long });
  expect(errors.count).toBe(2);
  expect(errors.model).toBeGreaterThan(0);
  expect(long[0].startsWith(`${errors.examples[0].begun}${errors.examples[0].was}`)).toBe(true);
  // A twentieth is held out to choose by.
  expect(trained.card.data.examples / 2 + leftOut).toBe(57);
});

test('a window of one piece has no second half', async () => {
  await expect(fit(weeks(60, 1), small, { isRunning: true, length: 1 })).rejects.toThrow('at least 2 pieces');
});

test('the same seed, the same bytes; another one, others', async () => {
  const bytesOf = async (seed: number): Promise<Uint8Array> => {
    const { trained } = await fit(weeks(60, 1), { ...small, seed });
    return encodeModelFile(trained, trained.model);
  };
  const [one, same, other] = [await bytesOf(1), await bytesOf(1), await bytesOf(2)];
  expect(Buffer.compare(one, same)).toBe(0);
  expect(Buffer.compare(one, other)).not.toBe(0);
});

test.each([
  [false, 'texts'],
  [true, 'lines'],
])('too few of them are refused', async (isRunning, what) => {
  await expect(fit(weeks(19, 1), small, { isRunning })).rejects.toThrow(`weeks: expected at least 20 ${what}, got 19`);
});

test('a decoder that begins with the end is refused: it would not go on from the beginning', async () => {
  await expect(fit(weeks(60, 1), { ...small, outputOrder: 'reversed' })).rejects.toThrow('leave --output-order out');
});

describe('one running text', () => {
  const WINDOW = 8;
  /** Days onwards without an end, some to a line. */
  const lines = Array.from({ length: 150 }, (_, line) =>
    Array.from({ length: 5 }, (_, at) => DAYS[(5 * line + at) % 7]).join(' '),
  );
  let completer: FittedCompleter;
  beforeAll(async () => {
    completer = await fit(lines, { epochs: 25, units: 24, latent: 4, seed: 1 }, { isRunning: true, length: WINDOW });
  }, 60_000);

  test('is read through windows, half over one another', () => {
    expect(completer.model.blueprint.shape).toEqual([WINDOW]);
    expect(completer.leftOut).toBe(0);
    // The first nine tenths: five days and the end of a line each, but the last.
    const pieces = 135 * 6 - 1;
    expect(completer.trained.card.data.examples).toBe(Math.floor((pieces - WINDOW) / (WINDOW / 2)) + 1);
    expect(completer.errors.model).toBeLessThan(0.3 * Math.log(completer.model.blueprint.vocabulary));
  });

  test('goes on by as many pieces as are asked for, over the ends of windows and lines', async () => {
    const face = openTexts(completer);
    const beginning = lines[0];
    const { read } = face.piecer;
    for (const pieces of [1, 30]) {
      const [told] = await complete(completer, face, [beginning], { pieces });
      expect(told.startsWith(beginning)).toBe(true);
      expect(read(told).length).toBeGreaterThanOrEqual(read(beginning).length + pieces);
      expect(read(told).length).toBeLessThan(read(beginning).length + pieces + WINDOW);
    }
    const [told] = await complete(completer, face, [beginning], { pieces: 30 });
    await face.dispose();
    const days = told.split(/\s/);
    const right = days.filter((day, at) => at > 0 && DAYS.indexOf(day) === (DAYS.indexOf(days[at - 1]) + 1) % 7);
    expect(right.length).toBeGreaterThan(0.8 * (days.length - 1));
  });

  test('a beginning longer than a window is kept whole; one without text is refused', async () => {
    const long = lines.slice(0, 4).join('\n');
    const [told] = await goOn(completer, [long], { pieces: 5 });
    expect(told.startsWith(long)).toBe(true);
    expect(told.length).toBeGreaterThan(long.length);
    await expect(goOn(completer, [''])).rejects.toThrow('the beginning: expected some text, got none');
  });
});
