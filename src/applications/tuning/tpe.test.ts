import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { placeOf, valueAt } from './coordinates.ts';
import { drawBlindly } from './draw-points.ts';
import { parzen } from './parzen.ts';
import type { Options, Range, Space } from './space.ts';
import { propose } from './tpe.ts';

const unit: Range = { type: 'range', from: 0, to: 1, scale: 'linear', isWhole: false };
const always = (): boolean => true;

/** The lowest value that a way to draw points finds, in so many trials. */
function lowest(space: Space, f: (point: Options) => number, seed: number, isModelled: boolean): number {
  const tried: { point: Options; value: number }[] = [];
  for (let trial = 0; trial < 50; trial++) {
    const random = createRandom(seed).fork(`trial ${trial}`);
    const order = tried
      .toSorted((a, b) => a.value - b.value)
      .map(({ point, value }) => ({ point, effect: Math.log(value / tried[0].value) }));
    const point = isModelled
      ? propose(space, always, { tried: order, initial: {} }, random)
      : drawBlindly(space, always, random);
    tried.push({ point, value: f(point) });
  }
  return Math.min(...tried.map(({ value }) => value));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

describe('coordinates', () => {
  test.each<[Range, unknown]>([
    [{ type: 'range', from: 1e-4, to: 1e-2, scale: 'log', isWhole: false }, 1e-3],
    [{ type: 'range', from: 2, to: 64, scale: 'log', isWhole: true }, 17],
    [{ type: 'range', from: 0, to: 5, scale: 'linear', isWhole: true }, 5],
    [{ type: 'choice', values: [[256, 64], [512], 'none'] }, [512]],
  ])('places and values are each other back: %j', (range, value) => {
    expect(valueAt(range, placeOf(range, value) ?? -1)).toEqual(value);
  });

  test('each whole number of a range has its share, the ends included', () => {
    const range: Range = { type: 'range', from: 1, to: 4, scale: 'linear', isWhole: true };
    const counts = [0, 0, 0, 0, 0];
    for (let at = 0; at < 400; at++) counts[valueAt(range, (at + 0.5) / 400) as number]++;
    expect(counts).toEqual([0, 100, 100, 100, 100]);
  });
});

describe('parzen', () => {
  test('is a density, highest where places were observed', () => {
    const density = parzen([0.2, 0.21, 0.25, 0.9]);
    let total = 0;
    for (let at = 0; at < 2000; at++) total += density.at((at + 0.5) / 2000) / 2000;
    expect(total).toBeCloseTo(1, 3);
    expect(density.at(0.22)).toBeGreaterThan(2 * density.at(0.6));
  });

  test('is drawn from as it says', () => {
    const density = parzen([0.1, 0.12]);
    const random = createRandom(1).fork('draws');
    const draws = Array.from({ length: 4000 }, () => density.draw(random));
    let expected = 0;
    for (let at = 0; at < 1000; at++) expected += ((at + 0.5) / 1000) * (density.at((at + 0.5) / 1000) / 1000);
    const mean = draws.reduce((sum, place) => sum + place, 0) / draws.length;
    expect(Math.abs(mean - expected)).toBeLessThan(0.02);
    expect(draws.every((place) => place >= 0 && place <= 1)).toBe(true);
  });
});

describe('propose', () => {
  const seeds = Array.from({ length: 15 }, (_, seed) => seed);
  const branin = ({ x, y }: Options): number => {
    const [a, b] = [15 * Number(x) - 5, 15 * Number(y)];
    return (
      (b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) +
      10
    );
  };
  const plane: Space = ['x', 'y'].map((name) => ({ name, range: unit }));
  const bowl: Space = ['a', 'b', 'c', 'd'].map((name) => ({ name, range: unit }));
  const mixed: Space = [
    ...bowl.slice(0, 2),
    { name: 'e', range: { type: 'choice', values: ['p', 'q', 'r', 's', 't'] } },
  ];

  test.each<[string, Space, (point: Options) => number, number]>([
    ["Branin's function", plane, (point) => branin(point) - 0.397887, 0.6],
    [
      'a bowl in four dimensions',
      bowl,
      (point) => Object.values(point).reduce<number>((s, v) => s + (Number(v) - 0.7) ** 2, 0),
      0.5,
    ],
    [
      'a bowl with a choice',
      mixed,
      ({ a, b, e }) => (Number(a) - 0.2) ** 2 + (Number(b) - 0.8) ** 2 + (e === 'q' ? 0 : 0.2),
      0.5,
    ],
  ])('finds the least of %s better than random draws', (_, space, f, share) => {
    const modelled = median(seeds.map((seed) => lowest(space, f, seed, true)));
    const blind = median(seeds.map((seed) => lowest(space, f, seed, false)));
    expect(modelled).toBeLessThan(share * blind);
  });

  test('options that are not there are not drawn, and the same seed draws the same', () => {
    const space: Space = [{ name: 'kind', range: { type: 'choice', values: ['vanilla', 'denoising'] } }, ...plane];
    const isActive = (name: string, options: Options): boolean => name !== 'x' || options.kind === 'denoising';
    const drawn = Array.from({ length: 40 }, (_, at) => drawBlindly(space, isActive, createRandom(at)));
    for (const point of drawn) expect('x' in point).toBe(point.kind === 'denoising');
    expect(drawn).toEqual(drawn.map((_, at) => drawBlindly(space, isActive, createRandom(at))));
    const tried = drawn.slice(0, 20).map((point, at) => ({ point, effect: at / 20 }));
    const again = () => propose(space, isActive, { tried, initial: {} }, createRandom(9));
    expect(again()).toEqual(again());
  });

  test('before anything is known, changes one option, and sometimes of each option one time in three', () => {
    const initial = { a: 0.5, b: 0.5, c: 0.5, d: 0.5 };
    const changes = Array.from({ length: 300 }, (_, seed) => {
      const point = propose(bowl, always, { tried: [], initial }, createRandom(seed));
      return Object.values(point).filter((value) => value !== 0.5).length;
    });
    const one = changes.filter((count) => count === 1).length;
    expect(one).toBeGreaterThan(0.85 * 300);
    // 4 options of which each changes with 1/3: none, or several, in 60 % of one in ten.
    expect(300 - one).toBeGreaterThan(0.02 * 300);
  });

  test('is mostly the best with one option changed; what a change brings along is drawn', () => {
    const tree: Space = [
      { name: 'kind', range: { type: 'choice', values: ['plain', 'noisy'] } },
      { name: 'width', range: { type: 'choice', values: [8, 16, 32] } },
      { name: 'rate', range: unit },
      { name: 'noise', range: unit },
    ];
    const isActive = (name: string, { kind }: Options): boolean => name !== 'noise' || kind === 'noisy';
    const best = { kind: 'plain', width: 16, rate: 0.5 };
    const points = Array.from({ length: 200 }, (_, at) =>
      propose(
        tree,
        isActive,
        { tried: [best, { kind: 'noisy', width: 8, rate: 0.1, noise: 0.1 }].map((point) => ({ point })), initial: {} },
        createRandom(at),
      ),
    );
    const changes = points.map((point) =>
      ['kind', 'width', 'rate'].filter((name) => point[name] !== best[name as keyof typeof best]),
    );
    expect(changes.filter(({ length }) => length === 1).length).toBeGreaterThan(140);
    for (const name of ['kind', 'width', 'rate']) expect(changes.some((own) => own.join() === name)).toBe(true);
    expect(points.every((point) => 'noise' in point === (point.kind === 'noisy'))).toBe(true);
  });
});
