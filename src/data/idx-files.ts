/** IDX files of this machine with what lies beside them: labels, and the test part. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../base/errors.ts';
import type { ArraySource, Labels, SourceWithTest } from './dataset.ts';
import { openFile } from './files.ts';
import { readIdx, readIdxLabels } from './formats/idx.ts';
import { makeLabels } from './labels.ts';

/** Names of the training images of a set in a folder of its own. */
const trainImages = ['train-images-idx3-ubyte', 'train-images-idx3-ubyte.gz', 'train-images.idx3-ubyte'];

/** The training images in `folder`, where there are any. */
export function findTrainImages(folder: string): Promise<string | undefined> {
  return firstThere(trainImages.map((name) => join(folder, name)));
}

/**
 * Reads the images `path`; labels (`…images-idx3…` → `…labels-idx1…`) and the test part (`train…` → `t10k…` or `test…`)
 * are read where they lie beside them.
 */
export async function readIdxFiles(
  path: string,
  limit: number | undefined,
  classes: readonly string[] | undefined,
): Promise<SourceWithTest> {
  const train = await readLabelled(path, limit, classes);
  const name = basename(path);
  const testPath = /train/.test(name)
    ? await firstThere(['t10k', 'test'].flatMap((part) => packedOrNot(beside(path, name.replace('train', part)))))
    : undefined;
  if (testPath === undefined) return { train };
  return { train, test: await readLabelled(testPath, limit, classes ?? train.labels?.names) };
}

async function readLabelled(
  path: string,
  limit: number | undefined,
  classes: readonly string[] | undefined,
): Promise<ArraySource> {
  const images = await readIdx(await openFile(path), { limit });
  const name = basename(path);
  const labelsPath = name.includes('images')
    ? await firstThere(packedOrNot(beside(path, name.replace('images', 'labels').replace('idx3', 'idx1'))))
    : undefined;
  if (labelsPath === undefined) return images;
  const numbers = await readIdxLabels(await openFile(labelsPath), limit);
  if (numbers.length !== images.shape[0]) {
    throw new DataError({
      where: labelsPath,
      expected: `one label for each of the ${images.shape[0]} images of ${path}`,
      got: `${numbers.length}`,
      fix: 'put the labels of the same part beside the images',
    });
  }
  return { ...images, labels: classes === undefined ? makeLabels(numbers) : namedLabels(numbers, classes) };
}

/** Class numbers whose names are known: 3 is `classes[3]`, or the name "3" itself for the test part of plain numbers. */
function namedLabels(numbers: ArrayLike<number>, classes: readonly string[]): Labels {
  const isPlain = classes.every((name) => Number.isFinite(Number(name)));
  if (isPlain) return makeLabels(numbers, classes);
  return makeLabels(
    Array.from(numbers, (number) => classes[number] ?? String(number)),
    classes,
  );
}

function beside(path: string, name: string): string {
  return join(dirname(path), name);
}

function packedOrNot(path: string): string[] {
  const bare = path.replace(/\.gz$/, '');
  return path === bare ? [bare, `${bare}.gz`] : [`${bare}.gz`, bare];
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await stat(path).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
