/** Chunks of rows as models take them: read and scaled, ready for the engine; of series, rows that are to be cut into windows. */
import { type OpenChunksRequest, openChunks } from '../data/chunks/open-chunks.ts';
import type { Dataset, Source } from '../data/dataset.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { datasetFor, knownColumns } from './learn.ts';
import { readForScoring, type ScoringData } from './scoring-data.ts';
import { openSeries, type SeriesColumns } from './series-chunks.ts';

export interface PreparedChunk {
  /** Rows before it. */
  readonly from: number;
  /** The rows as each of the models takes them; of a series, as they are, `[rows, channels]`. */
  readonly parts: readonly Pick<ScoringData, 'data' | 'unseenAt'>[];
  /** Of the first model: cells whose category was not there in training. */
  readonly unseen: number;
  /** Of a series: when each row was, where that is known. */
  readonly times?: Float64Array;
}

export interface ScaledRows {
  /** Of the models. */
  readonly cards: readonly ModelCard[];
  /** `anything`: gaps and unseen categories are taken where training had none. */
  readonly takes: 'as trained' | 'anything';
}

export interface PreparedRequest {
  readonly reading: Omit<OpenChunksRequest, 'signal'>;
  /** What rows are read as: by their models, or as those of a series. */
  readonly as: ScaledRows | SeriesColumns;
}

export interface PreparedChunks {
  readonly reader: 'duckdb' | 'own';
  /** Where that is known before. */
  readonly rows?: number;
  chunks(): AsyncGenerator<PreparedChunk>;
}

/** @throws DataError for files that cannot be read, or that the models cannot take. */
export async function prepareChunks(request: PreparedRequest, signal?: AbortSignal): Promise<PreparedChunks> {
  const { reading, as } = request;
  if ('channels' in as) return seriesChunks({ ...reading, signal }, as);
  const { cards, takes } = as;
  const reader = await openChunks({ ...reading, ...readingFor(cards[0]), signal });
  return {
    reader: reader.name,
    rows: reader.rows,
    async *chunks() {
      for await (const { from, source } of reader.chunks()) yield { from, ...prepared(source, from, cards, takes) };
    },
  };
}

async function seriesChunks(reading: OpenChunksRequest, series: SeriesColumns): Promise<PreparedChunks> {
  const opened = await openSeries(reading, series);
  const width = series.channels.length;
  const [offset, scale] = [new Array<number>(width).fill(0), new Array<number>(width).fill(1)];
  const scaling: Dataset['scaling'] = { form: 'array', shape: [width], offset, scale, constant: [] };
  return {
    reader: opened.reader,
    rows: opened.rows,
    async *chunks() {
      for await (const { from, values, times } of opened.chunks()) {
        const count = values.length / width;
        const data: Dataset = { name: 'rows', count, shape: [width], values, hasMissing: true, scaling };
        yield { from, parts: [{ data, unseenAt: new Set() }], unseen: 0, ...(times ? { times } : {}) };
      }
    },
  };
}

function prepared(
  whole: Source,
  from: number,
  cards: readonly ModelCard[],
  takes: ScaledRows['takes'],
): Omit<PreparedChunk, 'from'> {
  const { source } = knownColumns(cards[0], whole);
  const named = { ...source, name: `${source.name} (rows from ${from + 1})` };
  if (takes === 'anything') {
    const parts = cards.map((card) => readForScoring(card, named));
    return { parts: parts.map(({ data, unseenAt }) => ({ data, unseenAt })), unseen: parts[0].unseen.length };
  }
  const parts = cards.map((card): { data: Dataset; unseenAt: ReadonlySet<number> } => ({
    data: datasetFor(card, named, named.name),
    unseenAt: new Set<number>(),
  }));
  return { parts, unseen: 0 };
}

/** How the rows of a model's data are read: only its columns, as what it took them for. */
export function readingFor({ scaling }: ModelCard): Pick<OpenChunksRequest, 'columns' | 'types'> {
  if (scaling.form !== 'columns') return {};
  return {
    columns: scaling.columns.map(({ name }) => name),
    types: Object.fromEntries(scaling.columns.map(({ name, type }) => [name, type])),
  };
}
