/**
 * Random numbers as a pure function of (key, counter), so that the same key gives the same numbers on every runtime, a
 * resumed run needs no generator state, and the reference can check them.
 *
 * Bits: two rounds of multiply and xor-shift on the counter with a 64-bit key (constants of Wellons' lowbias32). Both halves
 * of a key must be drawn at random: two keys that share the first half and are close in the second give correlated numbers. See
 * docs/decisions/0002-random-numbers.md for why not the runtime's own RandomNormal.
 */
import { type Emit, makeTensor, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { multiply } from './arithmetic.ts';
import { reshape } from './broadcast.ts';
import { cos, log, sin, sqrt } from './elementwise.ts';
import { concat, slice } from './shape.ts';

const FIRST_MULTIPLIER = 0x7feb352d;
const SECOND_MULTIPLIER = 0x846ca68b;

/** Uniform in (0, 1) with 23 bits, one number for each of `counters` (uint32 `[n]`), under `key` (uint32 `[2]`). */
export function uniform(counters: Tensor, key: Tensor): Tensor {
  return makeTensor(
    {
      name: 'uniform',
      lower: ([counter, keys], emit) => {
        const half = (index: number): string =>
          emit.node('Gather', [keys, emit.constant('int64', [], [index])], { axis: { int: 0 } });
        let bits = emit.node('BitwiseXor', [counter, half(0)]);
        bits = mixed(emit, bits, 16, FIRST_MULTIPLIER);
        bits = emit.node('Add', [bits, half(1)]);
        bits = mixed(emit, bits, 15, SECOND_MULTIPLIER);
        const top = emit.node('BitShift', [bits, emit.constant('uint32', [], [9])], { direction: { text: 'RIGHT' } });
        const whole = emit.node('Cast', [top], { to: { int: 1 } });
        const centred = emit.node('Add', [whole, emit.constant('float32', [], [0.5])]);
        return [emit.node('Mul', [centred, emit.constant('float32', [], [2 ** -23])])];
      },
      evaluate: ([counter, [first, second]]) => [
        counter.map((value) => {
          let bits = (value ^ first) >>> 0;
          bits = Math.imul(bits ^ (bits >>> 16), FIRST_MULTIPLIER);
          bits = (bits + second) | 0;
          bits = Math.imul(bits ^ (bits >>> 15), SECOND_MULTIPLIER);
          return ((bits >>> 9) + 0.5) * 2 ** -23;
        }),
      ],
    },
    [counters, key],
    counters.shape,
  );
}

/** Standard normal numbers of `shape` by Box and Muller's transform; `counters` has one for each number, rounded up to even. */
export function normal(counters: Tensor, key: Tensor, shape: Shape): Tensor {
  const half = counters.shape[0] / 2;
  const numbers = uniform(counters, key);
  const radius = sqrt(multiply(log(slice(numbers, 0, 0, half)), -2));
  const angle = multiply(slice(numbers, 0, half, 2 * half), 2 * Math.PI);
  const both = concat([multiply(radius, cos(angle)), multiply(radius, sin(angle))], 0);
  return reshape(slice(both, 0, 0, sizeOf(shape)), shape);
}

/**
 * The numbers `from` up to `from + count` of those that `normal` makes of `whole` counters, `[count]`; `countersAt` gives some of these,
 * by the first and how many.
 */
export function normalRange(
  countersAt: (first: number, count: number) => Tensor,
  key: Tensor,
  whole: number,
  { from, count }: { readonly from: number; readonly count: number },
): Tensor {
  const half = whole / 2;
  // The first half of them are cosines, the second are sines of the same radii and angles.
  const parts = ([cos, sin] as const).flatMap((wave, at) => {
    const begin = Math.max(from - at * half, 0);
    const length = Math.min(from + count - at * half, half) - begin;
    if (length <= 0) return [];
    const radius = sqrt(multiply(log(uniform(countersAt(begin, length), key)), -2));
    const angle = multiply(uniform(countersAt(half + begin, length), key), 2 * Math.PI);
    return [multiply(radius, wave(angle))];
  });
  return concat(parts, 0);
}

function mixed(emit: Emit, bits: string, shift: number, multiplier: number): string {
  const shifted = emit.node('BitShift', [bits, emit.constant('uint32', [], [shift])], { direction: { text: 'RIGHT' } });
  const folded = emit.node('BitwiseXor', [bits, shifted]);
  return emit.node('Mul', [folded, emit.constant('uint32', [], [multiplier])]);
}
