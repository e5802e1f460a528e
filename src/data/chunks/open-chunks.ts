/** Opens files to be read in chunks: with DuckDB where it is installed and reads them, else with the package's own readers. */
import { tmpdir } from 'node:os';
import { DataError } from '../../base/errors.ts';
import type { ChunkReader, ChunkRequest } from './chunk.ts';
import { duckdbChunks, isForDuckdb } from './duckdb-chunks.ts';
import { ownChunks } from './own-chunks.ts';
import { surveyFiles } from './survey.ts';

export interface OpenChunksRequest extends ChunkRequest {
  /** The best there is when absent. */
  readonly reader?: ChunkReader['name'];
  /** Threads that unpack. */
  readonly threads?: number;
}

/** What DuckDB may hold; one group of rows of a few dozen columns takes a tenth of it. */
const MEMORY = '256MB';
/** Rows that are unpacked while nobody fetches them. */
const AHEAD = '16MB';

/** @throws DataError for a file that cannot be read, or with other columns than the first, naming it; FileError. */
export async function openChunks(request: OpenChunksRequest): Promise<ChunkReader> {
  const survey = await surveyFiles(request);
  const { reader, threads = 1 } = request;
  if (reader === 'own' || !survey.files.every(isForDuckdb) || Object.keys(survey.types).length === 0)
    return ownChunks(survey, request);
  const duckdb = await loadDuckdb();
  if (!duckdb && reader === undefined) return ownChunks(survey, request);
  if (!duckdb)
    throw new DataError({
      where: request.files[0],
      expected: 'the package @duckdb/node-api',
      got: 'none installed',
      fix: 'run: npm install @duckdb/node-api',
    });
  const connect = async () => {
    // Nothing is fetched, and no settings of a user are read.
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: MEMORY,
      temp_directory: tmpdir(),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run(`SET streaming_buffer_size = '${AHEAD}'`);
    return connection;
  };
  return duckdbChunks(connect, survey, request);
}

async function loadDuckdb(): Promise<typeof import('@duckdb/node-api') | undefined> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    return undefined;
  }
}
