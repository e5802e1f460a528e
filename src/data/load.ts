/**
 * Data by name, the same everywhere: a built-in set, a set that is fetched, a file, a folder of pictures, a pattern, or `-`.
 * The only door from the file system to the formats.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { throwIfAborted } from '../base/abort.ts';
import { DataError, OptionError } from '../base/errors.ts';
import { suggestion } from '../base/options.ts';
import { type BuiltIn, builtIns } from './builtin/builtin.ts';
import type { ByteStream } from './bytes.ts';
import type { Source, SourceWithTest } from './dataset.ts';
import { downloadSet } from './download.ts';
import { type FetchedSet, fetchedSets } from './fetched.ts';
import { fileError, openFile } from './files.ts';
import { csv } from './formats/csv.ts';
import type { Format, ReadOptions } from './formats/format.ts';
import { formatOf } from './formats/formats.ts';
import { idx } from './formats/idx.ts';
import { imageFiles } from './formats/images.ts';
import { json } from './formats/json.ts';
import { jsonLines } from './formats/json-lines.ts';
import { text } from './formats/text.ts';
import { findTrainImages, readIdxFiles } from './idx-files.ts';
import { makeBuiltIn } from './made.ts';
import { listPictures, pictureFile, readPictures } from './pictures.ts';

export interface DataEnvironment {
  /** `AUTOENCODER_DATA`: a folder of data sets by name, looked at first. */
  readonly dataFolder?: string;
  /** Where fetched sets are kept: see `cacheFolderOf`. */
  readonly cacheFolder: string;
  /** What `-` reads; the standard input of the process otherwise. */
  readonly standardInput?: AsyncIterable<Uint8Array>;
}

export interface LoadProgress {
  readonly stage: 'download' | 'pictures';
  readonly name: string;
  /** Bytes, or pictures. */
  readonly done: number;
  readonly total?: number;
}

export interface LoadOptions extends Omit<ReadOptions, 'key'> {
  /** Of the built-in sets. */
  readonly seed?: number;
  /** What a file with an ending of its own is read as, `text` a .txt too; refused when absent. */
  readonly otherwise?: 'table' | 'text';
  readonly environment: DataEnvironment;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told of each picture among others that cannot be read, which is left out then; an error when absent. */
  readonly onLeftOut?: (complaint: string) => void;
}

/** Folders of data from the variables of a process: `AUTOENCODER_CACHE`, else `XDG_CACHE_HOME`, else `~/.cache`. */
export function dataEnvironment(variables: Readonly<Record<string, string | undefined>>): DataEnvironment {
  const home = variables.HOME ?? variables.USERPROFILE ?? '.';
  const cache = variables.XDG_CACHE_HOME || join(home, '.cache');
  return {
    dataFolder: variables.AUTOENCODER_DATA || undefined,
    cacheFolder: variables.AUTOENCODER_CACHE || join(cache, 'autoencoder'),
  };
}

/**
 * Reads the data called `name`, and its test part where it has one.
 *
 * @example await loadData('digits', { environment: dataEnvironment(process.env), limit: 1000 })
 * @throws DataError for data that cannot be used (file, row, column) or an unknown name; FileError for a file that cannot be
 * read; OptionError for an option that does not fit the data.
 */
export async function loadData(name: string, options: LoadOptions): Promise<SourceWithTest> {
  const { limit, signal } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new OptionError({
      where: 'limit',
      expected: 'a whole number of examples, at least 1',
      got: String(limit),
      fix: 'leave it out to read all',
    });
  }
  throwIfAborted(signal, name);
  const loaded = await loadNamed(name, options);
  throwIfAborted(signal, name);
  return loaded;
}

async function loadNamed(name: string, options: LoadOptions): Promise<SourceWithTest> {
  if (name === '-') return { train: await readStandardInput(options) };
  const builtIn = builtIns.find((set) => set.name === name);
  if (builtIn !== undefined) {
    if (builtIn.form === 'array') refuseTableOptions(name, options);
    return makeBuiltIn(builtIn, options);
  }
  const fetched = fetchedSets.find((set) => set.name === name);
  if (fetched !== undefined) {
    refuseTableOptions(name, options);
    return readFetched(fetched, options);
  }
  return readPath(name, options);
}

