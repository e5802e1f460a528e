/**
 * Who liked what, one to five: hidden tastes, friendly and harsh people, good and bad items, and a long tail of items that few know.
 *
 *   rating = round(3.5 + user + item + taste · quality + noise), in 1 … 5
 */
import type { Random } from '../../base/random.ts';
import type { Column } from '../dataset.ts';

const USERS = 600;
const ITEMS = 400;
const TRAIN = 32_000;
const TEST = 8000;
/** Hidden sides of a taste. */
const SIDES = 4;

/** `user`, `item` and `rating`: 32 000 ratings to learn from, or 8000 others by the same users. */
export function makeRatings(part: 'train' | 'test', random: Random): readonly Column[] {
  const world = makeWorld(random.fork('tastes'));
  const pairs = choosePairs(world, random.fork('pairs'));
  const chosen = part === 'train' ? pairs.subarray(0, TRAIN) : pairs.subarray(TRAIN);
  const noise = random.fork(`noise ${part}`);
  return [
    { type: 'category', name: 'user', values: Array.from(chosen, (pair) => `u${Math.floor(pair / ITEMS) + 1}`) },
    { type: 'category', name: 'item', values: Array.from(chosen, (pair) => `i${(pair % ITEMS) + 1}`) },
    {
      type: 'numeric',
      name: 'rating',
      values: Float64Array.from(chosen, (pair) => {
        const liking = likingOf(world, pair) + 0.6 * noise.normal();
        return Math.min(5, Math.max(1, Math.round(liking)));
      }),
    },
  ];
}

interface World {
  readonly users: readonly { readonly mood: number; readonly taste: readonly number[]; readonly activity: number }[];
  readonly items: readonly { readonly worth: number; readonly sides: readonly number[]; readonly fame: number }[];
}

function makeWorld(random: Random): World {
  const normals = (): number[] => Array.from({ length: SIDES }, () => random.normal());
  const users = Array.from({ length: USERS }, () => ({
    mood: 0.35 * random.normal(),
    taste: normals(),
    activity: Math.exp(0.5 * random.normal()),
  }));
  const ranks = random.permutation(ITEMS);
  const items = Array.from({ length: ITEMS }, (_, item) => ({
    worth: 0.4 * random.normal(),
    sides: normals(),
    // Zipf's law.
    fame: 1 / (ranks[item] + 5) ** 0.9,
  }));
  return { users, items };
}

/** Different pairs of user and item, the more often the more active and the better known, in an order at random. */
function choosePairs({ users, items }: World, random: Random): Int32Array {
  // The first to ring of clocks with these rates: drawing without putting back (Efraimidis & Spirakis 2006).
  const rings = Float64Array.from({ length: USERS * ITEMS }, (_, pair) => {
    const rate = users[Math.floor(pair / ITEMS)].activity * items[pair % ITEMS].fame;
    return -Math.log(1 - random.uniform()) / rate;
  });
  const last = rings.slice().sort()[TRAIN + TEST - 1];
  const drawn = Int32Array.from(rings.keys()).filter((pair) => rings[pair] <= last);
  return random.permutation(drawn.length).map((at) => drawn[at]);
}

function likingOf({ users, items }: World, pair: number): number {
  const user = users[Math.floor(pair / ITEMS)];
  const item = items[pair % ITEMS];
  const fit = user.taste.reduce((total, taste, side) => total + taste * item.sides[side], 0);
  return 3.5 + user.mood + item.worth + (0.75 * fit) / Math.sqrt(SIDES);
}
