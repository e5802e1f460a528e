/**
 * Grey pictures of surfaces, 64 × 64 bytes, drawn rather than photographed: what a denoiser or a codec can be tried on.
 *
 *   a family, or two with a border between them ── contrast, light from one side ──> bytes
 */
import type { Random } from '../../base/random.ts';
import type { ArraySource } from '../dataset.ts';
import { type Field, valueNoise } from './noise-field.ts';
import { bricks, clouds, type Family, gradients, grain, leaves, mixed, stripes, within } from './texture-families.ts';

const SIDE = 64;

const families: Readonly<Record<string, Family>> = { stripes, grain, clouds, bricks, leaves, gradients };
const plain = Object.values(families);

/** Two others, on both sides of a winding border. */
const mixture: Family = (random, side) => {
  const [first, second] = random.permutation(plain.length);
  const [one, other] = [plain[first](random, side), plain[second](random, side)];
  const angle = 2 * Math.PI * random.uniform();
  const [alongX, alongY] = [Math.cos(angle), Math.sin(angle)];
  const offset = side * 0.2 * (2 * random.uniform() - 1);
  const bend = valueNoise(random, side / 3);
  return (x, y) => {
    const beyond = (x - side / 2) * alongX + (y - side / 2) * alongY + offset + 8 * bend(x, y);
    const share = within(beyond + 0.5, 0, 1);
    if (share === 0) return one(x, y);
    return share === 1 ? other(x, y) : mixed(one(x, y), other(x, y), share);
  };
};

const all = { ...families, mixture };
const names = Object.keys(all);

/**
 * The first `count` textures, labelled with their family, of the sequence that `random` fixes: `[count, 1, 64, 64]`.
 *
 * @example makeTextures(100, createRandom(7).fork('train'))
 */
export function makeTextures(count: number, random: Random): ArraySource {
  const values = new Uint8Array(count * SIDE * SIDE);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = random.integer(names.length);
    develop(
      Object.values(all)[labels[i]](random, SIDE),
      values.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE),
      random,
    );
  }
  return { form: 'array', name: 'textures', values, shape: [count, 1, SIDE, SIDE], labels: { values: labels, names } };
}

/** Tones as bytes, by a camera: some contrast, some brightness, and light that falls off to one side. */
function develop(tone: Field, image: Uint8Array, random: Random): void {
  const contrast = 0.45 + 0.55 * random.uniform();
  const brightness = 0.5 + 0.12 * random.normal();
  const angle = 2 * Math.PI * random.uniform();
  const fall = (0.5 * random.uniform()) / SIDE;
  const [alongX, alongY] = [fall * Math.cos(angle), fall * Math.sin(angle)];
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      const light = 1 + alongX * (x - SIDE / 2) + alongY * (y - SIDE / 2);
      image[at] = within(Math.round(255 * light * (brightness + contrast * (tone(x, y) - 0.5))), 0, 255);
    }
  }
}
