/**
 * Requests that come while the engine is busy are run together: one run for many costs little more than one for one. Where a whole batch
 * waits, it does not wait for the run before: on some core there is time left while rows are read, or a run uses one thread.
 *
 *   rows of many requests ── joined, up to a batch ── run ── cut apart ── each to who asked
 */
import { Refusal } from './refusal.ts';

/** Rows as an engine takes them: `values` `[count, width]`, and the class of each where the model is told such. */
export interface Rows {
  readonly values: Uint8Array | Float32Array;
  readonly count: number;
  readonly labels?: Int32Array;
}

export interface Batching {
  /** Rows that are gathered; a request with more runs alone. */
  readonly most: number;
  /** Rows that may wait. */
  readonly mostWaiting: number;
  /** Some numbers for each row, row after row. */
  readonly run: (rows: Rows) => Promise<Float32Array>;
  /** Told the rows and the requests of every run. */
  readonly onRun?: (rows: number, requests: number) => void;
}

export interface Batcher {
  /**
   * What `run` gives for these rows. Those that are not wanted any more when their turn comes are left out.
   *
   * @throws Refusal 429 when too many rows wait, 503 when it is not wanted any more; else what `run` throws for these rows.
   */
  ask(rows: Rows, isWanted?: () => boolean): Promise<Float32Array>;
}

interface Waiting {
  readonly rows: Rows;
  readonly isWanted: () => boolean;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs at a time. */
export const RUNS_AT_ONCE = 2;

export function makeBatcher({ most, mostWaiting, run, onRun }: Batching): Batcher {
  const waiting: Waiting[] = [];
  let waitingRows = 0;
  let running = 0;

  /** The first that waits, and those behind it that still fit. */
  const take = (): Waiting[] => {
    const taken: Waiting[] = [];
    let count = 0;
    for (let next = waiting[0]; next && (count === 0 || count + next.rows.count <= most); next = waiting[0]) {
      waiting.shift();
      waitingRows -= next.rows.count;
      if (!next.isWanted()) {
        next.reject(outOfTime());
        continue;
      }
      taken.push(next);
      count += next.rows.count;
    }
    return taken;
  };

  const work = async (): Promise<void> => {
    do {
      const taken = take();
      if (taken.length > 0) await settle(taken);
    } while (running === 1 ? waiting.length > 0 : waitingRows >= most);
    running--;
  };

  const settle = async (taken: readonly Waiting[]): Promise<void> => {
    const rows = joined(taken.map((one) => one.rows));
    onRun?.(rows.count, taken.length);
    try {
      const values = await run(rows);
      const width = values.length / rows.count;
      let at = 0;
      for (const one of taken) {
        const end = at + one.rows.count * width;
        one.resolve(taken.length === 1 ? values : values.subarray(at, end));
        at = end;
      }
    } catch (error) {
      // One that cannot be run must not harm the others: each on its own.
      if (taken.length === 1) taken[0].reject(error);
      else for (const one of taken) await settle([one]);
    }
  };

  return {
    ask(rows, isWanted = () => true) {
      if (waitingRows > 0 && waitingRows + rows.count > mostWaiting) return Promise.reject(tooMany());
      return new Promise((resolve, reject) => {
        waiting.push({ rows, isWanted, resolve, reject });
        waitingRows += rows.count;
        if (running > 0 && (running >= RUNS_AT_ONCE || waitingRows < most)) return;
        running++;
        // Not at once: what came in the same turn goes along.
        setImmediate(work);
      });
    },
  };
}

function joined(all: readonly Rows[]): Rows {
  const [first] = all;
  if (all.length === 1) return first;
  const count = all.reduce((total, rows) => total + rows.count, 0);
  const size = all.reduce((total, { values }) => total + values.length, 0);
  const values = first.values instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size);
  const labels = first.labels && new Int32Array(count);
  let [at, row] = [0, 0];
  for (const rows of all) {
    values.set(rows.values, at);
    if (rows.labels) labels?.set(rows.labels, row);
    at += rows.values.length;
    row += rows.count;
  }
  return { values, count, ...(labels ? { labels } : {}) };
}

function tooMany(): Refusal {
  return new Refusal(429, {
    where: 'the server',
    expected: 'fewer requests at a time',
    got: 'more rows waiting than it keeps',
    fix: 'try again in a second',
  });
}

function outOfTime(): Refusal {
  return new Refusal(503, {
    where: 'the server',
    expected: 'to answer within its time limit',
    got: 'too much to do before this request',
    fix: 'try again later, or with fewer rows',
  });
}
