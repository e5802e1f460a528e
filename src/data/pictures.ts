/** Folders of pictures on this machine, unpacked by sharp, which is loaded only here and only on use. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../base/errors.ts';
import type { ArraySource } from './dataset.ts';
import { fileError, readBytes } from './files.ts';
import { type ImageDecoder, type ImageFile, imageFiles, readImages } from './formats/images.ts';

/** The pictures in `folder` in order of their names; those in its sub-folders have the sub-folder's name as label. */
export async function listPictures(folder: string): Promise<ImageFile[]> {
  try {
    const entries = (await readdir(folder, { withFileTypes: true })).sort(byName);
    const pictures: ImageFile[] = [];
    for (const entry of entries) {
      if (imageFiles.test(entry.name)) pictures.push(pictureFile(join(folder, entry.name)));
    }
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const inner = (await readdir(join(folder, entry.name))).filter((name) => imageFiles.test(name)).sort();
      pictures.push(...inner.map((name) => pictureFile(join(folder, entry.name, name), entry.name)));
    }
    return pictures;
  } catch (cause) {
    throw fileError(cause, folder, 'read');
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

export function pictureFile(path: string, label?: string): ImageFile {
  return { name: path, label, read: () => readBytes(path) };
}

export async function readPictures(
  name: string,
  files: readonly ImageFile[],
  step?: (done: number) => void,
  leftOut?: (complaint: string) => void,
): Promise<ArraySource> {
  return readImages(name, files, await sharpDecoder(name), step, leftOut);
}

/** @throws DataError where the package is not installed; `name` is what it is wanted for. */
export async function loadSharp(name: string): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    const complaint = {
      where: name,
      expected: 'the package sharp, which reads and packs pictures',
      got: 'none installed',
      fix: 'run: npm install sharp',
    };
    throw new DataError(complaint, { cause });
  }
}

async function sharpDecoder(name: string): Promise<ImageDecoder> {
  const sharp = await loadSharp(name);
  return {
    measure: async (bytes) => {
      const { autoOrient, space } = await sharp(bytes).metadata();
      return {
        width: autoOrient.width,
        height: autoOrient.height,
        channels: space?.startsWith('b-w') || space?.startsWith('grey') ? 1 : 3,
      };
    },
    decode: (bytes, channels) =>
      sharp(bytes, { failOn: 'truncated' })
        .autoOrient()
        .flatten({ background: 'white' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer(),
  };
}
