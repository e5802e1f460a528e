/**
 * The search: decides what to train next, several at a time, and keeps a record of what ended.
 *
 * With n at a time, the k-th job is decided when the first k − n + 1 have ended, and from those alone: however long each takes, the same seed gives the
 * same trials. A job that the log knows is not run again.
 */
import { InterruptedError, OptionError } from '../../base/errors.ts';
import { decide, type EndedJob, type Job, leader, type SearchPlan } from './decide.ts';
import type { TrialOutcome } from './trial.ts';

export interface SearchRequest extends SearchPlan {
  /** Jobs at a time. */
  readonly parallel: number;
  /** Seconds after which no job is begun that would not end before them; as long as it takes when absent. */
  readonly budget?: number;
  /** Jobs that ended before the search was stopped. */
  readonly log: readonly EndedJob[];
  readonly run: (job: Job, signal: AbortSignal) => Promise<TrialOutcome>;
  /** Called after every job with all that ended, in the order they were decided in; not with those of `log` alone. */
  readonly keep: (ended: readonly EndedJob[]) => Promise<void>;
  /** Told what begins and what has ended. */
  readonly onJob?: (job: Job | EndedJob, ended: readonly EndedJob[]) => void;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}

/**
 * Searches until all trials are made or the time is up; what ended, in the order it was decided in.
 *
 * @throws InterruptedError when cancelled, after those under way have stopped; what `run` throws.
 */
export async function search(request: SearchRequest): Promise<EndedJob[]> {
  const { parallel, log, clock, signal } = request;
  const before = Math.max(0, ...log.map(({ elapsed }) => elapsed));
  const began = clock();
  const elapsed = (): number => before + (clock() - began) / 1000;
  const known = new Map(log.map((job) => [job.job, job]));
  const begun: Job[] = [];
  const ended = new Map<number, EndedJob>();
  const underWay = new Map<number, Promise<void>>();
  const stop = new AbortController();
  const inOrder = (): EndedJob[] => [...ended.values()].toSorted((a, b) => a.job - b.job);

  let failure: { readonly error: unknown } | undefined;
  const begin = (job: Job): void => {
    begun.push(job);
    const logged = known.get(job.job);
    if (logged) {
      if (!isSame(logged, job)) throw foreign(job);
      ended.set(job.job, logged);
      return;
    }
    request.onJob?.(job, inOrder());
    const work = async (): Promise<void> => {
      const outcome = await request.run(job, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
      const record: EndedJob = { ...job, outcome, elapsed: elapsed() };
      ended.set(job.job, record);
      await request.keep(inOrder());
      request.onJob?.(record, inOrder());
    };
    const running = work()
      .catch((error: unknown) => {
        failure ??= { error };
        stop.abort();
      })
      .finally(() => underWay.delete(job.job));
    underWay.set(job.job, running);
  };
  const settle = async (upTo: number): Promise<void> => {
    await Promise.all([...underWay].filter(([job]) => job <= upTo).map(([, running]) => running));
    if (failure || signal?.aborted) {
      await Promise.all(underWay.values());
      if (signal?.aborted) throw new InterruptedError('tuning interrupted');
      throw failure?.error;
    }
  };

  let seen = -1;
  const lookBack = async (upTo: number): Promise<EndedJob[]> => {
    seen = Math.max(seen, upTo);
    await settle(seen);
    return inOrder().filter(({ job }) => job <= seen);
  };
  for (;;) {
    const number = begun.length;
    let visible = await lookBack(number - parallel);
    let job = decide(request, begun, visible);
    if (!job && visible.length < number) {
      visible = await lookBack(number - 1);
      job = decide(request, begun, visible);
    }
    const isLast = known.get(number)?.isLast ?? false;
    if (job && !isLast && (known.has(number) || fits(request, job, visible, elapsed()))) {
      begin(job);
      continue;
    }
    const ended = await lookBack(number - 1);
    const last = leader(request, begun, ended);
    if (!last || !(isLast || isInTime(request, secondsOf(request, last, ended), elapsed()))) break;
    begin({ ...last, isLast: true });
    await settle(number);
    break;
  }
  await settle(begun.length);
  return inOrder();
}

/**
 * Whether a job, and what would have to be trained to the end after it, would end in time. The default model is trained to the end in any case:
 * without it there would be nothing to show.
 */
function fits(request: SearchRequest, job: Job, ended: readonly EndedJob[], elapsed: number): boolean {
  if (job.trial === 0) return true;
  const last = leader(request, ended, ended);
  const costs = secondsOf(request, job, ended) + (last ? secondsOf(request, last, ended) : 0);
  return isInTime(request, costs, elapsed);
}

function isInTime({ budget }: SearchRequest, seconds: number, elapsed: number): boolean {
  return budget === undefined || elapsed + seconds <= budget;
}

/** What a job is likely to take: by its trial's own pace, or by the usual one. */
function secondsOf({ rungs }: SearchPlan, { trial, rung }: Job, ended: readonly EndedJob[]): number {
  const epochsBefore = (job: Job): number => {
    const lower = ended.filter((other) => other.trial === job.trial && other.rung < job.rung);
    return lower.length === 0 ? 0 : rungs[Math.max(...lower.map((other) => other.rung))];
  };
  const paces = ended.map((job) => ({
    trial: job.trial,
    pace: job.outcome.seconds / Math.max(1, rungs[job.rung] - epochsBefore(job)),
  }));
  const own = paces.filter((one) => one.trial === trial);
  const known = (own.length > 0 ? own : paces).map(({ pace }) => pace).toSorted((a, b) => a - b);
  if (known.length === 0) return 0;
  const begun = ended.filter((job) => job.trial === trial).map((job) => rungs[job.rung]);
  return known[Math.floor(known.length / 2)] * (rungs[rung] - Math.max(0, ...begun));
}

function isSame(a: Job, b: Job): boolean {
  return a.trial === b.trial && a.rung === b.rung && JSON.stringify(a.point) === JSON.stringify(b.point);
}

function foreign({ job, trial, rung }: Job): OptionError {
  return new OptionError({
    where: `trials.jsonl, job ${job}`,
    expected: `trial ${trial} at rung ${rung}, as the search decides`,
    got: 'another one',
    fix: 'go on with the version of autoencoder that it was begun with, or begin anew',
  });
}
