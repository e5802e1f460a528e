/** A model at work for many who ask at a time. */
import { type Anomalies, findAnomalies } from '../applications/anomalies.ts';
import type { Detector } from '../applications/detector.ts';
import { type DrawRequest, drawExamples, drawnSource } from '../applications/draw.ts';
import { type OpenSearch, openSearch, type SearchIndex } from '../applications/search-index.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { createRandom } from '../base/random.ts';
import type { Source } from '../data/dataset.ts';
import { sourceCount } from '../data/split.ts';
import { BATCH } from '../model/runner.ts';
import { type Batcher, makeBatcher, type Rows } from './batching.ts';

/** What is run in batches. */
export const tasks = ['encode', 'decode', 'reconstruct', 'score'] as const;
export type Task = (typeof tasks)[number];

export interface ServedModel {
  readonly id: string;
  readonly trained: TrainedModel;
  /** Searches in what is served with it, where an index is. */
  readonly search?: OpenSearch['search'];
  /** What is unlike the rest, where a detector is served. */
  readonly detect?: (source: Source) => Promise<Anomalies>;
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
  /** Which the model is the first of, and the score above which an example is an anomaly. */
  readonly detector?: { readonly detector: Detector; readonly threshold: number };
  /** Rows that may wait for each task. */
  readonly mostWaiting: number;
  readonly onRun?: (task: Task | 'detect', rows: number, requests: number) => void;
}

export function makeServedModel({ id, trained, index, detector, mostWaiting, onRun }: ServedModelOptions): ServedModel {
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
    ...(detector ? { detect: detection(detector, trained, (rows) => onRun?.('detect', rows, 1)) } : {}),
    ...(index ? { search: openSearch(engine, index).search } : {}),
    run: (task, rows, isWanted) => batchers[task].ask(rows, isWanted),
    generate: async (request) => drawnSource(trained.card, await drawExamples(trained, request)),
    dispose: () => runner.dispose(),
  };
}

function detection(
  { detector, threshold }: NonNullable<ServedModelOptions['detector']>,
  { engine }: TrainedModel,
  onRun: (rows: number) => void,
): NonNullable<ServedModel['detect']> {
  return (source) => {
    onRun(sourceCount(source));
    // Nothing is drawn: there are no baselines beside it.
    const random = createRandom(0);
    return findAnomalies({ engine, detector, source, threshold: { by: 'score', score: threshold }, random });
  };
}
