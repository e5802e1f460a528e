/**
 * Pictures of two values by a model with a code of its own: bits back with a stack. Townsend, Bird & Barber 2019, "Practical lossless
 * compression with latent variables using bits back coding", section 2 and table 1.
 *
 *   writing:  pop code by q(z | x)     push x by p(x | z)     push code by p(z)       the first step gives back what the last one takes
 *   reading:  pop code by p(z)         pop x by p(x | z)      push code by q(z | x)   the same steps backwards
 *
 * What a picture takes is −log p(x | z) − log p(z) + log q(z | x), on average the negative evidence bound of the model. Pictures are written last
 * first, so that they are read first first, and in groups, so that the model works on several at a time: the first ones alone, because what
 * their codes are popped from has to be in the file besides them.
 */
import { DataError } from '../base/errors.ts';
import { type AnsStack, ansStack, leastState, stateBytes } from './ans-stack.ts';
import { chanceOf, type OddsTables, pixelChances } from './neighbour-odds.ts';
import { bucketBits, type NormalTables, POSTERIOR_BITS, posteriorSlots } from './normal-tables.ts';

/** A model in whole numbers: the same everywhere. */
export interface CodeModel {
  /** Of a picture: its size, and the pixels in it. */
  readonly width: number;
  readonly pixels: number;
  /** Numbers in a code. */
  readonly latent: number;
  readonly normal: NormalTables;
  readonly pixel: OddsTables;
  /** The posterior of `[count, pixels]` zeros and ones: `[count, latent]` places and levels. */
  posterior(pictures: Uint8Array, count: number): Promise<{ readonly means: Int32Array; readonly levels: Int32Array }>;
  /** Odds of a 1 in 256ths, `[count, pixels]`, of codes as places of buckets' centres `[count, latent]`. */
  odds(codes: Int32Array, count: number): Promise<Int32Array>;
}

export interface WrittenSet {
  readonly bytes: Uint8Array;
  /** −log₂ of what the model says of the pictures, drawn codes and all: what the bytes are without the ends. */
  readonly bits: number;
  /** The same without neighbours: an estimate, of one draw a picture, of the negative evidence bound of the network. */
  readonly bitsAlone: number;
}

const WIDTH = 48;
const CHANCE_BITS = 16;
/** Most pictures that the model works on at once, and how many are to be on the stack for one more. */
const MOST_AT_ONCE = 32;
const PER_ONE_MORE = 8;

/** Told now and then how many pictures are done; may throw, and then nothing is written or read. */
export type SetStep = (done: number) => void;

/** @param pictures `[count, pixels]`, zeros and ones. */
export async function writeSet(
  pictures: Uint8Array,
  count: number,
  model: CodeModel,
  step: SetStep = () => {},
): Promise<WrittenSet> {
  const { pixels, latent, normal } = model;
  const stack = ansStack({ width: WIDTH, below: startBytes(), refuse: neverRefused });
  const slots = posteriorSlots(normal);
  const prior = bucketBits(normal);
  let [codeBits, pixelBits, aloneBits] = [0, 0, 0];
  let end = count;
  for (const size of groupSizes(count)) {
    step(count - end);
    const group = pictures.subarray((end - size) * pixels, end * pixels);
    const { means, levels } = await model.posterior(group, size);
    const buckets = new Int32Array(size * latent);
    for (let at = 0; at < buckets.length; at++) {
      buckets[at] = slots.pop(stack, means[at], levels[at]);
      codeBits += prior + Math.log2(slots.frequency(means[at], levels[at], buckets[at])) - POSTERIOR_BITS;
    }
    const odds = await model.odds(
      buckets.map((bucket) => normal.centres[bucket]),
      size,
    );
    for (let picture = size - 1; picture >= 0; picture--) {
      const own = group.subarray(picture * pixels, (picture + 1) * pixels);
      const said = odds.subarray(picture * pixels, (picture + 1) * pixels);
      const chance = pixelChances(said, own, model.width, model.pixel);
      for (let at = pixels - 1; at >= 0; at--) {
        const [start, frequency] = slotOf(chance(at), own[at]);
        stack.push(start, frequency, CHANCE_BITS);
        pixelBits += CHANCE_BITS - Math.log2(frequency);
        aloneBits += CHANCE_BITS - Math.log2(slotOf(chanceOf(model.pixel.chances, said[at]), own[at])[1]);
      }
    }
    for (let at = buckets.length - 1; at >= 0; at--) stack.push(buckets[at], 1, prior);
    end -= size;
  }
  return { bytes: stack.bytes(), bits: codeBits + pixelBits, bitsAlone: codeBits + aloneBits };
}

