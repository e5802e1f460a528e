/** A picture shifted, turned and stretched a little: another that the same hand could have drawn. */
import type { Random } from 'autoencoder';

/** Pixels to either side. */
const SHIFT = 2;
/** Radians to either side. */
const TURN = 0.26;
/** Share by which it grows or shrinks. */
const GROWTH = 0.15;
/** Slant to either side, in pixels sideways for each one up. */
const SLANT = 0.2;

/** `pixels` are the bytes of a square picture with dark borders, row by row; what comes from outside is 0. */
export function warped(pixels: ArrayLike<number>, random: Random): Uint8Array {
  const side = Math.sqrt(pixels.length);
  const centre = (side - 1) / 2;
  const within = (limit: number): number => limit * (2 * random.uniform() - 1);
  const angle = within(TURN);
  const scale = 1 + within(GROWTH);
  const [cosine, sine] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const slant = within(SLANT);
  const [right, down] = [within(SHIFT), within(SHIFT)];
  const isInside = (at: number): boolean => at >= 0 && at < side;
  const pixel = (x: number, y: number): number => (isInside(x) && isInside(y) ? pixels[y * side + x] : 0);
  return Uint8Array.from({ length: pixels.length }, (_, at) => {
    const [x, y] = [(at % side) - centre - right, Math.floor(at / side) - centre - down];
    return between(pixel, cosine * x + sine * y + slant * y + centre, cosine * y - sine * x + centre);
  });
}

/** The bilinear mean of the four pixels around a point. */
function between(pixel: (x: number, y: number) => number, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [toRight, toBottom] = [x - left, y - top];
  const row = (at: number): number => (1 - toRight) * pixel(left, at) + toRight * pixel(left + 1, at);
  return (1 - toBottom) * row(top) + toBottom * row(top + 1);
}
