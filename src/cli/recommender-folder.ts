/** A recommender in its folder: `recommender.json`, the models that it names, and the ratings that it knows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recommender } from '../applications/recommend.ts';
import { decodeRecommender, encodeRecommender, ratingsTable } from '../applications/recommender-file.ts';
import { fileError, openFile, writeFileAtomic } from '../data/files.ts';
import { encodeCsv, readCsv } from '../data/formats/csv.ts';
import { readRatings } from '../data/ratings.ts';
import type { Engine } from '../engine/engine.ts';
import { encodeModelFile } from '../model/file/model-file.ts';
import { makeRunner } from '../model/runner.ts';
import { MODEL_FILE, readModel } from './model-argument.ts';
import { makeFolder } from './run-folder.ts';

export const RECOMMENDER_FILE = 'recommender.json';
const RATINGS_FILE = 'ratings.csv';

/** Writes the models, `model/users/model.safetensors` …, the ratings, and then what names them. */
export async function writeRecommender(folder: string, recommender: Recommender): Promise<void> {
  const { members, ratings } = recommender;
  const paths = members.map(({ side }) => `model/${side}`);
  for (const [at, one] of members.entries()) {
    await makeFolder(join(folder, paths[at]));
    await writeFileAtomic(join(folder, paths[at], MODEL_FILE), await encodeModelFile(one, one.model));
  }
  await writeFileAtomic(join(folder, RATINGS_FILE), encodeCsv(ratingsTable(ratings)));
  const models = paths.map((path) => `${path}/${MODEL_FILE}`);
  await writeFileAtomic(join(folder, RECOMMENDER_FILE), encodeRecommender(recommender, models));
}

/** @throws ModelFileError for a damaged file, FileError for a missing one. */
export async function readRecommender(folder: string, engine: Engine): Promise<Recommender> {
  const file = join(folder, RECOMMENDER_FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fileError(cause, file, 'read');
  });
  const saved = decodeRecommender(text, file);
  const stream = await openFile(join(folder, RATINGS_FILE));
  const ratings = readRatings(await readCsv(stream, { cells: 'texts', header: 'yes' }));
  const trained = await Promise.all(
    saved.models.map(async (path) => {
      const { card, model, parameters } = await readModel(join(folder, path));
      return { card, model, parameters, engine, runner: makeRunner(engine, model) };
    }),
  );
  return saved.assemble(trained, ratings);
}
