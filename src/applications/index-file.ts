/** `index.json`: of which model an index is, where its codes are, and what its examples are called. */
import * as z from 'zod';
import { DataError, ModelFileError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import type { ArraySource } from '../data/dataset.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import { encodeNpy, parseNpy } from '../data/formats/npy.ts';
import type { SmallPictures } from '../data/small-pictures.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { distanceNames } from './exact-search.ts';
import { readModelIn, trainedBytes, trainedOn } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { SearchIndex } from './search-index.ts';
import type { TrainedModel } from './trained.ts';

export const INDEX_FILE = 'index.json';
/** The model of an index, in its folder. */
export const INDEXED_MODEL = `model/${MODEL_FILE}`;

/** A list that is gone through once: there may be millions, and a schema for each would take seconds. */
function listOf<Value>(isOne: (value: unknown) => value is Value): z.ZodType<Value[]> {
  return z.custom<Value[]>((list) => Array.isArray(list) && list.every(isOne));
}

const schema = z.strictObject({
  format: z.literal('autoencoder-index'),
  version: z.literal(1),
  model: z.strictObject({
    /** Path from the file. */
    file: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
    sha256: z.string().regex(/^[\da-f]{64}$/, '64 hexadecimal digits'),
  }),
  /** Beside the file; they are two by turns, so that a change that is interrupted leaves what was there. */
  codes: z.enum(['codes.npy', 'codes-2.npy']),
  pictures: z.enum(['pictures.npy', 'pictures-2.npy']).optional(),
  distance: z.enum(distanceNames),
  /** Of every picture, in its pixels. */
  parts: z
    .array(z.strictObject({ x: z.int().min(0), y: z.int().min(0), width: z.int().min(1), height: z.int().min(1) }))
    .optional(),
  names: listOf((value) => typeof value === 'string').refine(({ length }) => length > 0),
  labels: z
    .strictObject({
      names: z.array(z.string()),
      values: listOf((value): value is number => Number.isInteger(value) && Number(value) >= -1),
    })
    .optional(),
});

type IndexFile = z.infer<typeof schema>;

export interface SavedIndex extends Pick<IndexFile, 'model' | 'codes' | 'pictures'> {
  /** Puts the index together with what is in the files. @throws ModelFileError where they do not fit. */
  readonly assemble: (width: number, codes: ArraySource, pictures: ArraySource | undefined) => SearchIndex;
}

/** The files of an index: the model, the arrays, and then what names them. */
export async function indexFiles(trained: TrainedModel, index: SearchIndex): Promise<FolderFiles> {
  const { codes, width, pictures } = index;
  const bytes = await trainedBytes(trained);
  const model = { file: INDEXED_MODEL, sha256: await sha256(bytes) };
  return {
    [INDEXED_MODEL]: bytes,
    'codes.npy': encodeNpy(codes, [codes.length / width, width]),
    ...(pictures ? { 'pictures.npy': encodeNpy(pictures.pixels, pictures.shape) } : {}),
    [INDEX_FILE]: encodeIndex(index, {
      model,
      codes: 'codes.npy',
      ...(pictures ? { pictures: 'pictures.npy' } : {}),
    }),
  };
}

export interface OpenIndex {
  readonly index: SearchIndex;
  readonly trained: TrainedModel;
  /** Of the model, within the folder. */
  readonly modelPath: string;
}

/** @throws ModelFileError for damaged files, or a model that it was not made with; FileError or ModelFileError for a missing one. */
export async function readIndex(folder: Folder, engine: Engine): Promise<OpenIndex> {
  const file = pathIn(folder, INDEX_FILE);
  const saved = decodeIndex(await readText(folder, INDEX_FILE), file);
  const { file: modelPath } = saved.model;
  const read = await readModelIn(folder, modelPath);
  checkModel(saved, await sha256(read.bytes), pathIn(folder, modelPath), file);
  const codes = await readArray(folder, saved.codes);
  const pictures = saved.pictures === undefined ? undefined : await readArray(folder, saved.pictures);
  return {
    index: saved.assemble(read.model.blueprint.latent, codes, pictures),
    trained: trainedOn(engine, read),
    modelPath,
  };
}

async function readArray(folder: Folder, path: string): Promise<ArraySource> {
  const bytes = await folder.read(path);
  try {
    return parseNpy(bytes, pathIn(folder, path));
  } catch (cause) {
    if (!(cause instanceof DataError) || !cause.complaint) throw cause;
    const fix = 'the index is damaged: make it anew with autoencoder index MODEL DATA';
    throw new ModelFileError({ ...cause.complaint, fix }, { cause });
  }
}

export function encodeIndex(
  { names, labels, distance, parts }: SearchIndex,
  files: Pick<IndexFile, 'model' | 'codes' | 'pictures'>,
): Uint8Array {
  const file: IndexFile = {
    format: 'autoencoder-index',
    version: 1,
    ...files,
    distance,
    ...(parts.length > 0 ? { parts: [...parts] } : {}),
    names: [...names],
    ...(labels ? { labels: { names: [...labels.names], values: Array.from(labels.values) } } : {}),
  };
  return encodeSaved(schema, file);
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeIndex(text: string, where: string): SavedIndex {
  const {
    model,
    codes,
    pictures,
    distance,
    parts = [],
    names,
    labels,
  } = parseSaved(text, where, {
    schema,
    what: 'an index',
    refused,
  });
  // Of millions, sorting takes a fifth of the time that a set does.
  const twice = names.toSorted().some((name, at, sorted) => name === sorted[at - 1]);
  if (twice) throw refused(where, 'every name once', 'one twice');
  if (labels && labels.values.length !== names.length)
    throw refused(where, `${names.length} labels, as there are names`, `${labels.values.length}`);
  if (labels?.values.some((value) => value >= labels.names.length))
    throw refused(where, `labels below ${labels.names.length}`, 'others');
  return {
    model,
    codes,
    pictures,
    assemble: (width, found, seen) => ({
      codes: codesIn(found, names.length * (1 + parts.length), width),
      width,
      names,
      distance,
      parts,
      ...(labels ? { labels: { names: labels.names, values: Int32Array.from(labels.values) } } : {}),
      ...(seen ? { pictures: picturesIn(seen, names.length) } : {}),
    }),
  };
}

/** What the model file of an index has to hash to. @throws ModelFileError for another one. */
export function checkModel({ model }: SavedIndex, sha256: string, modelFile: string, where: string): void {
  if (model.sha256 === sha256) return;
  throw refused(
    modelFile,
    `the model that ${where} was made with (SHA-256 ${model.sha256.slice(0, 12)}…)`,
    `another one (${sha256.slice(0, 12)}…)`,
  );
}

function codesIn({ values, shape, name }: ArraySource, count: number, width: number): Float32Array {
  if (values instanceof Float32Array && shape.join() === `${count},${width}`) return values;
  throw refused(name, `codes of shape [${count}, ${width}]`, `[${shape.join(', ')}]`);
}

function picturesIn({ values, shape, name }: ArraySource, count: number): SmallPictures {
  const [found, channels, height, width] = shape;
  if (values instanceof Uint8Array && shape.length === 4 && found === count)
    return { pixels: values, shape: [found, channels, height, width] };
  throw refused(name, `${count} pictures of bytes`, `an array of shape [${shape.join(', ')}]`);
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make the index anew: autoencoder index MODEL DATA' });
}
