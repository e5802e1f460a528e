/**
 * Windows of examples out of a file: blocks of neighbouring rows in an order drawn anew for every pass, as many as a window holds, and
 * the rows of a window in an order of their own. The next window is read while the runtime works on this one.
 *
 *   blocks 0 1 2 3 4 5 6 7 ── drawn ── 5 2 0 │ 7 1 4 │ 3 6 ── rows of each window drawn ── batches
 */
import type { RowsFile } from '../data/chunks/rows-file.ts';
import type { ExampleWindows } from '../training/windows.ts';

/** Rows that are read at once, about, where nobody says: neighbours are in one window. */
const BLOCK = 4096;

export interface DiskRows {
  readonly file: Pick<RowsFile, 'read'>;
  readonly count: number;
  /** Numbers of a row. */
  readonly width: number;
  readonly isBytes: boolean;
  /** Rows that are read at once, where these are to be fewer: neighbours that are much alike. */
  readonly neighbours?: number;
}

/** @param most Rows of a window, about: a multiple of blocks. */
export function diskWindows(
  { file, count, width, isBytes, neighbours = BLOCK }: DiskRows,
  batchSize: number,
  most: number,
): ExampleWindows {
  const batch = Math.min(batchSize, count);
  const block = Math.min(batch * Math.ceil(Math.min(BLOCK, neighbours) / batch), batch * Math.ceil(most / batch));
  const blocks = Math.ceil(count / block);
  const perWindow = Math.max(1, Math.floor(most / block));
  const windowCount = Math.min(count, perWindow * block);
  const windows = Math.ceil(blocks / perWindow);
  const buffer = () => (isBytes ? new Uint8Array(windowCount * width) : new Float32Array(windowCount * width));
  // One is worked on while the other is filled.
  const buffers = [buffer(), windows > 1 ? buffer() : undefined] as const;
  return {
    count,
    windowCount,
    hasTarget: false,
    pass(random) {
      // The last block may be short: it stays last, so that every window but the last has whole batches.
      const whole = Math.floor(count / block);
      const order = [...random.fork('blocks').permutation(whole), ...(whole < blocks ? [whole] : [])];
      const fill = async (at: number): Promise<Float32Array | Uint8Array> => {
        const into = buffers[at % 2] ?? buffers[0];
        const own = order.slice(at * perWindow, (at + 1) * perWindow);
        const ends: number[] = [];
        for (const each of own) ends.push((ends.at(-1) ?? 0) + Math.min(block, count - each * block));
        await Promise.all(
          own.map((each, place) =>
            file.read(each * block, into.subarray((ends[place - 1] ?? 0) * width, ends[place] * width)),
          ),
        );
        return into.subarray(0, (ends.at(-1) ?? 0) * width);
      };
      let ahead: { readonly at: number; readonly values: Promise<Float32Array | Uint8Array> } | undefined;
      return {
        async window(at) {
          const values = await (ahead?.at === at ? ahead.values : fill(at));
          ahead = at + 1 < windows ? { at: at + 1, values: fill(at + 1) } : undefined;
          ahead?.values.catch(() => {});
          const rows = values.length / width;
          return { examples: { values, count: rows }, order: random.fork(`window ${at}`).permutation(rows) };
        },
      };
    },
  };
}
