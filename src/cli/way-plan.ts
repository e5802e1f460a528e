/** Which ways are gone: from which examples of the data, or rows of a file of codes, to which others. */
import { rowsOf, type Ways, waysBetween, waysOfChange } from '../applications/interpolate.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { rowNamed } from './row-names.ts';

/** Ways where nobody says from where to where. */
export const WAYS = 6;

/** Ways with the rows of the data that they begin with and end with. */
export interface Planned {
  readonly ways: Ways;
  readonly from: readonly number[];
  /** None where a class is changed. */
  readonly to?: readonly number[];
}

/** What the user says of them. */
export interface WayFlags {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly minus?: string;
  readonly plus?: string;
  readonly strength?: number;
}

/** Between rows of a file. @throws as `planWays`. */
export function betweenCodes(
  { values, count }: { readonly values: Float32Array; readonly count: number },
  file: string,
  latent: number,
  flags: WayFlags,
): Planned {
  const { from, to } = namedEnds({ name: file, count }, flags.from ?? [], flags.to ?? []);
  const take = (rows: readonly number[]): Float32Array =>
    Float32Array.from(rows.flatMap((row) => Array.from(values.subarray(row * latent, (row + 1) * latent))));
  return { ways: { from: take(from), to: take(to) }, from, to };
}

/**
 * Between examples of the data, or from them with one class in place of another; drawn where nobody names them.
 *
 * @throws DataError for a row that there is not; OptionError for numbers of rows that do not go together, and as `waysOfChange`.
 */
export async function planWays(
  subject: TrainedModel & { readonly data: Dataset },
  flags: WayFlags,
  random: Random,
): Promise<Planned> {
  const { data } = subject;
  const { minus, plus, strength = 1 } = flags;
  if (minus !== undefined && plus !== undefined) {
    const from = flags.from?.map((name) => rowNamed(data, name, '--from')) ?? drawn(rowsOf(data, minus), random);
    return { ways: await waysOfChange(subject, data, from, { minus, plus, strength }), from };
  }
  const { from, to } = flags.from && flags.to ? namedEnds(data, flags.from, flags.to) : drawnEnds(data, random);
  return { ways: await waysBetween(subject, data, from, to), from, to };
}

/** @throws DataError for a row that there is not, OptionError for numbers of rows that do not go together. */
function namedEnds(
  data: Pick<Dataset, 'name' | 'count' | 'names'>,
  from: readonly string[],
  to: readonly string[],
): { readonly from: number[]; readonly to: number[] } {
  if (to.length !== 1 && to.length !== from.length)
    throw new OptionError({
      where: '--to',
      expected: `one row, or as many as --from has, ${from.length}`,
      got: `${to.length}`,
      fix: 'name as many ends as beginnings',
    });
  const ends = to.length === 1 ? from.map(() => to[0]) : to;
  return {
    from: from.map((name) => rowNamed(data, name, '--from')),
    to: ends.map((name) => rowNamed(data, name, '--to')),
  };
}

function drawn(rows: readonly number[], random: Random): number[] {
  const order = random.fork('ends').permutation(rows.length);
  return Array.from(order.subarray(0, WAYS), (at) => rows[at]);
}

function drawnEnds({ count }: Dataset, random: Random): { readonly from: number[]; readonly to: number[] } {
  const order = random.fork('ends').permutation(count);
  const ways = Math.min(WAYS, Math.max(1, Math.floor(count / 2)));
  const [from, to] = [order.subarray(0, ways), order.subarray(count - ways)];
  return { from: [...from], to: [...to] };
}
