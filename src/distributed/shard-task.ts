/** What is done with the rows of a shard. */
import { makeChunkScorer } from '../applications/chunk-scorer.ts';
import type { Member, SeriesWindows } from '../applications/detector.ts';
import { filledIn, makeFiller, SAMPLES } from '../applications/impute.ts';
import { datasetFor, knownColumns } from '../applications/learn.ts';
import { chunkTables, scoreTables } from '../applications/scored-rows.ts';
import { readForScoring } from '../applications/scoring-data.ts';
import { coveringStride } from '../applications/series.ts';
import { joinScores, makeSeriesScorer } from '../applications/series-scorer.ts';
import { rowsInside, stretchesOf } from '../applications/stretches.ts';
import type { TrainedModel } from '../applications/trained.ts';
import { createRandom } from '../base/random.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import type { Dataset, Source, TableSource } from '../data/dataset.ts';
import { formatOf } from '../data/formats/formats.ts';
import { missingColumn } from '../data/formats/table.ts';
import type { PieceOptions } from '../data/pieces/pieces.ts';
import { asSeries, channelRows } from '../data/windows.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { squaredErrorAt } from '../model/runner.ts';
import type { ShardTask } from './plan.ts';
import type { ShardModel } from './shard-model.ts';

export interface ShardWorker {
  /** How files are read for it: their columns as the model took them, whatever the few rows of a shard look like. */
  readonly reading: Pick<PieceOptions, 'types' | 'columns' | 'cells'>;
  /**
   * A row for each row of `source`.
   *
   * @param seed Of what is drawn: the same for a shard, whoever works on it.
   * @throws DataError for rows that the model cannot take.
   */
  work(source: Source, seed: string): Promise<Source>;
  dispose(): Promise<void>;
}

export function makeShardWorker(task: ShardTask, model: ShardModel): ShardWorker {
  if (!('detector' in model)) return modelWorker(task, model);
  const { windows } = model.detector;
  return windows ? seriesWorker(model, windows) : detectorWorker(model);
}

/** For each row of a series, which is a file, what `anomalies` says of it. */
function seriesWorker(
  { detector, threshold }: Extract<ShardModel, { detector: unknown }>,
  windows: SeriesWindows,
): ShardWorker {
  const { members, reference } = detector;
  const tableOf = scoreTables(windows.channels, reference);
  return {
    // Which columns a channel comes from is known with the file.
    reading: {},
    async work(source) {
      const series = asSeries(source);
      const stride = coveringStride(series.rows, windows);
      const scorer = makeSeriesScorer({ name: series.name, members, windows, stride });
      try {
        const told = joinScores(await scorer.add(channelRows(series, windows.channels)), await scorer.finish());
        const isAnomaly = rowsInside(stretchesOf(told.scores, threshold, windows.length));
        return withoutNumber(tableOf({ ...told, from: 0, isAnomaly }));
      } finally {
        await scorer.dispose();
      }
    },
    dispose: () => disposeAll(members),
  };
}

/** For each row what `anomalies` says of it. */
function detectorWorker({ detector, threshold }: Extract<ShardModel, { detector: unknown }>): ShardWorker {
  const { members } = detector;
  const [{ card }] = members;
  const scorer = makeChunkScorer(members);
  const tableOf = chunkTables(detector, scorer, threshold);
  return {
    reading: readingFor('score', card),
    async work(given) {
      const { source } = knownColumns(card, withAllColumns(given, card));
      const parts = members.map((member) => readForScoring(member.card, source));
      const { table } = await tableOf({ from: 0, parts, unseen: parts[0].unseen.length });
      return withoutNumber(table);
    },
    async dispose() {
      await scorer.dispose();
      await disposeAll(members);
    },
  };
}

/** A part does not know how many rows are before it. */
function withoutNumber(table: TableSource): TableSource {
  return { ...table, columns: table.columns.filter(({ name }) => name !== 'example') };
}

async function disposeAll(members: readonly Member[]): Promise<void> {
  for (const { runner } of members) await runner.dispose();
}

function modelWorker(task: ShardTask, trained: TrainedModel): ShardWorker {
  const { card, runner } = trained;
  const reading = readingFor(task, card);
  const filler = task === 'impute' ? makeFiller(trained, SAMPLES) : undefined;
  return {
    reading,
    async work(given, seed) {
      const source = withAllColumns(given, card);
      const data = datasetFor(card, knownColumns(card, source).source, source.name, filler ? { gaps: 'any' } : {});
      if (!filler) return results[task](trained, data);
      const values = await filler.expected(data, createRandom(0).fork(`shard ${seed}`));
      return filledIn(source, undoScaling(card.scaling, values, data.count));
    },
    async dispose() {
      await filler?.dispose();
      await runner.dispose();
    },
  };
}

const results: Readonly<Record<ShardTask, (trained: TrainedModel, data: Dataset) => Promise<Source>>> = {
  async encode({ runner, parameters, model }, data) {
    const { code } = await runner.encode(parameters, data);
    return { form: 'array', name: 'codes', values: code, shape: [data.count, model.blueprint.latent] };
  },
  async reconstruct({ runner, parameters, card }, data) {
    const { reconstruction } = await runner.reconstruct(parameters, data);
    return undoScaling(card.scaling, reconstruction, data.count);
  },
  async score({ runner, parameters, model }, data) {
    const { reconstruction } = await runner.reconstruct(parameters, data);
    const { blueprint } = model;
    const width = reconstruction.length / data.count;
    const values = Float64Array.from({ length: data.count }, (_, row) => {
      let [total, observed] = [0, 0];
      for (let at = row * width; at < (row + 1) * width; at++) {
        const error = squaredErrorAt(blueprint, data.values[at] * blueprint.inputScale, reconstruction[at]);
        if (Number.isNaN(error)) continue;
        total += error;
        observed += 1;
      }
      return total / observed;
    });
    return { form: 'table', name: 'scores', rows: data.count, columns: [{ type: 'numeric', name: 'score', values }] };
  },
  impute: () => Promise.reject(new Error('internal: gaps are filled by a filler')),
};

function readingFor(task: ShardTask, { scaling }: ModelCard): ShardWorker['reading'] {
  if (scaling.form !== 'columns') return {};
  const types = Object.fromEntries(scaling.columns.map(({ name, type }) => [name, type]));
  // What else a table holds is passed on as it is, or not read at all.
  if (task === 'impute') return { types, cells: 'texts' };
  return { types, columns: scaling.columns.map(({ name }) => name) };
}

/** Keys that no line of a piece has where rows name their cells are gaps, as they are where some lines have them. */
function withAllColumns(source: Source, { scaling }: ModelCard): Source {
  if (source.form !== 'table' || scaling.form !== 'columns' || !formatOf(source.name)?.hasNamedCells) return source;
  const there = new Set(source.columns.map(({ name }) => name));
  const absent = scaling.columns
    .filter(({ name }) => !there.has(name))
    .map(({ name, type }) => missingColumn(name, type, source.rows));
  return { ...source, columns: [...source.columns, ...absent] };
}
