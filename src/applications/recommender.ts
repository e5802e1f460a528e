/**
 * A recommender is made: some ratings set aside, models trained on the others, and what was set aside told by them and by simpler ways.
 *
 *   ratings: Sedhain et al. 2015, "AutoRec": rows of items and rows of users, only what is rated counts
 *   taken:   Liang et al. 2018, "Variational autoencoders for collaborative filtering": rows of users, a multinomial
 */
import { createRandom } from '../base/random.ts';
import { type Lists, mapped, type Ratings, splitLists, transposed } from '../data/ratings.ts';
import type { Engine } from '../engine/engine.ts';
import { makeBlueprint } from '../model/blueprint.ts';
import type { ModelCard } from '../model/file/model-file.ts';
import { makeModel } from '../model/model.ts';
import { makeRunner } from '../model/runner.ts';
import type { TrainingEvent } from '../training/events.ts';
import { type TrainResult, train } from '../training/train.ts';
import { fitRatingMeans } from './baselines/rating-means.ts';
import { makeRecipe, trainingFor, withDefaults } from './recipe.ts';
import { examplesOf, inputsOf, type Member, type Recommender } from './recommend.ts';

export interface FitRecommenderRequest {
  readonly ratings: Ratings;
  /** Options of the models and of their training, in place of the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly engine: Engine;
  /** Milliseconds on a steady clock. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent, member: number, members: number) => void;
}

export interface FittedRecommender extends Recommender {
  /** What the models learned from, and what was set aside. */
  readonly kept: Lists;
  readonly held: Lists;
  /** Seconds of training. */
  readonly seconds: number;
}

/** Models of ratings: of each side one, whose mean is told. */
const RATING_SIDES = [
  { side: 'items', weightDecay: 0.03, batchSize: 128 },
  { side: 'users', weightDecay: 0.06, batchSize: 64 },
] as const;

const RATING_DEFAULTS = {
  kind: 'vanilla',
  codeActivation: 'sigmoid',
  hidden: [],
  gaps: 'told',
  epochs: 60,
} as const;

const TAKEN_DEFAULTS = {
  kind: 'variational',
  loss: 'multinomial',
  beta: 0.2,
  hidden: [600],
  activation: 'tanh',
  inputDropout: 0.5,
  inputNorm: 'unit',
  epochs: 100,
  batchSize: 128,
  learningRate: 1e-3,
} as const;

const RATING_LATENT = 500;
const TAKEN_LATENT = 200;

/** Trains a recommender. @throws what training throws, and OptionError for options that the models do not have. */
export async function fitRecommender(request: FitRecommenderRequest): Promise<FittedRecommender> {
  const { ratings } = request;
  const { form, items } = ratings;
  const seed = Number(request.options.seed ?? 0);
  const { preparation } = makeRecipe(withDefaults(defaultsFor(form, 'users', items.length), request.options));
  const split = splitLists(ratings, preparation.validation, createRandom(seed).fork('held out'));
  const means = form === 'ratings' ? fitRatingMeans(split.kept, items.length) : undefined;
  const known = { ratings: { ...ratings, ...split.kept }, ...(means ? { means } : {}) };
  const target = means
    ? mapped(split.held, (user, item, rating) => rating - means.mean - means.users[user] - means.items[item])
    : split.held;
  const members: Member[] = [];
  let seconds = 0;
  const sides = form === 'ratings' ? RATING_SIDES : ([{ side: 'users' }] as const);
  for (const [at, { side }] of sides.entries()) {
    const { member, result } = await fitMember(request, side, inputsOf(known), target, (event) =>
      request.onEvent?.(event, at, sides.length),
    );
    members.push(member);
    seconds += result.seconds;
  }
  return { members, ratings, ...(means ? { means } : {}), ...split, seconds };
}

/** The recommender as it was when it had not seen what was set aside. */
export function unseeing({ members, means, ratings, kept }: FittedRecommender): Recommender {
  return { members, ratings: { ...ratings, ...kept }, ...(means ? { means } : {}) };
}

function defaultsFor(form: Ratings['form'], side: Member['side'], width: number): Readonly<Record<string, unknown>> {
  if (form === 'taken') return { ...TAKEN_DEFAULTS, latent: Math.min(TAKEN_LATENT, width) };
  const own = RATING_SIDES.find((one) => one.side === side);
  const latent = Math.max(1, Math.min(RATING_LATENT, width - 1));
  return { ...RATING_DEFAULTS, latent, weightDecay: own?.weightDecay, batchSize: own?.batchSize };
}

async function fitMember(
  { ratings, options, engine, clock, signal }: FitRecommenderRequest,
  side: Member['side'],
  inputs: Lists,
  target: Lists,
  onEvent: (event: TrainingEvent) => void,
): Promise<{ readonly member: Member; readonly result: TrainResult }> {
  const width = side === 'users' ? ratings.items.length : ratings.users.length;
  const recipe = makeRecipe(withDefaults(defaultsFor(ratings.form, side, width), options));
  const bySide = (lists: Lists): Lists => (side === 'users' ? lists : transposed(lists, ratings.items.length));
  const rows = examplesOf(bySide(inputs));
  const absent = ratings.form === 'ratings' ? 'missing' : 'zero';
  const model = makeModel(
    makeBlueprint({ ...recipe.architecture, network: recipe.architecture.network ?? 'dense' }, recipe.own, {
      shape: [width],
      hasMissing: absent === 'missing',
      absent,
      isBytes: false,
      isUnitRange: false,
      hasNegative: ratings.form === 'ratings',
      count: rows.count,
    }),
  );
  const runner = makeRunner(engine, model);
  const training = trainingFor(recipe, rows.count);
  const learning = train({
    engine,
    model,
    runner,
    train: rows,
    validation: { ...rows, target: examplesOf(bySide(target)) },
    options: training,
    clock,
    signal,
  });
  for (;;) {
    const { value, done } = await learning.next();
    if (!done) {
      onEvent(value);
      continue;
    }
    const card: ModelCard = {
      blueprint: model.blueprint,
      scaling: { form: 'array', shape: [width], offset: zeros(width), scale: zeros(width).fill(1), constant: [] },
      data: {
        name: ratings.name,
        examples: rows.count,
        validationExamples: rows.count,
        fingerprint: '',
        labelNames: [],
      },
      training: {
        options: { ...training },
        history: value.history.map(({ epoch, learningRate, train: onTrain, validation }) => ({
          epoch,
          learningRate,
          ...prefixed('train', onTrain),
          ...prefixed('validation', validation),
        })),
        bestEpoch: value.bestEpoch,
      },
      baselines: {},
      results: {},
      warnings: [],
      versions: { format: '1', [engine.name]: engine.version },
    };
    return { member: { engine, runner, model, parameters: value.parameters, card, side }, result: value };
  }
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

function prefixed(prefix: string, figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}.${name}`, value]));
}
