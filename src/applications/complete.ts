/**
 * `complete`: how texts go on. An autoencoder of texts is shown only how they begin and tells the whole; shown the whole, it keeps it in its
 * code, so that texts between two texts, and new ones, can be written. Bowman et al. 2016, "Generating sentences from a continuous space".
 *
 *   beginning ── encoder ── code ── decoder, after the beginning ── the rest
 */
import { DataError, OptionError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import { END, learnPieces, makePiecer, type Pieces, pieceCount } from '../data/columns/pieces.ts';
import type { TrainingEvent } from '../training/events.ts';
import { countNGrams, logChancesOf, type NGrams } from './baselines/n-grams.ts';
import {
  type FitTextsRequest,
  type FittedTexts,
  fitTexts,
  openTexts,
  type ShownText,
  splitTexts,
  type TextFace,
  type TextModel,
  trainingDefaults,
} from './text-model.ts';

/** Different pieces, where the user does not say. */
export const COMPLETION_PIECES = 3000;

const DEFAULTS = {
  kind: 'variational',
  network: 'recurrent',
  cell: 'gru',
  decoding: 'teacher-forcing',
  units: 256,
  latent: 64,
  embedding: 128,
  dropout: 0.2,
  batchSize: 64,
  epochs: 8,
  learningRate: 0.002,
  clip: 5,
  beta: 0.2,
  klWarmup: 3,
};

export interface FitCompleterRequest
  extends Omit<FitTextsRequest, 'train' | 'validation' | 'defaults' | 'pieces' | 'length'> {
  /** Texts, or one running text in pieces that belong together. */
  readonly texts: readonly string[];
  /** Different pieces; 0 for single characters. */
  readonly size: number;
  readonly length?: number;
  /** Whether the texts are lines of one text, which is read through windows; each stands for itself otherwise. */
  readonly isRunning: boolean;
  /** What is measured on; some of `texts`, which nothing is learned from, when absent. */
  readonly test?: readonly string[];
}

export interface Completer extends TextModel {
  readonly isRunning: boolean;
}

export interface FittedCompleter extends FittedTexts, Completer {
  readonly errors: CompletionErrors;
}

/** Pieces of a window where the user does not say. */
const WINDOW = 64;

/**
 * Trains a model of texts and measures it; the generator's return value is both.
 *
 * @throws DataError for fewer than 20 texts; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitCompleter(request: FitCompleterRequest): AsyncGenerator<TrainingEvent, FittedCompleter> {
  const { options, isRunning, size } = request;
  if (options.outputOrder === 'reversed')
    throw new OptionError({
      where: '--output-order',
      expected: 'forward: texts are gone on with from their beginning',
      got: 'reversed',
      fix: 'leave --output-order out',
    });
  const random = createRandom(Number(options.seed ?? 0)).fork('texts');
  const { learned, chosen, measured } = splitTexts({
    ...request,
    items: request.texts,
    what: isRunning ? 'lines' : 'texts',
    random: isRunning ? undefined : random.fork('order'),
  });
  // Of a running text, the ends of lines are characters, too.
  const pieces = learnPieces(isRunning ? [learned.join('\n')] : learned, size);
  const { read } = makePiecer(pieces);
  const length = isRunning ? (request.length ?? WINDOW) : request.length;
  const asTokens = (texts: readonly string[]): (readonly number[])[] =>
    isRunning ? windows(read(texts.join('\n')), length ?? WINDOW) : texts.map((text) => [...read(text), END]);
  const train = asTokens(learned);
  const tested = asTokens(measured);
  // An end is nothing to read.
  if (!tested.some((text) => text.length - firstHalf(text).length > (isRunning ? 0 : 1)))
    throw new DataError({
      where: request.name,
      expected: `texts of at least ${isRunning ? 2 : 3} pieces to measure on: the second half is told from the first`,
      got: 'none',
      fix: isRunning ? 'give more text, or a larger --window' : 'give more text',
    });
  const cuts = random.fork('cuts');
  const shown = (texts: readonly (readonly number[])[]): ShownText[] =>
    isRunning
      ? texts.map((told) => begun(told, cuts))
      : texts.flatMap((told) => [{ shown: told, told }, begun(told, cuts)]);
  const fitted = yield* fitTexts({
    ...request,
    pieces,
    length,
    train: shown(train),
    validation: shown(asTokens(chosen)),
    defaults: trainingDefaults(DEFAULTS, options, train.length),
  });
  // Each text is learned from in two ways, and left out once.
  const leftOut = train.filter((text) => text.length > fitted.model.blueprint.shape[0]).length;
  const completer = { ...fitted, leftOut, isRunning };
  const baseline = bestNGrams(train, asTokens(chosen), pieces);
  return { ...completer, errors: await completionErrors(completer, tested, baseline) };
}

function firstHalf(text: readonly number[]): readonly number[] {
  return text.slice(0, Math.ceil(text.length / 2));
}

/** Half over one another. */
function windows(tokens: readonly number[], length: number): (readonly number[])[] {
  const stride = Math.max(1, Math.floor(length / 2));
  const count = Math.max(1, Math.floor((tokens.length - length) / stride) + 1);
  return Array.from({ length: count }, (_, at) => tokens.slice(at * stride, at * stride + length));
}

/** A text, and how it begins: some of its tokens, at most all but the last. */
function begun(told: readonly number[], random: Random): ShownText {
  return { shown: told.slice(0, Math.max(1, Math.floor(random.uniform() * told.length))), told };
}

/** Runs of as many tokens as tell the texts best that are chosen by. */
function bestNGrams(
  learned: readonly (readonly number[])[],
  chosen: readonly (readonly number[])[],
  pieces: Pieces,
): NGrams {
  const vocabulary = pieceCount(pieces);
  const tried = ORDERS.map((order) => {
    const grams = countNGrams(learned, order, vocabulary);
    const logChance = chosen.reduce((sum, text) => sum + logChancesOf(grams, text).reduce((a, b) => a + b, 0), 0);
    return { grams, logChance };
  });
  return tried.reduce((best, one) => (one.logChance > best.logChance ? one : best)).grams;
}

const ORDERS = [2, 3, 4, 6];

/** How well the second half of texts is told, given the first: nats for every piece, and what that is for every character. */
export interface CompletionErrors {
  /** Texts that were measured on. */
  readonly count: number;
  readonly model: number;
  readonly nGrams: number;
  /** Tokens of the runs of `nGrams`. */
  readonly order: number;
  /** Characters in a piece, on average. */
  readonly charactersPerPiece: number;
  /** A few texts: how they began, how the model went on, how they went on. */
  readonly examples: readonly { readonly begun: string; readonly told: string; readonly was: string }[];
}

const SHOWN = 12;

async function completionErrors(
  model: TextModel,
  texts: readonly (readonly number[])[],
  grams: NGrams,
): Promise<CompletionErrors> {
  const face = openTexts(model);
  const { piecer, length } = face;
  const whole = texts.filter((text) => text.length >= 2 && text.length <= length);
  // Where all are longer than the model, they are measured as far as it goes.
  const kept = whole.length > 0 ? whole : texts.map((text) => text.slice(0, length)).filter((text) => text.length >= 2);
  const halves = kept.map(firstHalf);
  const codes = await face.encode(halves);
  const chances = await face.logChances(codes, kept);
  let [own, others, tokens, characters] = [0, 0, 0, 0];
  for (const [row, text] of kept.entries()) {
    const simple = logChancesOf(grams, text);
    for (let at = halves[row].length; at < text.length; at++) {
      own -= chances[row * length + at];
      others -= simple[at];
      tokens++;
    }
    characters += piecer.write(text.slice(halves[row].length)).length;
  }
  const first = halves.slice(0, SHOWN);
  const told = await face.write(codes.slice(0, first.length * face.latent), { begun: first });
  await face.dispose();
  return {
    count: kept.length,
    model: own / tokens,
    nGrams: others / tokens,
    order: grams.order,
    charactersPerPiece: characters / tokens,
    examples: first.map((half, row) => ({
      begun: piecer.write(half),
      told: piecer.write(told[row].slice(half.length)),
      was: piecer.write(kept[row].slice(half.length)),
    })),
  };
}

export interface CompleteChoices {
  /** 0 writes what is most likely, 1 draws by the model's chances. */
  readonly temperature?: number;
  readonly random?: Random;
  /** Of a running text: pieces that are told, at least. */
  readonly pieces?: number;
}

/**
 * Whole texts that begin so; of a running text, so far as `pieces` says.
 *
 * @throws OptionError for a beginning that is as long as the longest text.
 */
export async function complete(
  { isRunning }: Pick<Completer, 'isRunning'>,
  face: TextFace,
  beginnings: readonly string[],
  { pieces = 0, ...choices }: CompleteChoices = {},
): Promise<string[]> {
  const { piecer, length } = face;
  const given = beginnings.map(piecer.read);
  const wrong = given.find((tokens) => tokens.length === 0 || (!isRunning && tokens.length >= length));
  if (wrong)
    throw new OptionError({
      where: 'the beginning',
      expected: isRunning ? 'some text' : `1 … ${length - 1} pieces: that is how long texts are`,
      got: wrong.length === 0 ? 'none' : `${wrong.length}`,
      fix:
        wrong.length === 0
          ? 'give some words, or --sample for whole new texts'
          : 'give a shorter one, or train on longer texts',
    });
  let texts: number[][] = given;
  let isGrowing = true;
  const most = Math.max(1, Math.floor(length / 2));
  while (isGrowing) {
    // Of a running text what the model has seen in training: the first half of a window.
    const seen = texts.map((tokens) => (isRunning ? tokens.slice(-most) : tokens));
    const told = await face.write(await face.encode(seen), { ...choices, begun: seen });
    const grown = texts.map((tokens, row) => [...tokens, ...told[row].slice(seen[row].length)]);
    isGrowing =
      isRunning &&
      grown.some((tokens, row) => tokens.length > texts[row].length && tokens.length < given[row].length + pieces);
    texts = grown;
  }
  return texts.map((tokens) => piecer.write(tokens));
}
