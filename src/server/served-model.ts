/** A model at work for many who ask at a time. */
import { type DrawRequest, drawExamples, drawnSource } from '../applications/draw.ts';
import { type OpenSearch, openSearch, type SearchIndex } from '../applications/search-index.ts';
import type { TrainedModel } from '../applications/trained.ts';
import type { Source } from '../data/dataset.ts';
import { type Batcher, makeBatcher, type Rows } from './batching.ts';

/** What is run in batches. */
export const tasks = ['encode', 'decode', 'reconstruct', 'score'] as const;
export type Task = (typeof tasks)[number];

export interface ServedModel {
  readonly id: string;
  readonly trained: TrainedModel;
  /** Searches in what is served with it, where an index is. */
  readonly search?: OpenSearch['search'];
  /** `[count, …]` for examples, or, of `decode`, for codes: see `Runner`; `score` gives Σ (x − x̂)² of each. */
  run(task: Task, rows: Rows, isWanted: () => boolean): Promise<Float32Array>;
  /** @throws OptionError for a kind without a prior. */
  generate(request: DrawRequest): Promise<Source>;
  dispose(): Promise<void>;
}

export interface ServedModelOptions {
  readonly id: string;
  readonly trained: TrainedModel;
  readonly index?: SearchIndex;
  /** Rows that may wait for each task. */
  readonly mostWaiting: number;
  readonly onRun?: (task: Task, rows: number, requests: number) => void;
}

/** Rows of the runner's largest batch. */
const BATCH = 256;

export function makeServedModel({ id, trained, index, mostWaiting, onRun }: ServedModelOptions): ServedModel {
  const { runner, parameters, engine } = trained;
  const batcher = (task: Task, run: (rows: Rows) => Promise<Float32Array>): Batcher =>
    makeBatcher({
      most: BATCH,
      mostWaiting,
      run,
      onRun: (rows, requests) => onRun?.(task, rows, requests),
    });
  const examples = ({ values, count, labels }: Rows) => ({
    values,
    count,
    ...(labels ? { labels: { values: labels } } : {}),
  });
  const batchers: Readonly<Record<Task, Batcher>> = {
    encode: batcher('encode', async (rows) => (await runner.encode(parameters, examples(rows))).code),
    decode: batcher('decode', ({ values, labels }) => runner.decode(parameters, Float32Array.from(values), labels)),
    reconstruct: batcher(
      'reconstruct',
      async (rows) => (await runner.reconstruct(parameters, examples(rows))).reconstruction,
    ),
    score: batcher('score', async (rows) => (await runner.errors(parameters, examples(rows))).squaredError),
  };
  return {
    id,
    trained,
    ...(index ? { search: openSearch(engine, index).search } : {}),
    run: (task, rows, isWanted) => batchers[task].ask(rows, isWanted),
    generate: async (request) => drawnSource(trained.card, await drawExamples(trained, request)),
    dispose: () => runner.dispose(),
  };
}
