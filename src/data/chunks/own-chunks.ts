/** Chunks by the package's own readers: files in pieces, of Parquet its groups of rows. */
import { throwIfAborted } from '../../base/abort.ts';
import { DataError } from '../../base/errors.ts';
import type { Source } from '../dataset.ts';
import { formatOf } from '../formats/formats.ts';
import { readParquetRows } from '../formats/parquet.ts';
import { missingColumn } from '../formats/table.ts';
import { makePieces, type PieceOptions } from '../pieces/pieces.ts';
import { sourceCount, takeRows } from '../split.ts';
import type { Chunk, ChunkReader, ChunkRequest } from './chunk.ts';
import type { Survey, SurveyedFile } from './survey.ts';

/** A group of more rows is read in several parts, each of which unpacks the whole group. */
const MOST_OF_GROUP = 1 << 18;

export function ownChunks(survey: Survey, request: ChunkRequest): ChunkReader {
  return {
    name: 'own',
    types: survey.types,
    rows: survey.rows,
    chunks: () => eachChunk(survey.files, request, (file) => ownSources(file, survey, request)),
  };
}

/** The rows that `read` gives for one file after the other, as chunks, up to the limit. */
export async function* eachChunk(
  files: readonly SurveyedFile[],
  { rows: most, limit = Infinity, signal }: ChunkRequest,
  read: (file: SurveyedFile) => AsyncGenerator<Source>,
): AsyncGenerator<Chunk> {
  let from = 0;
  let first: Source | undefined;
  for (const file of files)
    for await (const source of read(file)) {
      first ??= source;
      requireShape(source, first);
      const count = sourceCount(source);
      for (let at = 0; at < count; at += most) {
        throwIfAborted(signal, file.path);
        const used = Math.min(most, count - at, limit - from);
        yield { from, source: used === count ? source : rowsOf(source, at, at + used) };
        from += used;
        if (from === limit) return;
      }
    }
}

/** The rows of one file by the own readers, with all columns of the survey and no others. */
export async function* ownSources(
  file: SurveyedFile,
  { types }: Survey,
  { label, header, rows: most }: ChunkRequest,
): AsyncGenerator<Source> {
  const { path, layout, parquet } = file;
  const names = Object.keys(types).filter((name) => name !== label);
  // A piece whose rows name their cells may lack columns that others have.
  const columns = formatOf(path)?.hasNamedCells || names.length === 0 ? undefined : names;
  const options: PieceOptions = { columns, label, header, types };
  if (parquet) {
    for (const [from, to] of partsOf(parquet.metadata.row_groups.map((group) => Number(group.num_rows))))
      yield withColumns(await readParquetRows(parquet, { from, to }, options), names, types);
    return;
  }
  const pieces = makePieces();
  const { pieces: list } = await pieces.survey(path, most, options);
  for (const piece of list)
    yield withColumns(await pieces.read(path, piece, piece.isWhole ? options : { ...options, layout }), names, types);
}

/** Keys that no line of a piece has are gaps, as they are where some lines have them. */
function withColumns(source: Source, names: readonly string[], types: Survey['types']): Source {
  if (source.form === 'array') return source;
  const byName = new Map(source.columns.map((column) => [column.name, column]));
  return { ...source, columns: names.map((name) => byName.get(name) ?? missingColumn(name, types[name], source.rows)) };
}

/** Rows from … to of the groups, large ones in parts. */
function partsOf(groups: readonly number[]): [from: number, to: number][] {
  let end = 0;
  return groups.flatMap((rows) => {
    const start = end;
    end += rows;
    const parts = Math.ceil(rows / MOST_OF_GROUP);
    return Array.from({ length: parts }, (_, at): [number, number] => [
      start + Math.floor((at * rows) / parts),
      start + Math.floor(((at + 1) * rows) / parts),
    ]);
  });
}

function rowsOf(source: Source, from: number, to: number): Source {
  return takeRows(
    source,
    Int32Array.from({ length: to - from }, (_, at) => from + at),
  );
}

function requireShape(source: Source, first: Source): void {
  const [own, other] = [source, first].map((each) =>
    each.form === 'array' ? each.shape.slice(1).join('×') : 'a table',
  );
  if (own === other) return;
  throw new DataError({
    where: source.name,
    expected: `examples as in ${first.name}, ${other}`,
    got: own,
    fix: 'read files with examples of one shape together',
  });
}