/**
 * The pictures that `writeSet` wrote with the same model, `[count, pixels]`.
 *
 * @throws DataError for bytes that it has not written.
 */
export async function readSet(
  bytes: Uint8Array,
  count: number,
  model: CodeModel,
  where: string,
  step: SetStep = () => {},
): Promise<Uint8Array> {
  const { pixels, latent, normal } = model;
  const stack = ansStack({
    width: WIDTH,
    bytes,
    below: () => damaged(where, 'an end before the last of them'),
    refuse: () => damaged(where, 'another beginning'),
  });
  const slots = posteriorSlots(normal);
  const prior = bucketBits(normal);
  const pictures = new Uint8Array(count * pixels);
  let from = 0;
  for (const size of groupSizes(count).reverse()) {
    step(from);
    const buckets = Int32Array.from({ length: size * latent }, () => popPlain(stack, prior));
    const odds = await model.odds(
      buckets.map((bucket) => normal.centres[bucket]),
      size,
    );
    const group = pictures.subarray(from * pixels, (from + size) * pixels);
    for (let picture = 0; picture < size; picture++) {
      const own = group.subarray(picture * pixels, (picture + 1) * pixels);
      const chance = pixelChances(
        odds.subarray(picture * pixels, (picture + 1) * pixels),
        own,
        model.width,
        model.pixel,
      );
      for (let at = 0; at < pixels; at++) {
        const one = chance(at);
        own[at] = stack.peek(CHANCE_BITS) < one ? 1 : 0;
        const [start, frequency] = slotOf(one, own[at]);
        stack.pop(start, frequency, CHANCE_BITS);
      }
    }
    const { means, levels } = await model.posterior(group, size);
    for (let at = buckets.length - 1; at >= 0; at--) slots.push(stack, means[at], levels[at], buckets[at]);
    from += size;
  }
  requireStart(stack, where);
  return pictures;
}

/** In the order of writing: how many pictures at once, in powers of two. */
function groupSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let done = 0; done < count; ) {
    const most = Math.min(count - done, MOST_AT_ONCE, 1 + Math.floor(done / PER_ONE_MORE));
    const size = 2 ** (31 - Math.clz32(most));
    sizes.push(size);
    done += size;
  }
  return sizes;
}

/** A 1 is [0, chance), a 0 the rest of 2¹⁶. */
function slotOf(chance: number, bit: number): readonly [number, number] {
  return bit === 1 ? [0, chance] : [chance, 65536 - chance];
}

function popPlain(stack: AnsStack, bits: number): number {
  const value = stack.peek(bits);
  stack.pop(value, 1, bits);
  return value;
}

/** What the first codes are popped from: xorshift32, from 1. Marsaglia 2003, "Xorshift RNGs", section 3. */
function startBytes(): () => number {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 24;
  };
}

/** Whether what is left are the bytes that writing began with: the least state, and below it the last byte that was taken. */
function requireStart(stack: AnsStack, where: string): void {
  const rest = stack.bytes();
  const next = startBytes();
  const head = stateBytes(WIDTH);
  const state = rest.subarray(0, head).reduce((sum, byte) => 256 * sum + byte, 0);
  if (state !== leastState(WIDTH) || rest.subarray(head).some((byte) => byte !== next()))
    damaged(where, 'something else below the last of them');
}

function neverRefused(): never {
  throw new Error('internal: an empty stack was refused');
}

function damaged(where: string, got: string): never {
  throw new DataError({
    where,
    expected: 'the bytes of a set of pictures',
    got,
    fix: 'the file is damaged: fetch or make it again',
  });
}
