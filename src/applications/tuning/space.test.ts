import { describe, expect, test } from 'vitest';
import { kinds } from '../../model/kinds/kinds.ts';
import { networkFamilies } from '../../model/networks/networks.ts';
import { checkReach, checkSpace, defaultSpace, isActive } from './space.ts';
import { parseSpace } from './space-text.ts';

const vanilla = { kind: 'vanilla', network: 'dense' };

describe('parseSpace', () => {
  test('reads ranges, scales, lists and names alone', () => {
    expect(
      parseSpace(
        'latent=2..64:log, learning-rate=1e-4..1e-2:log,kind=vanilla|denoising,hidden=256,64|512|none,dropout=0..0.5,norm,tied',
        vanilla,
      ),
    ).toEqual([
      { name: 'latent', range: { type: 'range', from: 2, to: 64, scale: 'log', isWhole: true } },
      { name: 'learningRate', range: { type: 'range', from: 1e-4, to: 1e-2, scale: 'log', isWhole: false } },
      { name: 'kind', range: { type: 'choice', values: ['vanilla', 'denoising'] } },
      { name: 'hidden', range: { type: 'choice', values: [[256, 64], [512], []] } },
      { name: 'dropout', range: { type: 'range', from: 0, to: 0.5, scale: 'linear', isWhole: false } },
      { name: 'norm', range: { type: 'choice', values: ['none', 'layer'] } },
      { name: 'tied', range: { type: 'choice', values: [false, true] } },
    ]);
  });

  test.each([
    ['latnt=2..8', 'did you mean latent?'],
    ['latent=2..many', 'no number'],
    ['latent=', 'no values'],
    ['', 'nothing'],
    ['seed=1..5', 'a lucky seed'],
    ['epochs=5|10', 'the search itself'],
    ['norm=1..2', 'which is no number'],
    ['latent=2..4,latent=5..6', 'latent twice'],
    ['tied=maybe', 'true or false'],
    ['toString=1..2', 'an option of a kind'],
    ['sparsityTarget', 'nothing says what is worth a search'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseSpace(text, vanilla)).toThrow(message);
  });
});

describe('checkSpace', () => {
  test.each([
    ['latent=8..2', 'from a lower number to a higher one'],
    ['latent=8..8', 'fix a single value with --latent 8'],
    ['learningRate=0..1:log', 'begins above 0'],
    ['dropout=0..1', 'values that --dropout takes'],
    ['kind=vanila|denoising', 'did you mean vanilla?'],
    ['latent=8', 'one point (latent)'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => checkSpace(parseSpace(text, vanilla), {})).toThrow(message);
  });

  test('an option is fixed or searched, not both', () => {
    expect(() => checkSpace(parseSpace('latent=2..8', vanilla), { latent: 4 })).toThrow('not fixed by --latent');
  });

  test('an option must be of a kind or network that there can be', () => {
    expect(() => checkReach(parseSpace('noiseLevel=0.1..1', vanilla), {}, vanilla)).toThrow('add --kind denoising');
    expect(() =>
      checkReach(parseSpace('noiseLevel=0.1..1,kind=vanilla|denoising', vanilla), {}, vanilla),
    ).not.toThrow();
    expect(() => checkReach(parseSpace('noiseLevel=0.1..1', vanilla), { kind: 'denoising' }, vanilla)).not.toThrow();
  });
});

test('an option is there where one of its owners was chosen', () => {
  expect(isActive('noiseLevel', { kind: 'denoising' }, vanilla)).toBe(true);
  expect(isActive('noiseLevel', {}, vanilla)).toBe(false);
  expect(isActive('channels', { network: 'convolutional' }, vanilla)).toBe(true);
  expect(isActive('learningRate', {}, vanilla)).toBe(true);
});

describe('defaultSpace', () => {
  const facts = { given: {}, kind: 'denoising', network: 'dense', features: 20, latent: 10, batchSize: 32 };

  test('has what any loss can judge; with a use, also what the model is for', () => {
    const names = (judgesPurpose: boolean) => defaultSpace({ ...facts, judgesPurpose }).map(({ name }) => name);
    expect(names(false)).toEqual(expect.arrayContaining(['learningRate', 'hidden', 'dropout', 'weightDecay']));
    expect(names(false)).not.toContain('latent');
    expect(names(true)).toEqual(expect.arrayContaining(['latent', 'noiseLevel']));
  });

  test('a code stays narrower than the examples, and what is fixed is left out', () => {
    const space = defaultSpace({ ...facts, given: { hidden: [8] }, judgesPurpose: true });
    expect(space.find(({ name }) => name === 'latent')?.range).toMatchObject({ from: 1, to: 19 });
    const wide = defaultSpace({ ...facts, latent: 64, judgesPurpose: true });
    expect(wide.find(({ name }) => name === 'latent')?.range).toMatchObject({ from: 1, to: 64 });
    expect(space.map(({ name }) => name)).not.toContain('hidden');
    expect(space.find(({ name }) => name === 'batchSize')?.range).toMatchObject({ values: [16, 32, 64] });
  });

  const combinations = kinds.flatMap(({ name: kind }) =>
    networkFamilies.map(({ name: network }) => ({ kind, network })),
  );
  test.each(combinations)('every value that the schemas of $kind and $network name is one that they take', (chosen) => {
    const space = defaultSpace({
      given: {},
      ...chosen,
      features: 100,
      latent: 32,
      batchSize: 256,
      judgesPurpose: true,
    });
    expect(space.length).toBeGreaterThan(3);
    expect(() => checkSpace(space, {})).not.toThrow();
    expect(() => checkReach(space, chosen, chosen)).not.toThrow();
  });
});
