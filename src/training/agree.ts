/** Whether all ranks are about to do the same: found out before they begin, so that none waits for what another never sends. */
import { DataError, OptionError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import type { Fact, Ranks } from './ranks.ts';

/** @throws DataError or OptionError, the same on all ranks, that names a fact and the ranks where it is not as on rank 0. */
export async function agree(ranks: Ranks, facts: readonly Fact[]): Promise<void> {
  const differs = new Float32Array(ranks.size * facts.length);
  for (const [at, { value }] of facts.entries()) {
    const own = new TextEncoder().encode(await sha256(new TextEncoder().encode(value)));
    const first = own.slice();
    await ranks.fromFirst(first);
    if (own.some((byte, place) => byte !== first[place])) differs[at * ranks.size + ranks.rank] = 1;
  }
  await ranks.sum([differs]);
  for (const [at, { name, fix, isData }] of facts.entries()) {
    const others = [...differs.subarray(at * ranks.size, (at + 1) * ranks.size).keys()].filter(
      (rank) => differs[at * ranks.size + rank] > 0,
    );
    if (others.length === 0) continue;
    const complaint = {
      where: others.length > 1 ? `ranks ${others.join(', ')}` : `rank ${others[0]}`,
      expected: `the same ${name} as on rank 0`,
      got: 'another',
      fix,
    };
    throw isData ? new DataError(complaint) : new OptionError(complaint);
  }
}
