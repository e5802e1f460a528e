/** Recommenders in the library: what users may like, from ratings or from what they have taken. */
import {
  type Answer,
  answerForItems,
  answersFor,
  expectedOf,
  type NamedRecommendation,
  similarTo,
} from './applications/answers.ts';
import type { Recommender } from './applications/recommend.ts';
import type { RecommendationErrors } from './applications/recommendation-error.ts';
import { fitRecommender } from './applications/recommender.ts';
import { readRecommender, recommenderFiles } from './applications/recommender-file.ts';
import { type Examples, trainPart } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { readRatings } from './data/ratings.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import type { TrainingEvent } from './training/events.ts';

/** Tells users what they may like. */
export interface ItemRecommender {
  /** The best items for each of these users (for all when absent) without those that they have; who is not known gets what most like. */
  forUsers(users?: readonly string[], options?: { readonly top?: number }): AsyncGenerator<Answer>;
  /**
   * The best items for somebody new who likes these; `item=4` for a rating.
   *
   * @throws DataError for an item that is not known.
   */
  forItems(items: readonly string[], options?: { readonly top?: number }): Promise<readonly NamedRecommendation[]>;
  /**
   * What is expected of each pair of user and item: the rating, or the chance that the next item taken is this. Where one of them is not
   * known, the mean of the others' ratings, or 0.
   */
  expected(pairs: readonly (readonly [user: string, item: string])[]): Promise<Float64Array>;
  /** Items most like this one, −1 … 1. @throws DataError for an item that is not known. */
  similar(item: string, options?: { readonly top?: number }): Promise<readonly NamedRecommendation[]>;
  /** What it is kept in, for `openRecommender` and for the command. */
  files(): Promise<FolderFiles>;
}

/** One that was trained here. */
export interface TrainedItemRecommender extends ItemRecommender {
  /** How well what was held out was told, by models that had not seen it. */
  readonly errors: RecommendationErrors;
  /** Seconds that the models took that are kept. */
  readonly seconds: number;
}

export interface RecommenderOptions {
  /** Names of the columns of users, of items and, where there is one, of ratings; the first three when absent. */
  readonly columns?: readonly string[];
  /** Only whether an item was taken counts: any rating (`true`), or ratings from a threshold on. */
  readonly implicit?: boolean | number;
  /** Items in the lists that are measured. */
  readonly top?: number;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the models and of their training. */
  readonly [option: string]: unknown;
}

/**
 * A recommender made from a table of users, items and ratings; without ratings, of what was taken.
 *
 * @example
 * const films = await recommender(await loadData('ratings.csv'));
 * for await (const { user, items } of films.forUsers(['196'])) console.log(user, items);
 * @throws DataError for a missing name, a rating that is no number, a pair rated twice; OptionError, DivergenceError, InterruptedError.
 */
export async function recommender(
  data: Examples,
  { columns, implicit = false, top = TOP, engine: given, onEvent, signal, ...options }: RecommenderOptions = {},
): Promise<TrainedItemRecommender> {
  const takenFrom = implicit === true ? Number.NEGATIVE_INFINITY : implicit === false ? undefined : implicit;
  const fitted = await fitRecommender({
    ratings: readRatings(trainPart(data), { columns, takenFrom }),
    options,
    top,
    engine: await engineOr(given),
    random: createRandom(options.seed ?? 0).fork('recommend'),
    clock: () => performance.now(),
    signal,
    onEvent,
  });
  return { ...faceOf(fitted, top), errors: fitted.errors, seconds: fitted.seconds };
}

/** A recommender from its files, or from their folder. @throws ModelFileError for damaged ones, FileError or ModelFileError for missing ones. */
export async function openRecommender(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<ItemRecommender> {
  return faceOf(await readRecommender(folderOf(files), await engineOr(engine)), TOP);
}

/** Items in a list. */
const TOP = 10;

function faceOf(own: Recommender, top: number): ItemRecommender {
  return {
    forUsers: (users = own.ratings.users, { top: count = top } = {}) => answersFor(own, users, count),
    forItems: (items, { top: count = top } = {}) => answerForItems(own, items, count),
    expected: (pairs) => expectedOf(own, pairs),
    similar: (item, { top: count = top } = {}) => similarTo(own, item, count),
    files: () => recommenderFiles(own),
  };
}
