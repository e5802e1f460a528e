/**
 * Points that differ from one in a single option, and the one of them that promises most: the neighbourhood that is searched by SMAC (Hutter et al.
 * 2011, "Sequential model-based optimization for general algorithm configuration", section 4.3).
 */
import type { Random } from '../../base/random.ts';
import { choiceOf, placeOf, valueAt } from './coordinates.ts';
import { type Activity, drawEach } from './draw-points.ts';
import { expectedGains, type Tried } from './expected-gain.ts';
import type { Dimension, Options, Space } from './space.ts';

/** Steps along a range that are looked at. */
const STRIDES = 8;
/** Their standard deviation, as a share of the range. */
const STRIDE = 0.2;

/**
 * `from` with the one option changed of which most is to be expected after what was tried; nothing where all such points are known.
 *
 * @param isKnown Whether a point need not be proposed.
 */
export function bestStep(
  from: Options,
  tried: readonly Tried[],
  space: Space,
  isActive: Activity,
  isKnown: (point: Options) => boolean,
  random: Random,
): Options | undefined {
  const steps = space
    .filter(({ name }) => isActive(name, from))
    .flatMap((dimension) =>
      otherValues(dimension, from, random.fork(dimension.name)).map((value) =>
        changed(from, dimension.name, value, space, isActive, random.fork('drawn')),
      ),
    )
    .filter((step) => !isKnown(step));
  if (steps.length === 0) return undefined;
  const gains = expectedGains(space, tried, steps);
  // Of equals, as all are in the beginning, any.
  const order = random.fork('order').permutation(steps.length);
  return steps[order.reduce((best, at) => (gains[at] > gains[best] ? at : best))];
}

function otherValues({ name, range }: Dimension, from: Options, random: Random): unknown[] {
  if (range.type === 'choice') return range.values.filter((_, at) => at !== choiceOf(range.values, from[name]));
  const place = placeOf(range, from[name]) ?? random.uniform();
  return Array.from({ length: STRIDES }, () => valueAt(range, within(place + STRIDE * random.normal())));
}

/** With another value of one option; those that become active with it are drawn. */
function changed(
  from: Options,
  option: string,
  value: unknown,
  space: Space,
  isActive: Activity,
  random: Random,
): Options {
  return drawEach(space, isActive, ({ name, range }) => {
    if (name === option) return value;
    return placeOf(range, from[name]) === undefined ? valueAt(range, random.fork(name).uniform()) : from[name];
  });
}

function within(place: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(0, place));
}
