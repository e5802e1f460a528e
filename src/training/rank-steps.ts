/**
 * Steps of several ranks on one model. Either every step is that of the whole batch, by sums over the ranks in the middle of it; or each
 * rank takes a few steps on its own, and then all go on from their average (local SGD: Stich 2019).
 */
import { DivergenceError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { compileAcross } from '../engine/across.ts';
import { float32, type HostTensor } from '../engine/engine.ts';
import { exampleFeeds } from '../model/examples.ts';
import type { BatchPart } from '../model/whole-batch.ts';
import { agree } from './agree.ts';
import { asFirst, partOf, type Ranks } from './ranks.ts';
import type { TrainingState } from './state.ts';
import { rankGraph } from './step.ts';
import {
  blockSteps,
  type Figures,
  type Measure,
  perStep,
  requireFinite,
  type Steps,
  type StepsOptions,
  stateAfter,
  stateFeeds,
} from './steps.ts';

/** Each step together: the same numbers as of one process, but for the order of additions. */
export async function rankSteps(options: StepsOptions, ranks: Ranks): Promise<Steps> {
  const { request, groups, optimiser, batchSize } = options;
  const { model, engine, signal } = request;
  const part = partOf(batchSize, ranks);
  const graph = rankGraph(model, groups, optimiser, {
    clip: request.options.clip,
    hasTarget: options.hasTarget,
    part,
  });
  const program = await compileAcross(engine, graph.outputs);
  // Where it is otherwise, a rank would wait for what the others never send.
  const exchanges = { name: 'sums within a step', value: JSON.stringify(program.exchanges) };
  await agree(ranks, [{ ...exchanges, fix: `choose --batch-size as a multiple of the ${ranks.size} ranks` }]);
  let isInterrupted = false;
  return {
    async run(state, { examples, order, from }, most, began) {
      const fixed = exampleFeeds(model, examples);
      let now = state;
      let last = began;
      for (let done = 0; done < most && !isInterrupted; done++) {
        const first = (now.position.step - from) * batchSize + part.from;
        const { keys, columns } = perStep(options, graph, now, 1);
        const feeds: Record<string, HostTensor> = {
          ...fixed,
          ...stateFeeds(now),
          index: { data: order.subarray(first, first + part.rows), shape: [part.rows] },
          keys: { data: keys, shape: [2] },
        };
        for (const [name, column] of Object.entries(columns)) feeds[`scalar.${name}`] = float32(column, []);
        // The wish to stop goes along with what is summed anyway.
        const wishes = Float32Array.of(signal?.aborted ? 1 : 0);
        let isSent = false;
        const results = await program.run(feeds, async (arrays) => {
          await ranks.sum(isSent ? arrays : [...arrays, wishes]);
          isSent = true;
        });
        isInterrupted = wishes[0] > 0;
        const time = request.clock();
        now = stateAfter(options, graph, { state: now, columns, results, seconds: (time - last) / 1000 });
        last = time;
      }
      return now;
    },
    agreed: (state, measure) => agreedBy(ranks, model.termNames, state, measure),
    isInterrupted: () => isInterrupted,
    dispose: () => program.dispose(),
  };
}

/** `every` steps of each rank on its rows of the batch, with noise of its own; then parameters and the optimiser's memory are averaged. */
export async function fewSteps(options: StepsOptions, ranks: Ranks, every: number): Promise<Steps> {
  const { request, batchSize } = options;
  const part = partOf(batchSize, ranks);
  const random = createRandom(request.options.seed).fork(`noise of rank ${ranks.rank}`);
  const steps = await blockSteps({ ...options, batchSize: part.rows, noise: [random.bits(), random.bits()] });
  const weight = part.rows / part.count;
  let isInterrupted = false;
  let own: { readonly of: Int32Array; readonly rows: Int32Array } | undefined;
  return {
    async run(state, window, most, began) {
      const { order, from, end } = window;
      if (own?.of !== order) own = { of: order, rows: ownRows(order, end - from, part) };
      const mine = { ...window, order: own.rows };
      let now = state;
      let last = began;
      for (let done = 0; done < most && !isInterrupted && now.position.step < end; ) {
        const { step } = now.position;
        const until = Math.min(step + every - (step % every), end);
        const report = makeReport(ranks, request.model.termNames);
        let local = now;
        try {
          while (local.position.step < until) {
            local = await steps.run(local, mine, Math.min(most, until - local.position.step), last);
            last = request.clock();
          }
        } catch (error) {
          if (!(error instanceof DivergenceError)) throw error;
          report.diverged(error);
        }
        if (steps.isInterrupted()) report.interrupted();
        isInterrupted = await report.exchange();
        now = await averaged(ranks, now, local, weight);
        done += until - step;
      }
      return now;
    },
    agreed: (state, measure) => agreedBy(ranks, request.model.termNames, state, measure),
    isInterrupted: () => isInterrupted,
    dispose: () => steps.dispose(),
  };
}

/** The examples of this rank's part of every batch of a window, one batch after the other. */
function ownRows(order: Int32Array, batches: number, { from, rows, count }: BatchPart): Int32Array {
  const own = new Int32Array(batches * rows);
  for (let at = 0; at < batches; at++) own.set(order.subarray(at * count + from, at * count + from + rows), at * rows);
  return own;
}

/** What a rank tells the others at a meeting besides its numbers: `[step, term]` of a divergence for each rank, and wishes to stop. */
function makeReport({ rank, size, sum }: Ranks, termNames: readonly string[]) {
  const told = new Float32Array(2 * size + 1);
  return {
    diverged({ step, term }: DivergenceError): void {
      told.set([step, termNames.indexOf(term)], 2 * rank);
    },
    interrupted(): void {
      told[2 * size] = 1;
    },
    /** Whether any rank wants to stop. @throws DivergenceError where one of them diverged: the same on all. */
    async exchange(): Promise<boolean> {
      await sum([told]);
      for (let at = 0; at < size; at++)
        if (told[2 * at] > 0) requireFinite(Number.NaN, termNames[told[2 * at + 1]], told[2 * at]);
      return told[2 * size] > 0;
    },
  };
}

/** The average of the ranks' states after `local` steps from `before`, each by its `weight`. */
async function averaged(
  { sum }: Ranks,
  before: TrainingState,
  local: TrainingState,
  weight: number,
): Promise<TrainingState> {
  const vectors = new Map(
    [...local.vectors].map(([group, own]) => [group, own.map((values) => values.map((value) => weight * value))]),
  );
  const names = Object.keys(local.position.sums);
  const added = Float32Array.from(
    names,
    (name) => weight * (local.position.sums[name] - (before.position.sums[name] ?? 0)),
  );
  await sum([...[...vectors.values()].flat(), added]);
  const sums = Object.fromEntries(names.map((name, at) => [name, (before.position.sums[name] ?? 0) + added[at]]));
  return { ...local, vectors, position: { ...local.position, sums } };
}

/** The state of rank 0 for all, so that processors that round differently do not drift apart, and what it measures by that. */
async function agreedBy(
  ranks: Ranks,
  termNames: readonly string[],
  state: TrainingState,
  measure: Measure,
): Promise<{ state: TrainingState; figures: Figures }> {
  for (const values of [...state.vectors.values()].flat())
    await ranks.fromFirst(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const names = ['loss', ...termNames, 'mse'];
  const measured = ranks.rank === 0 ? await measure(state) : {};
  const values = await asFirst(
    ranks,
    names.map((name) => measured[name] ?? Number.NaN),
  );
  return { state, figures: Object.fromEntries(names.map((name, at) => [name, values[at]])) };
}
