/** `restoration.json`: what a model that repairs pictures is besides the model: the use that it is for, and how pictures are spoiled. */
import * as z from 'zod';
import { ModelFileError, OptionError } from '../base/errors.ts';
import { type Folder, pathIn, readText } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { readTrained, trainedBytes } from './kept.ts';
import type { Restoration } from './restoration.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

export const RESTORATION_FILE = 'restoration.json';

const schema = z.strictObject({
  format: z.literal('autoencoder-restoration'),
  version: z.literal(1),
  use: z.string(),
  /** Path from the file. */
  model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
  how: z.record(z.string(), z.json()),
});

interface SavedRestoration {
  readonly use: string;
  /** Path of the model, from the file. */
  readonly model: string;
  readonly how: Readonly<Record<string, unknown>>;
}

/** The folder of a model that repairs, as `autoencoder denoise --fit` writes it. */
export type RestorerFiles = Readonly<Record<typeof MODEL_FILE | typeof RESTORATION_FILE, Uint8Array>>;

function encodeRestoration({ use, model, how }: SavedRestoration): Uint8Array {
  const file = { format: 'autoencoder-restoration', version: 1, use, model, how };
  return encodeSaved(schema, file);
}

/** The two files of a model that repairs. */
export async function restorerFiles({
  use,
  how,
  trained,
}: Pick<SavedRestoration, 'use' | 'how'> & { readonly trained: TrainedModel }): Promise<RestorerFiles> {
  return {
    [MODEL_FILE]: await trainedBytes(trained),
    [RESTORATION_FILE]: encodeRestoration({ use, model: MODEL_FILE, how }),
  };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one; OptionError for one of another use. */
export async function readRestorer<How>(
  folder: Folder,
  use: Restoration<How>,
  engine: Engine,
): Promise<{ readonly trained: TrainedModel; readonly how: How }> {
  const file = pathIn(folder, RESTORATION_FILE);
  const saved = decodeRestoration(await readText(folder, RESTORATION_FILE), file);
  if (saved.use !== use.name) throw otherUse(folder.name, use.name, saved.use);
  const how = howOf(use, saved, file);
  return { how, trained: await readTrained(folder, saved.model, engine) };
}

/** What is said where `folder` is of the use `got`, and was to be of another one. */
export function otherUse(folder: string, expected: string, got: string): OptionError {
  return new OptionError({
    where: folder || RESTORATION_FILE,
    expected: `a model of autoencoder ${expected}`,
    got: `one of autoencoder ${got}`,
    fix: `use it with: autoencoder ${got}${folder && ` ${folder}`}`,
  });
}

/** @throws ModelFileError for anything that is not such a file. */
function decodeRestoration(text: string, where: string): SavedRestoration {
  const { use, model, how } = parseSaved(text, where, { schema, what: 'a model that repairs pictures', refused });
  return { use, model, how };
}

/** How pictures are spoiled, as the use has it. @throws ModelFileError where it is not that. */
function howOf<How>({ schema: own, name }: Restoration<How>, { how }: SavedRestoration, where: string): How {
  const { data, success } = own.safeParse(how);
  if (success) return data;
  throw refused(where, `what autoencoder ${name} keeps`, JSON.stringify(how));
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew with --fit PICTURES' });
}
