/** `restoration.json`: what a model that repairs pictures is besides the model: the use that it is for, and how pictures are spoiled. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import type { Restoration } from './restoration.ts';
import { parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

const schema = z.strictObject({
  format: z.literal('autoencoder-restoration'),
  version: z.literal(1),
  use: z.string(),
  /** Path from the file. */
  model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
  how: z.record(z.string(), z.json()),
});

export interface SavedRestoration {
  readonly use: string;
  /** Path of the model, from the file. */
  readonly model: string;
  readonly how: Readonly<Record<string, unknown>>;
}

/** The folder of a model that repairs, as `autoencoder denoise --fit` writes it. */
export type RestorerFiles = Readonly<Record<'model.safetensors' | 'restoration.json', Uint8Array>>;

function encodeRestoration({ use, model, how }: SavedRestoration): Uint8Array {
  const file = { format: 'autoencoder-restoration', version: 1, use, model, how };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** The two files of a model that repairs. */
export async function encodeRestorer({
  use,
  how,
  trained,
}: Pick<SavedRestoration, 'use' | 'how'> & { readonly trained: TrainedModel }): Promise<RestorerFiles> {
  const model = 'model.safetensors';
  return {
    [model]: await encodeModelFile(trained, trained.model),
    'restoration.json': encodeRestoration({ use, model, how }),
  };
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeRestoration(text: string, where: string): SavedRestoration {
  const { use, model, how } = parseSaved(text, where, { schema, what: 'a model that repairs pictures', refused });
  return { use, model, how };
}

/** How pictures are spoiled, as the use has it. @throws ModelFileError where it is not that. */
export function howOf<How>({ schema: own, name }: Restoration<How>, { how }: SavedRestoration, where: string): How {
  const { data, success } = own.safeParse(how);
  if (success) return data;
  throw refused(where, `what autoencoder ${name} keeps`, JSON.stringify(how));
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew with --fit PICTURES' });
}
