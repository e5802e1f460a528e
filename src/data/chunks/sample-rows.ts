/** Some rows of files of any size: a few runs of neighbours, from places drawn at random. */
import type { Random } from '../../base/random.ts';
import { appendRows } from '../append.ts';
import type { Source } from '../dataset.ts';
import { evenPieces, type Piece } from '../pieces/piece.ts';
import { makePieces } from '../pieces/pieces.ts';
import type { ChunkRequest } from './chunk.ts';
import { surveyFiles } from './survey.ts';

/** To unpack a row of a Parquet file its whole group is unpacked. */
const RUNS = 4;

/** About `count` rows; all of a single small file. @throws DataError, FileError as the reader of chunks. */
export async function sampleRows(request: Omit<ChunkRequest, 'rows'>, count: number, random: Random): Promise<Source> {
  const most = Math.ceil(count / RUNS);
  const { files, types } = await surveyFiles({ ...request, rows: most });
  const { columns, header, limit } = request;
  const known = new Map<string, readonly Piece[]>();
  const pieces = makePieces();
  const options = { columns, header, types };
  const chosen = new Map<string, { readonly file: (typeof files)[number]; readonly piece: Piece }>();
  for (let run = 0; run < RUNS; run++) {
    const file = files[random.integer(files.length)];
    const list =
      known.get(file.path) ??
      (file.rows === undefined ? (await pieces.survey(file.path, most, options)).pieces : evenPieces(file.rows, most));
    known.set(file.path, list);
    const within = files.length === 1 && limit !== undefined ? list.slice(0, Math.ceil(limit / most)) : list;
    const at = within.length <= RUNS ? run % within.length : random.integer(within.length);
    chosen.set(`${file.path} ${within[at].from}`, { file, piece: within[at] });
  }
  let all: Source | undefined;
  for (const { file, piece } of chosen.values()) {
    const source = await pieces.read(file.path, piece, piece.isWhole ? options : { ...options, layout: file.layout });
    all = all === undefined ? source : joined(all, source);
  }
  if (!all) throw new Error('internal: no rows drawn');
  return all;
}

function joined(first: Source, second: Source): Source {
  if (first.form === 'table' && second.form === 'table') return appendRows(first, second);
  if (first.form === 'table' || second.form === 'table') throw new Error('internal: tables among arrays');
  const values = new Float32Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { ...first, values, shape: [first.shape[0] + second.shape[0], ...first.shape.slice(1)] };
}
