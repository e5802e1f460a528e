/**
 * Chunks by DuckDB: it unpacks, and reads numbers out of texts; what is a gap, and what is no number, is decided as by the own readers.
 *
 *   file ── read_parquet, read_csv, read_json ── a stream of column vectors ── Float64Array and texts ── TableSource
 */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { DataError } from '../../base/errors.ts';
import type { Column, Source } from '../dataset.ts';
import { builderFor, tableSource } from '../formats/table.ts';
import { sourceCount, takeRows } from '../split.ts';
import type { ChunkReader, ChunkRequest } from './chunk.ts';
import { numbersInto, type Selection, selectionOf, textsInto } from './duckdb-columns.ts';
import { eachChunk, ownSources } from './own-chunks.ts';
import { isExplained, type Survey, type SurveyedFile } from './survey.ts';

/** Whether DuckDB reads a file as the own readers do. */
export function isForDuckdb({ format, layout }: SurveyedFile): boolean {
  // Of one column, an empty line is a gap to DuckDB and nothing to the own reader.
  if (layout) return layout.names.length > 1;
  return format === 'Parquet' || format === 'JSON lines';
}

export function duckdbChunks(
  connect: () => Promise<DuckDBConnection>,
  survey: Survey,
  request: ChunkRequest,
): ChunkReader {
  let connection: Promise<DuckDBConnection> | undefined;
  const read = (file: SurveyedFile): AsyncGenerator<Source> => {
    connection ??= connect();
    return sourcesOf(connection, file, survey, request);
  };
  return {
    name: 'duckdb',
    types: survey.types,
    rows: survey.rows,
    async *chunks() {
      try {
        yield* eachChunk(survey.files, request, read);
      } finally {
        (await connection)?.closeSync();
        connection = undefined;
      }
    },
  };
}

async function* sourcesOf(
  connection: Promise<DuckDBConnection>,
  file: SurveyedFile,
  survey: Survey,
  request: ChunkRequest,
): AsyncGenerator<Source> {
  let [from, gathered, rows]: [number, DuckDBDataChunk[], number] = [0, [], 0];
  try {
    const selection = selectionOf(file, survey.types);
    const stream = await (await connection).stream(selection.statement);
    for (;;) {
      const chunk = await stream.fetchChunk();
      const count = chunk?.rowCount ?? 0;
      if (rows > 0 && (count === 0 || rows + count > request.rows)) {
        const source = tableOf(gathered, { from, rows, file, selection, survey, request });
        [from, gathered, rows] = [from + rows, [], 0];
        yield source;
      }
      if (!chunk || count === 0) return;
      gathered.push(chunk);
      rows += count;
    }
  } catch (error) {
    if (file.parquet) throw isExplained(error) ? error : damaged(file.path, error);
    // The own reader takes lines that DuckDB refuses, and knows the number of one that neither takes.
    yield* rowsAfter(from, ownSources(file, survey, request));
  }
}

/** What comes after the first `skipped` rows. */
async function* rowsAfter(skipped: number, sources: AsyncGenerator<Source>): AsyncGenerator<Source> {
  let from = 0;
  for await (const source of sources) {
    const count = sourceCount(source);
    const first = Math.min(count, Math.max(0, skipped - from));
    from += count;
    if (first === count) continue;
    yield first === 0
      ? source
      : takeRows(
          source,
          Int32Array.from({ length: count - first }, (_, at) => first + at),
        );
  }
}

function damaged(path: string, cause: unknown): DataError {
  const [got] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new DataError(
    {
      where: path,
      expected: 'a whole Parquet file',
      got,
      fix: 'the file is damaged, or was changed while it was read: fetch or make it again',
    },
    { cause },
  );
}

interface Place {
  /** Rows of the file before it. */
  readonly from: number;
  readonly rows: number;
  readonly file: SurveyedFile;
  readonly selection: Selection;
  readonly survey: Survey;
  readonly request: ChunkRequest;
}

function tableOf(
  chunks: readonly DuckDBDataChunk[],
  { from, rows, file, selection, survey: { types }, request: { label } }: Place,
): Source {
  const isJson = file.format === 'JSON lines';
  const columns = selection.columns.map(({ name, numbers, texts }): Column => {
    const values = new Float64Array(numbers === undefined ? 0 : rows);
    const builder = builderFor(file.path, name, { types, label });
    let at = 0;
    for (const chunk of chunks) {
      const place = { file: file.path, column: name, row: from + at + 1 };
      const cells = texts === undefined ? undefined : chunk.getColumnVector(texts);
      if (numbers !== undefined)
        numbersInto(values.subarray(at, at + chunk.rowCount), chunk.getColumnVector(numbers), cells, place, isJson);
      else if (builder && cells) textsInto(builder, cells, place, isJson);
      at += chunk.rowCount;
    }
    if (numbers !== undefined) return { type: 'numeric', name, values };
    if (!builder) throw new Error('internal: a column without a role');
    return builder.finish();
  });
  return tableSource(file.path, rows, columns, { label });
}