async function readFetched(set: FetchedSet, options: LoadOptions): Promise<SourceWithTest> {
  const { environment, limit, signal, onProgress } = options;
  const folder = join(environment.cacheFolder, set.name);
  let images = await findFetched(set, environment);
  if (images === undefined) {
    await downloadSet(set, folder, signal, ({ file, done, total }) => {
      onProgress?.({ stage: 'download', name: file, done, total });
    });
    images = join(folder, set.files[0].file);
  }
  const { train, test } = await readIdxFiles(images, limit, set.classes);
  return { train: { ...train, name: set.name }, test: test && { ...test, name: `${set.name} test` } };
}

/** The training images of a set that is on this machine already: complete in the data folder or in the cache. */
async function findFetched(set: FetchedSet, { dataFolder, cacheFolder }: DataEnvironment): Promise<string | undefined> {
  const given = dataFolder === undefined ? undefined : await findTrainImages(join(dataFolder, set.name));
  if (given !== undefined) return given;
  const folder = join(cacheFolder, set.name);
  for (const { file } of set.files) {
    if ((await kindOf(join(folder, file))) !== 'file') return undefined;
  }
  return join(folder, set.files[0].file);
}

async function readPath(name: string, options: LoadOptions): Promise<SourceWithTest> {
  const [, archive, key] = /^(.*\.npz):(.+)$/i.exec(name) ?? [];
  const path = archive ?? name;
  const kind = await kindOf(path);
  if (kind === 'folder') return readFolder(path, options);
  if (kind === 'missing') {
    const matches = /[*?]/.test(basename(path)) ? (await matchPattern(path)).slice(0, options.limit) : [];
    if (matches.length === 0) throw await unknownName(path);
    refuseTableOptions(name, options);
    return {
      train: await readPictures(
        name,
        matches.map((match) => pictureFile(match)),
        reporter(name, matches.length, options),
        options.onLeftOut,
      ),
    };
  }
  if (imageFiles.test(path)) {
    refuseTableOptions(name, options);
    return { train: await readPictures(path, [pictureFile(path)]) };
  }
  const format = formatFor(path, options);
  if (format === undefined) throw unknownFormat(path);
  if (format.holds === 'array') refuseTableOptions(name, options);
  if (format.holds === 'arrays') refuseTableOptions(name, { ...options, label: undefined });
  if (format === idx) return readIdxFiles(path, options.limit, undefined);
  return { train: await format.read(await openFile(path), { ...options, key }) };
}

function formatFor(path: string, { otherwise }: LoadOptions): Format | undefined {
  if (otherwise === 'text') return /\.txt(\.gz)?$/i.test(path) ? text : (formatOf(path) ?? text);
  return formatOf(path) ?? (otherwise === 'table' ? csv : undefined);
}

async function readFolder(folder: string, options: LoadOptions): Promise<SourceWithTest> {
  refuseTableOptions(folder, options);
  const images = await findTrainImages(folder);
  if (images !== undefined) return readIdxFiles(images, options.limit, undefined);
  const pictures = (await listPictures(folder)).slice(0, options.limit);
  const step = reporter(folder, pictures.length, options);
  return { train: await readPictures(folder, pictures, step, options.onLeftOut) };
}

function reporter(name: string, total: number, { signal, onProgress }: LoadOptions): (done: number) => void {
  return (done) => {
    throwIfAborted(signal, name);
    onProgress?.({ stage: 'pictures', name, done, total });
  };
}

