/** Points of a space, option by option: what is there may follow from what was drawn before. */
import type { Random } from '../../base/random.ts';
import { valueAt } from './coordinates.ts';
import type { Dimension, Options, Space } from './space.ts';

/** Whether an option is there, given the values drawn before it. */
export type Activity = (name: string, options: Options) => boolean;

/** A point drawn blindly. */
export function drawBlindly(space: Space, isActive: Activity, random: Random): Options {
  return drawEach(space, isActive, ({ name, range }) => valueAt(range, random.fork(name).uniform()));
}

export function drawEach(space: Space, isActive: Activity, draw: (dimension: Dimension) => unknown): Options {
  const options: Record<string, unknown> = {};
  for (const dimension of space) if (isActive(dimension.name, options)) options[dimension.name] = draw(dimension);
  return options;
}
