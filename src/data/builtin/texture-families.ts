/** The families that textures come from, each a way to make a picture of tones by chance. */
import type { Random } from '../../base/random.ts';
import { type Field, fractalNoise, valueNoise } from './noise-field.ts';

/** Makes the tone, 0 (dark) … 1, of every place of a picture `side` pixels wide and high. */
export type Family = (random: Random, side: number) => Field;

/** Waves across the picture, round or with an edge, along a line that may wander. */
export const stripes: Family = (random) => {
  const angle = 2 * Math.PI * random.uniform();
  const [alongX, alongY] = [Math.cos(angle), Math.sin(angle)];
  const period = 4 + 12 * random.uniform() ** 1.5;
  const edge = random.uniform() < 0.5 ? 1 : 1 + 4 * random.uniform();
  const duty = 0.8 * random.uniform() - 0.4;
  const wander = random.uniform() < 0.5 ? 0 : 6 * random.uniform();
  const bend = valueNoise(random, 20 + 20 * random.uniform());
  const phase = random.uniform();
  return (x, y) => {
    const at = (x * alongX + y * alongY + wander * bend(x, y)) / period + phase;
    return within(0.5 + 0.5 * edge * (Math.sin(2 * Math.PI * at) + duty), 0, 1);
  };
};

/** Sawn wood: rings around a far trunk, fibres along them, seldom a knot. */
export const grain: Family = (random, side) => {
  const angle = 2 * Math.PI * random.uniform();
  const [alongX, alongY] = [Math.cos(angle), Math.sin(angle)];
  const rings = 5 + 9 * random.uniform();
  const far = side * (0.3 + 2 * random.uniform());
  const warp = fractalNoise(random, 30, 2, 0.5);
  const fibres = valueNoise(random, 24, 1.2);
  const stretch = 3 + 4 * random.uniform();
  const strength = 4 + 8 * random.uniform();
  return (x, y) => {
    const [u, v] = [x * alongX + y * alongY, y * alongX - x * alongY];
    const distance = Math.hypot(u / stretch, v - far) + strength * warp(u / stretch, v);
    const ring = distance / rings - Math.floor(distance / rings);
    // Light early wood grows into dark late wood, which ends at once.
    const late = ring < 0.9 ? ring ** 2 : 8.1 * (1 - ring);
    return within(0.75 - 0.5 * late + 0.12 * fibres(u, v), 0, 1);
  };
};

/** Clouds, from soft to rough; sometimes with ridges, as in marble. */
export const clouds: Family = (random) => {
  const field = fractalNoise(random, 16 + 24 * random.uniform(), 6, 0.42 + 0.25 * random.uniform());
  const isRidged = random.uniform() < 0.35;
  return (x, y) => within(isRidged ? 0.9 - 1.5 * Math.abs(field(x, y)) : 0.5 + 0.6 * field(x, y), 0, 1);
};

/** Rows of bricks or tiles with joints between them, or the squares of a board; each has a tone of its own, and all may be turned. */
export const bricks: Family = (random) => {
  const angle = random.uniform() < 0.4 ? 0 : Math.PI * random.uniform();
  const [alongX, alongY] = [Math.cos(angle), Math.sin(angle)];
  const isBoard = random.uniform() < 0.3;
  const height = 6 + 10 * random.uniform();
  const width = isBoard ? height : height * (1 + 1.6 * random.uniform());
  const shift = isBoard || random.uniform() < 0.3 ? 0 : 0.5;
  const joint = isBoard ? 0 : 0.5 + 1.2 * random.uniform();
  const jointTone = random.uniform() < 0.7 ? 0.1 + 0.2 * random.uniform() : 0.9;
  const tones = Float32Array.from({ length: 256 }, () => 0.5 + 0.14 * random.normal());
  const rough = fractalNoise(random, 6, 3, 0.7);
  const roughness = 0.02 + 0.16 * random.uniform();
  const [moveX, moveY] = [width * random.uniform(), height * random.uniform()];
  const toneOf = (column: number, row: number): number =>
    isBoard
      ? 0.2 + 0.6 * ((column + row) & 1) + 0.3 * (tones[(16 * row + column) & 255] - 0.5)
      : tones[(16 * row + column) & 255];
  return (x, y) => {
    const v = y * alongX - x * alongY + moveY;
    const row = Math.floor(v / height);
    const u = x * alongX + y * alongY + moveX + (row & 1) * shift * width;
    const column = Math.floor(u / width);
    const [inX, inY] = [u - column * width, v - row * height];
    const fromJoint = Math.min(inX, width - inX, inY, height - inY) - joint;
    const stone = toneOf(column, row) + roughness * rough(x, y);
    // The lower edge of a brick lies in shadow, the upper one in the light.
    const edge = fromJoint < 1 && joint > 0 ? (inY < height / 2 ? 0.1 : -0.12) : 0;
    if (!isBoard) return within(mixed(jointTone, stone + edge, within(fromJoint + 0.5, 0, 1)), 0, 1);
    // Half a pixel from its border a square begins to take the tone of the one beside it.
    const [besideX, besideY] = [inX < width - inX ? -1 : 1, inY < height - inY ? -1 : 1];
    const isBesideX = Math.min(inX, width - inX) < Math.min(inY, height - inY);
    const beside = isBesideX ? toneOf(column + besideX, row) : toneOf(column, row + besideY);
    return within(mixed(beside, toneOf(column, row), within(fromJoint + 0.5, 0, 1)) + roughness * rough(x, y), 0, 1);
  };
};