/** JSON lines where the first sign is a brace, JSON where it is a bracket, else CSV. */
async function readStandardInput(options: LoadOptions): Promise<Source> {
  const input = options.environment.standardInput ?? process.stdin;
  const iterator: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let isDone = false;
  while (!isDone && new TextDecoder().decode(head).trim() === '') {
    const next = await iterator.next();
    if (next.done) isDone = true;
    else head = Buffer.concat([head, next.value]);
  }
  const sign = new TextDecoder().decode(head).trim()[0];
  const format: Format = sign === '{' ? jsonLines : sign === '[' ? json : csv;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const stream: ByteStream = { name: 'standard input', chunks: chunks(), mostBytes: Infinity };
  return format.read(stream, options);
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'missing'> {
  try {
    const entry = await stat(path);
    return entry.isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    const error = fileError(cause, path, 'read');
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return 'missing';
    throw error;
  }
}

/** Files that match a pattern in the last part of a path: `photos/*.png`. */
async function matchPattern(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const source = basename(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const names = (await namesIn(folder)).filter((name) => new RegExp(`^${source}$`).test(name) && imageFiles.test(name));
  return names.map((name) => join(folder, name));
}

/** Names in a folder in order; none where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return (await kindOf(folder)) === 'folder' ? (await readdir(folder)).sort() : [];
}

async function unknownName(path: string): Promise<DataError> {
  const sets = [...builtIns, ...fetchedSets].map((set) => set.name);
  const beside = (await namesIn(dirname(path))).filter((name) => formatOf(name) !== undefined || imageFiles.test(name));
  return new DataError({
    where: `data ${JSON.stringify(path)}`,
    expected: `one of the data sets ${sets.join(', ')}, or a file or folder that exists`,
    got: 'neither',
    fix:
      path === basename(path)
        ? suggestion(path, [...sets, ...beside], undefined, 'check the spelling, and the folder you are in')
        : suggestion(basename(path), beside, (name) => join(dirname(path), name), 'check the path'),
  });
}

function unknownFormat(path: string): DataError {
  return new DataError({
    where: path,
    expected:
      'a file name that ends in .csv, .tsv, .parquet, .json, .jsonl, .npy, .npz, idx3-ubyte[.gz], .png, .jpg or .webp',
    got: JSON.stringify(basename(path)),
    fix: 'rename the file by what it holds, or convert it',
  });
}

function refuseTableOptions(name: string, options: LoadOptions): void {
  for (const option of ['columns', 'label', 'time', 'target'] as const)
    if (options[option] !== undefined) throw noTable(name, option);
}

/** What is said where columns of something without columns are named. */
export function noTable(name: string, option: string): OptionError {
  return new OptionError({
    where: `--${option}`,
    expected: 'a table (CSV, JSON or Parquet), whose columns have names',
    got: `${name}, which has none`,
    fix: `leave --${option} out`,
  });
}

export interface DatasetDescription {
  readonly name: string;
  readonly form: 'built-in' | 'download';
  readonly examples: { readonly train: number; readonly test: number };
  /** Of one example; tables have columns. */
  readonly shape?: readonly number[];
  readonly columns?: readonly string[];
  readonly description: string;
  /** Whether it can be read without the network. */
  readonly isAvailable: boolean;
  /** Where its files are; nothing for a built-in set or one that is not here yet. */
  readonly path?: string;
}

/** The sets that have names. */
export async function describeDatasets(environment: DataEnvironment): Promise<DatasetDescription[]> {
  const made = builtIns.map((set): DatasetDescription => ({ ...describe(set), form: 'built-in', isAvailable: true }));
  const fetched = fetchedSets.map(async (set): Promise<DatasetDescription> => {
    const images = await findFetched(set, environment);
    const path = images === undefined ? undefined : dirname(images);
    return { ...describe(set), form: 'download', isAvailable: images !== undefined, path };
  });
  return [...made, ...(await Promise.all(fetched))];
}

function describe(
  set: BuiltIn | FetchedSet,
): Pick<DatasetDescription, 'name' | 'examples' | 'shape' | 'columns' | 'description'> {
  const { name, trainCount, testCount, description } = set;
  const form = 'columns' in set ? { columns: set.columns } : { shape: set.shape };
  return { name, examples: { train: trainCount, test: testCount }, ...form, description };
}
