/** What is looked at before rows are read: that all files are there, can be read, and have the same columns. */
import { asyncBufferFromFile } from 'hyparquet';
import { AutoencoderError, DataError } from '../../base/errors.ts';
import type { Source } from '../dataset.ts';
import { fileError, openFile } from '../files.ts';
import { readCsvLayout } from '../formats/csv.ts';
import type { CsvLayout } from '../formats/format.ts';
import { formatOf } from '../formats/formats.ts';
import { type OpenParquet, openParquet, parquetColumns } from '../formats/parquet.ts';
import { checkColumnNames } from '../formats/table.ts';
import { sourceCount } from '../split.ts';
import type { ChunkRequest } from './chunk.ts';

export interface SurveyedFile {
  readonly path: string;
  readonly format: string;
  readonly rows?: number;
  /** Of a CSV file. */
  readonly layout?: CsvLayout & { readonly isHeader: boolean };
  readonly parquet?: OpenParquet;
}

export interface Survey {
  readonly files: readonly SurveyedFile[];
  /** Columns that are kept, in their order, the label's among them; none of arrays. */
  readonly types: Readonly<Record<string, 'numeric' | 'category'>>;
  readonly rows?: number;
}

/** Rows of the first file that show what its columns hold, where the file itself does not say. */
const HEAD = 4096;

/** @throws DataError for a file that cannot be read or that has other columns than the first, naming both; FileError. */
export async function surveyFiles(request: ChunkRequest): Promise<Survey> {
  const [first, ...others] = request.files;
  const head = await surveyFile(first, request);
  const types = await typesOf(head, request);
  const files = [head];
  for (const path of others) {
    const file = await surveyFile(path, request);
    requireSame(file, head, types);
    files.push(file);
  }
  const rows = files.reduce<number | undefined>(
    (sum, file) => (sum === undefined || file.rows === undefined ? undefined : sum + file.rows),
    0,
  );
  return { files, types, ...(rows === undefined ? {} : { rows: Math.min(rows, request.limit ?? Infinity) }) };
}

async function surveyFile(path: string, request: ChunkRequest): Promise<SurveyedFile> {
  const format = formatOf(path)?.name ?? 'unknown';
  if (/\.parquet$/i.test(path)) {
    const buffer = await asyncBufferFromFile(path).catch((cause: unknown) => {
      throw fileError(cause, path, 'read');
    });
    const parquet = await openParquet(path, buffer);
    return { path, format, rows: Number(parquet.metadata.num_rows), parquet };
  }
  if (format !== 'CSV') return { path, format };
  return { path, format, layout: await readCsvLayout(await openFile(path), request) };
}

/** What a file says of its own columns comes before what its first rows show; what the caller knows comes before both. */
async function typesOf(file: SurveyedFile, request: ChunkRequest): Promise<Survey['types']> {
  const { columns, label, header, types: known = {} } = request;
  const own = file.parquet && parquetColumns(file.parquet);
  if (own) {
    checkColumnNames(file.path, Object.keys(own), { columns, label });
    const kept = Object.keys(own).filter((name) => columns?.includes(name) || name === label || columns === undefined);
    return Object.fromEntries(kept.map((name) => [name, name === label ? 'category' : (known[name] ?? own[name])]));
  }
  const source = await headOf(file.path, { columns, label, header, types: known, limit: HEAD });
  if (source.form === 'array') return {};
  const features = source.columns.map(({ name, type }) => [name, known[name] ?? type] as const);
  return Object.fromEntries(label === undefined ? features : [...features, [label, 'category'] as const]);
}

async function headOf(path: string, options: Omit<ChunkRequest, 'files' | 'rows'>): Promise<Source> {
  const format = formatOf(path);
  if (!format) throw new Error('internal: a file of a format that is not read');
  const source = await format.read(await openFile(path), options);
  if (sourceCount(source) === 0) throw new Error('internal: an empty source');
  return source;
}

/** Keys of JSON come and go; the shape of arrays is compared where they are read. */
function requireSame(file: SurveyedFile, first: SurveyedFile, types: Survey['types']): void {
  const own = file.parquet && parquetColumns(file.parquet);
  const names = own ? Object.keys(own) : file.layout?.names;
  if (!names) return;
  for (const [name, type] of Object.entries(types)) {
    if (!names.includes(name)) throw otherColumns(file.path, first.path, name, 'no such column');
    const other = own?.[name];
    const before = first.parquet && parquetColumns(first.parquet)[name];
    if (other !== undefined && before !== undefined && other !== before)
      throw otherColumns(file.path, first.path, name, `${wordOf(other)} instead of ${wordOf(before)}`);
    if (other === 'category' && type === 'numeric' && before === undefined)
      throw otherColumns(file.path, first.path, name, 'texts instead of numbers');
  }
}

function wordOf(type: 'numeric' | 'category'): string {
  return type === 'numeric' ? 'numbers' : 'texts';
}

function otherColumns(path: string, first: string, column: string, got: string): DataError {
  return new DataError({
    where: `${path} column ${JSON.stringify(column)}`,
    expected: `the columns of ${first}`,
    got,
    fix: 'read files with the same columns together, or name with --columns those that all have',
  });
}

/** Whether an error says itself what is wrong with which file. */
export function isExplained(error: unknown): boolean {
  return error instanceof AutoencoderError;
}
