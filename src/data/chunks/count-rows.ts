/** How many rows files have, of those that do not say, too: these are looked through. */
import { makePieces } from '../pieces/pieces.ts';
import type { ChunkRequest } from './chunk.ts';

/** Rows of a piece that is looked through. */
const PIECE = 1 << 14;

/** Up to the limit. @throws DataError, FileError for a file that cannot be read, naming it. */
export async function countRows({
  files,
  header,
  limit = Infinity,
}: Pick<ChunkRequest, 'files' | 'header' | 'limit'>): Promise<number> {
  const pieces = makePieces();
  let rows = 0;
  for (const path of files) rows += (await pieces.survey(path, PIECE, { header })).rows;
  return Math.min(rows, limit);
}
