/**
 * The only source of randomness: seeded, split by name, never ambient.
 *
 * `createRandom(7).fork('shuffle').fork('epoch 3')` is the same stream wherever and whenever it is asked for, so nothing
 * about random state has to be saved: a resumed run forks the same names. Generator: sfc32 (Doty-Humphrey, PractRand),
 * 128 bits of state; names are hashed into the seed with 32-bit FNV-1a and a murmur3 finaliser.
 */
export interface Random {
  /** 32 random bits as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A uniformly random order of 0 … length − 1 (Fisher–Yates). */
  permutation(length: number): Int32Array;
  /** An independent source for the part of the work called `name`; does not advance this one. */
  fork(name: string): Random;
}

export function createRandom(seed: number): Random {
  return fromKey(`seed ${seed}`);
}

function fromKey(key: string): Random {
  let [a, b, c, counter] = [hash(key, 0x811c9dc5), hash(key, 0x9e3779b9), hash(key, 0x85ebca6b), 1];
  const bits = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) bits();

  let spare: number | undefined;
  const uniform = (): number => bits() / 4294967296;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    }
  };
  const integer = (bound: number): number => Math.floor(uniform() * bound);
  const permutation = (length: number): Int32Array => {
    const order = new Int32Array(length);
    for (let i = 0; i < length; i++) order[i] = i;
    for (let i = length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  };
  return { bits, uniform, normal, integer, permutation, fork: (name) => fromKey(`${key}/${name}`) };
}

/** Scatters 32 bits: a bijection in which every bit of the input changes half of the output's (murmur3's finaliser). */
export function scatter(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return scatter(h);
}
