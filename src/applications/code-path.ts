/** Codes on the way from one to another. */

/** Straight, or along a sphere: White 2016, "Sampling generative networks", section 2.1. */
export const pathNames = ['linear', 'spherical'] as const;

export type PathName = (typeof pathNames)[number];

/**
 * From one code to another in equal steps, both included: `[steps, width]`; one step is the first code. The first `normal` numbers go along
 * a sphere, by equal angles and with lengths between those of both: draws of a normal prior all have about the same length, which a straight
 * way falls short of. The others go straight.
 */
export function codesOnPath(from: Float32Array, to: Float32Array, steps: number, normal = 0): Float32Array {
  const width = from.length;
  const codes = new Float32Array(steps * width);
  for (let step = 0; step < steps; step++) {
    const share = steps === 1 ? 0 : step / (steps - 1);
    const [first, second] = spherical(from.subarray(0, normal), to.subarray(0, normal), share);
    for (let at = 0; at < width; at++) {
      const [a, b] = at < normal ? [first, second] : [1 - share, share];
      codes[step * width + at] = a * from[at] + b * to[at];
    }
  }
  return codes;
}

/** Below this sine two directions are one, or opposite: there is no way along the sphere then, or no one of them. */
const LEAST_SINE = 1e-6;

/** What both codes are multiplied by to stand `share` of the way along the sphere. */
function spherical(from: Float32Array, to: Float32Array, share: number): readonly [number, number] {
  const [own, other] = [lengthOf(from), lengthOf(to)];
  const cosine = from.reduce((sum, value, at) => sum + value * to[at], 0) / (own * other);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (!(sine > LEAST_SINE)) return [1 - share, share];
  const length = (1 - share) * own + share * other;
  return [(length * Math.sin((1 - share) * angle)) / (sine * own), (length * Math.sin(share * angle)) / (sine * other)];
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