interface Leaf {
  readonly x: number;
  readonly y: number;
  readonly alongX: number;
  readonly alongY: number;
  readonly length: number;
  readonly width: number;
  readonly tone: number;
  readonly slope: number;
}

const LEAVES = 90;

/**
 * Leaves that hide one another: sharp edges at all sizes, as in pictures of the world (Lee, Mumford & Huang 2001, "Occlusion models for
 * natural images": sizes by an inverse cube law).
 */
export const leaves: Family = (random, side) => {
  const roundness = random.uniform() < 0.5 ? 1 : 0.35 + 0.4 * random.uniform();
  const smallest = 2.5 + 3 * random.uniform();
  const all = Array.from({ length: LEAVES }, (): Leaf => {
    const angle = 2 * Math.PI * random.uniform();
    // As many of each size that all sizes cover as much; none larger than half of the picture.
    const length = Math.min(smallest / Math.sqrt(1 - 0.992 * random.uniform()), side / 2);
    return {
      x: side * (1.2 * random.uniform() - 0.1),
      y: side * (1.2 * random.uniform() - 0.1),
      alongX: Math.cos(angle),
      alongY: Math.sin(angle),
      length,
      width: length * roundness,
      tone: 0.1 + 0.8 * random.uniform(),
      slope: 0.2 * random.normal(),
    };
  });
  const ground = 0.2 + 0.6 * random.uniform();
  const tones = new Float32Array(side * side).fill(ground);
  for (const leaf of all) drawLeaf(tones, side, leaf);
  return (x, y) => tones[y * side + x];
};

/** Over what is there already, with a soft edge of a pixel. */
function drawLeaf(tones: Float32Array, side: number, leaf: Leaf): void {
  const { x, y, alongX, alongY, length, width, tone, slope } = leaf;
  const [top, bottom] = [Math.max(0, Math.ceil(y - length - 1)), Math.min(side - 1, Math.floor(y + length + 1))];
  const [left, right] = [Math.max(0, Math.ceil(x - length - 1)), Math.min(side - 1, Math.floor(x + length + 1))];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const u = ((column - x) * alongX + (row - y) * alongY) / length;
      const v = ((row - y) * alongX - (column - x) * alongY) / width;
      const covered = within((1 - Math.sqrt(u * u + v * v)) * width + 0.5, 0, 1);
      const at = row * side + column;
      if (covered > 0) tones[at] = mixed(tones[at], within(tone + slope * v, 0, 1), covered);
    }
  }
}

/** Smooth shading: a slope, a hollow or a ball, and a soft unevenness. */
export const gradients: Family = (random, side) => {
  const angle = 2 * Math.PI * random.uniform();
  const steep = (0.3 + 0.7 * random.uniform()) / side;
  const [alongX, alongY] = [steep * Math.cos(angle), steep * Math.sin(angle)];
  const [x0, y0] = [side * random.uniform(), side * random.uniform()];
  const reach = side * (0.25 + 0.5 * random.uniform());
  const hollow = 0.9 * (2 * random.uniform() - 1);
  const uneven = valueNoise(random, side / 3);
  return (x, y) => {
    const round = Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * reach * reach));
    const slope = alongX * (x - side / 2) + alongY * (y - side / 2);
    return within(0.5 + slope + hollow * (round - 0.4) + 0.08 * uneven(x, y), 0, 1);
  };
};

/** `from` where `share` is 0, `to` where it is 1. */
export function mixed(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

export function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
