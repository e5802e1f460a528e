/** The MODEL argument: a model file, or the folder of a run. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDetectorFolder } from '../applications/detector-folder.ts';
import { FileError } from '../base/errors.ts';
import { decodeModelFile, MODEL_FILE } from '../model/file/model-file.ts';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** Reads and checks it. */
export async function readModel(path: string) {
  const file = (await isFolder(path)) ? join(path, MODEL_FILE) : path;
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new FileError(
      {
        where: file,
        expected: 'a model file',
        got: cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'no such file' : String(cause),
        fix: existsSync(join(path, CHECKPOINT_FILE))
          ? `this run is not finished: autoencoder train --resume ${path}`
          : 'give the model.safetensors, or the folder, of a training run',
      },
      { cause },
    );
  });
  return { file, bytes: bytes.length, ...(await decodeModelFile(bytes, file)) };
}

/** The path of a model's file, or of a detector's folder. @throws FileError, ModelFileError as `readModel`. */
export async function modelOrDetector(path: string): Promise<string> {
  return isDetectorFolder(path) ? path : (await readModel(path)).file;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
