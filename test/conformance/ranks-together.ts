/** Several ranks in one process: promises that wait for each other, as processes would. */
import type { Ranks } from '../../src/training/ranks.ts';

interface Meeting {
  readonly given: (readonly ArrayBufferView[])[];
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** `size` ranks that add up in the order of their numbers. */
export function ranksTogether(size: number): Ranks[] {
  let meeting: Meeting | undefined;
  const meet = async (
    rank: number,
    given: readonly ArrayBufferView[],
    settle: (given: Meeting['given']) => void,
  ): Promise<void> => {
    let end = (): void => {};
    meeting ??= {
      given: [],
      over: new Promise<void>((resolve) => {
        end = resolve;
      }),
      end: () => end(),
    };
    const { given: all, over, end: finish } = meeting;
    all[rank] = given;
    if (all.filter(() => true).length === size) {
      meeting = undefined;
      settle(all);
      finish();
    }
    await over;
  };
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    sum: (arrays) =>
      meet(rank, arrays, (all) => {
        const lengths = all.map((own) => own.map((array) => array.byteLength).join());
        if (new Set(lengths).size > 1) throw new Error(`ranks were to add arrays of ${lengths.join(' and ')} bytes`);
        for (const [at, first] of (all[0] as readonly Float32Array[]).entries()) {
          const total = new Float64Array(first.length);
          for (const own of all) for (const [i, value] of (own[at] as Float32Array).entries()) total[i] += value;
          for (const own of all) (own[at] as Float32Array).set(total);
        }
      }),
    fromFirst: (bytes) =>
      meet(rank, [bytes], (all) => {
        for (const [own] of all) (own as Uint8Array).set(all[0][0] as Uint8Array);
      }),
  }));
}
