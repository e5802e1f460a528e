/** Data on its way in: built-in sets and dropped files, and what was understood of them. */
import {
  type BuiltIn,
  builtIns,
  byteStream,
  DataError,
  formatOf,
  imageFiles,
  makeBuiltIn,
  type ReadOptions,
  readImages,
  type Source,
  type SourceWithTest,
  sourceCount,
} from 'autoencoder/browser';
import { browserDecoder } from './pictures.ts';
import { isPictures, type Shown, show, spread } from './shown.ts';
import { unpacked } from './unpacked.ts';

/** Where data came from, as plain JSON: enough to have it again. */
export type Origin =
  | { readonly from: 'built-in'; readonly name: string; readonly limit: number }
  | { readonly from: 'files'; readonly name: string; readonly files: readonly string[] };

export interface Roles extends Pick<ReadOptions, 'label' | 'time' | 'columns' | 'limit' | 'key'> {}

export interface ColumnSummary {
  readonly name: string;
  readonly type: 'numeric' | 'category';
  readonly missing: number;
  /** Of numbers: least, mean, most. Of categories: the most frequent ones with their counts. */
  readonly range?: readonly [number, number, number];
  readonly categories?: readonly (readonly [string, number])[];
  readonly different: number;
}

export interface DataSummary {
  readonly origin: Origin;
  readonly roles: Roles;
  readonly name: string;
  readonly examples: number;
  readonly testExamples: number;
  readonly what: 'pictures' | 'table' | 'numbers';
  /** Of one example. */
  readonly shape: readonly number[];
  readonly columns: readonly ColumnSummary[];
  /** Columns that the file has, those left out included; for choosing roles. */
  readonly allColumns: readonly string[];
  readonly labels?: { readonly names: readonly string[]; readonly counts: readonly number[] };
  readonly first: Shown;
}

const SHOWN_PICTURES = 24;
const SHOWN_ROWS = 8;
/** Larger files belong to the command, which reads them by chunks. */
const MOST_BYTES = 2 ** 30;

export const sets: readonly Pick<BuiltIn, 'name' | 'description' | 'trainCount' | 'form'>[] = builtIns.map(
  ({ name, description, trainCount, form }) => ({ name, description, trainCount, form }),
);

export function openBuiltIn(name: string, limit: number, roles: Roles): SourceWithTest {
  const set = builtIns.find((known) => known.name === name);
  if (!set) throw unknown(name);
  return makeBuiltIn(set, { ...roles, limit });
}

/** @throws DataError for files that are too large, of several sorts, or of none that is known. */
export async function openFiles(files: readonly File[], roles: Roles): Promise<SourceWithTest> {
  const pictures = files.filter(({ name }) => imageFiles.test(name));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const [first] = files;
  if (first === undefined) throw unknown('nothing');
  if (size > MOST_BYTES)
    throw new DataError({
      where: first.name,
      expected: `at most ${MOST_BYTES / 2 ** 20} MiB in a page`,
      got: `${Math.round(size / 2 ** 20)} MiB`,
      fix: 'take a part of it, or use the command, which reads files of any size: autoencoder train FILE',
    });
  if (pictures.length > 0) {
    const named = pictures
      .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .slice(0, roles.limit);
    const images = named.map(({ file, path }) => ({
      name: path,
      label: folderOf(path),
      read: async () => new Uint8Array(await file.arrayBuffer()),
    }));
    return { train: await readImages(nameOf(files), images, browserDecoder) };
  }
  if (files.length > 1) return openIdx(files, roles);
  return { train: await readFile(first, roles) };
}

/** Images and labels of an IDX set, by the names that such sets have. */
async function openIdx(files: readonly File[], roles: Roles): Promise<SourceWithTest> {
  const images = files.find(({ name }) => /images|idx3/i.test(name));
  const labels = files.find(({ name }) => /labels|idx1/i.test(name));
  if (!images || !labels || files.length > 2)
    throw new DataError({
      where: nameOf(files),
      expected: 'pictures, one file of data, or the two files of an IDX set (images and labels)',
      got: `${files.length} files: ${files.map(({ name }) => name).join(', ')}`.slice(0, 200),
      fix: 'drop them one after the other',
    });
  const train = await readFile(images, roles);
  const classes = await readFile(labels, roles);
  if (train.form !== 'array' || classes.form !== 'array') throw unknown(images.name);
  const values = Int32Array.from(classes.values.subarray(0, sourceCount(train)));
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const names = Array.from({ length: most + 1 }, (_, at) => `${at}`);
  return { train: { ...train, labels: { values, names } } };
}

async function readFile(file: File, roles: Roles): Promise<Source> {
  const format = formatOf(file.name);
  if (!format) throw unknown(file.name);
  const options = format.holds === 'table' ? roles : { limit: roles.limit, key: roles.key };
  return format.read(byteStream(file.name, await unpacked(file)), options);
}

export function summarise(
  origin: Origin,
  roles: Roles,
  { train, test }: SourceWithTest,
  all: readonly string[],
): DataSummary {
  const count = sourceCount(train);
  const asPictures = train.form === 'array' && isPictures(train);
  return {
    origin,
    roles,
    name: train.name,
    examples: count,
    testExamples: test ? sourceCount(test) : 0,
    what: train.form === 'table' ? 'table' : asPictures ? 'pictures' : 'numbers',
    shape: train.form === 'array' ? train.shape.slice(1) : [train.columns.length],
    columns: train.form === 'table' ? train.columns.map(summaryOf) : [],
    allColumns: all,
    labels: train.labels && {
      names: train.labels.names,
      counts: train.labels.names.map((_, at) => (train.labels?.values ?? []).filter((value) => value === at).length),
    },
    first: show(train, spread(count, asPictures ? SHOWN_PICTURES : SHOWN_ROWS)),
  };
}

function summaryOf(column: Extract<Source, { form: 'table' }>['columns'][number]): ColumnSummary {
  const { name, type } = column;
  if (column.type === 'numeric') {
    const known = column.values.filter((value) => !Number.isNaN(value));
    const bounds = known.reduce(
      ([least, sum, most], value) => [Math.min(least, value), sum + value, Math.max(most, value)],
      [Infinity, 0, -Infinity],
    );
    const range = [bounds[0], bounds[1] / known.length, bounds[2]] as const;
    return { name, type, missing: column.values.length - known.length, range, different: new Set(known).size };
  }
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of column.values) {
    if (value === null) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const categories = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return { name, type, missing, categories, different: counts.size };
}

export function nameOf(files: readonly File[]): string {
  const [first] = files;
  const folder = first?.webkitRelativePath.split('/')[0];
  return folder || (files.length === 1 ? first.name : `${files.length} files`);
}

/** The class of a picture in a folder of folders. */
function folderOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 2 ? parts.at(-2) : undefined;
}

function unknown(name: string): DataError {
  return new DataError({
    where: name,
    expected: 'a table (.csv, .parquet, .json, .jsonl), an array (.npy, .npz, IDX) or pictures (.png, .jpg, .webp)',
    got: 'another ending',
    fix: 'save it as one of these',
  });
}
