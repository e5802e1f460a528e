/** `recommender.json`: which models a recommender is made of, the names of its users and items, and what the means are. */
import * as z from 'zod';
import { DataError, ModelFileError } from '../base/errors.ts';
import { byteStream } from '../data/bytes.ts';
import type { TableSource } from '../data/dataset.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import { encodeCsv, readCsv } from '../data/formats/csv.ts';
import { listsOf, type Ratings, readRatings, rowsOf } from '../data/ratings.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import { modelFiles, readTrained } from './kept.ts';
import type { Recommender } from './recommend.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

export const RECOMMENDER_FILE = 'recommender.json';
const RATINGS_FILE = 'ratings.csv';

const numbers = z.array(z.number());

const schema = z.strictObject({
  format: z.literal('autoencoder-recommender'),
  version: z.literal(1),
  form: z.enum(['ratings', 'taken']),
  members: z
    .array(
      z.strictObject({
        /** Path from the file. */
        model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
        side: z.enum(['users', 'items']),
      }),
    )
    .min(1),
  users: z.array(z.string()).min(1),
  items: z.array(z.string()).min(1),
  means: z
    .strictObject({ mean: z.number(), least: z.number(), most: z.number(), users: numbers, items: numbers })
    .optional(),
});

export interface SavedRecommender {
  /** Paths of the models, from the file. */
  readonly models: readonly string[];
  /** Puts models, in the order of `models`, and the ratings that were kept beside them together. @throws ModelFileError where they do not fit. */
  readonly assemble: (trained: readonly TrainedModel[], ratings: Ratings) => Recommender;
}

/** The files of a recommender: the models, `model/users/model.safetensors` …, the ratings, and then what names them. */
export async function recommenderFiles(recommender: Recommender): Promise<FolderFiles> {
  const { members, ratings } = recommender;
  const models = members.map(({ side }) => `model/${side}/${MODEL_FILE}`);
  return {
    ...(await modelFiles(models, members)),
    [RATINGS_FILE]: encodeCsv(ratingsTable(ratings)),
    [RECOMMENDER_FILE]: encodeRecommender(recommender, models),
  };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one. */
export async function readRecommender(folder: Folder, engine: Engine): Promise<Recommender> {
  const saved = decodeRecommender(await readText(folder, RECOMMENDER_FILE), pathIn(folder, RECOMMENDER_FILE));
  const table = byteStream(pathIn(folder, RATINGS_FILE), await folder.read(RATINGS_FILE));
  const ratings = readRatings(await readCsv(table, { cells: 'texts', header: 'yes' }));
  return saved.assemble(await Promise.all(saved.models.map((path) => readTrained(folder, path, engine))), ratings);
}

export function encodeRecommender({ members, ratings, means }: Recommender, models: readonly string[]): Uint8Array {
  const file: z.infer<typeof schema> = {
    format: 'autoencoder-recommender',
    version: 1,
    form: ratings.form,
    members: members.map(({ side }, at) => ({ model: models[at], side })),
    users: [...ratings.users],
    items: [...ratings.items],
    ...(means ? { means: { ...means, users: [...means.users], items: [...means.items] } } : {}),
  };
  return encodeSaved(schema, file);
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeRecommender(text: string, where: string): SavedRecommender {
  const { form, members, users, items, means } = parseSaved(text, where, { schema, what: 'a recommender', refused });
  return {
    models: members.map(({ model }) => model),
    assemble: (trained, ratings) => {
      const fits = trained.every(({ model }, at) => {
        const { shape, absent } = model.blueprint;
        const width = members[at].side === 'users' ? items.length : users.length;
        return shape.length === 1 && shape[0] === width && absent === (form === 'ratings' ? 'missing' : 'zero');
      });
      const meansFit =
        form === 'taken' || (means?.users.length === users.length && means.items.length === items.length);
      if (!fits || !meansFit)
        throw refused(where, `models and means of ${users.length} users and ${items.length} items`, 'others');
      return {
        members: trained.map((one, at) => ({ ...one, side: members[at].side })),
        ratings: renumbered({ ...ratings, form }, users, items),
        ...(means
          ? { means: { ...means, users: Float64Array.from(means.users), items: Float64Array.from(means.items) } }
          : {}),
      };
    },
  };
}

/** Ratings as a table `user, item, rating`. */
function ratingsTable(ratings: Ratings): TableSource {
  const { users, items, columns, values } = ratings;
  const rows = rowsOf(ratings);
  return {
    form: 'table',
    name: 'ratings',
    rows: values.length,
    columns: [
      { type: 'category', name: 'user', values: Array.from(rows, (row) => users[row]) },
      { type: 'category', name: 'item', values: Array.from(columns, (column) => items[column]) },
      { type: 'numeric', name: 'rating', values: Float64Array.from(values) },
    ],
  };
}

/** The same ratings with users and items numbered as these names are. @throws DataError for a name that is not among them. */
function renumbered(ratings: Ratings, users: readonly string[], items: readonly string[]): Ratings {
  const numbersOf = (own: readonly string[], names: readonly string[], what: string): number[] => {
    const numbers = new Map(names.map((name, at) => [name, at]));
    return own.map((name) => {
      const number = numbers.get(name);
      if (number !== undefined) return number;
      throw new DataError({
        where: ratings.name,
        expected: `the ${what}s that the recommender was made with`,
        got: JSON.stringify(name),
        fix: 'make it anew: autoencoder recommend --fit DATA',
      });
    });
  };
  const ofUsers = numbersOf(ratings.users, users, 'user');
  const ofItems = numbersOf(ratings.items, items, 'item');
  const rows = rowsOf(ratings).map((row) => ofUsers[row]);
  const columns = ratings.columns.map((column) => ofItems[column]);
  return { ...ratings, users, items, ...listsOf(users.length, rows, columns, ratings.values) };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder recommend --fit DATA' });
}
