/** What the files of codecs have in common: numbers packed as text, the model that they name, what they are named by. */

import { deflateSync, inflateSync } from 'fflate';
import * as z from 'zod';
import { fromBase64, toBase64 } from '../../base/base64.ts';
import { ModelFileError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { type Folder, pathIn } from '../../data/folder.ts';
import type { Engine } from '../../engine/engine.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { readModelIn, trainedOn } from '../kept.ts';
import type { TrainedModel } from '../trained.ts';

/** The two files that a codec is kept in. */
export type CodecFiles = Readonly<Record<typeof MODEL_FILE | typeof CODEC_FILE, Uint8Array>>;

export const CODEC_FILE = 'codec.json';

/** The model that a codec is of, beside it. */
export const namedModelSchema = z.strictObject({
  file: z.literal(MODEL_FILE),
  sha256: z.string().regex(/^[\da-f]{64}$/, '64 hexadecimal digits'),
});

/** The model of a codec in `folder`. @throws ModelFileError for a damaged one, or another than `codec.json` names. */
export async function namedModel(
  folder: Folder,
  { file, sha256: expected }: z.infer<typeof namedModelSchema>,
  engine: Engine,
): Promise<TrainedModel> {
  const read = await readModelIn(folder, file);
  const found = await sha256(read.bytes);
  if (expected !== found)
    throw new ModelFileError({
      where: pathIn(folder, file),
      expected: `the model that ${pathIn(folder, CODEC_FILE)} was made with (SHA-256 ${expected.slice(0, 12)}…)`,
      got: `another one (${found.slice(0, 12)}…)`,
      fix: 'put the right one back, or make the codec anew: autoencoder compress --fit PICTURES',
    });
  return trainedOn(engine, read);
}

/** The files themselves: what is compressed names its codec by their bytes. @throws As `read`. */
export async function filesIn(folder: Folder): Promise<CodecFiles> {
  return { [MODEL_FILE]: await folder.read(MODEL_FILE), [CODEC_FILE]: await folder.read(CODEC_FILE) };
}

/** The first 8 bytes of the SHA-256 of `codec.json`, which names its model by that of its own. */
export async function fingerprintOf(codec: Uint8Array): Promise<Uint8Array> {
  const digits = await sha256(codec);
  return Uint8Array.from({ length: 8 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** Whole numbers of so many bytes each, big-endian, deflated, in base64. */
export function packed(values: ArrayLike<number>, bytesEach: 1 | 2 | 4): string {
  const bytes = new Uint8Array(bytesEach * values.length);
  for (let at = 0; at < values.length; at++)
    for (let byte = 0; byte < bytesEach; byte++)
      bytes[bytesEach * (at + 1) - 1 - byte] = (values[at] >>> (8 * byte)) & 255;
  return toBase64(deflateSync(bytes));
}

/** `length` numbers again, below 256^bytesEach. @throws ModelFileError for text that does not unpack to so many. */
export function unpacked(text: string, length: number, bytesEach: 1 | 2 | 4, where: string): Uint32Array {
  const size = bytesEach * length;
  let bytes: Uint8Array;
  try {
    bytes = inflateSync(fromBase64(text), { out: new Uint8Array(size + 1) });
  } catch (cause) {
    throw new ModelFileError(`${where}: expected packed tables, got text that does not unpack`, { cause });
  }
  if (bytes.length !== size) throw refusedCodec(where, `tables of ${size} bytes`, 'others');
  return Uint32Array.from({ length }, (_, at) => {
    let value = 0;
    for (let byte = 0; byte < bytesEach; byte++) value = 256 * value + bytes[at * bytesEach + byte];
    return value;
  });
}

export function refusedCodec(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make the codec anew: autoencoder compress --fit PICTURES' });
}
