/**
 * Encoder and decoder between texts: what a text is encoded to, another one is written from, piece by piece. With both the same it is an
 * autoencoder of sentences (Bowman et al. 2016, "Generating sentences from a continuous space"); with a translation as the other, a
 * translator (Sutskever, Vinyals & Le 2014, "Sequence to sequence learning with neural networks").
 *
 *   text ── pieces ── encoder ── code ── decoder ── pieces ── text
 */
import { DataError, OptionError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { END, makePiecer, type Piecer, type Pieces, pieceCount } from '../data/columns/pieces.ts';
import type { Examples } from '../model/examples.ts';
import type { Model } from '../model/model.ts';
import { makeWriter } from '../model/writing.ts';
import type { TrainingEvent } from '../training/events.ts';
import { codesOnPath } from './code-path.ts';
import { withDefaults } from './recipe.ts';
import type { TrainedModel } from './trained.ts';
import { trainForUse, type UseTrained, type UseTraining } from './use-training.ts';

/** A model of texts, and how texts become its tokens. */
export interface TextModel {
  readonly trained: TrainedModel;
  readonly pieces: Pieces;
}

/** What is shown, and what is to be told of it, as tokens; with an end where one belongs there. */
export interface ShownText {
  readonly shown: readonly number[];
  readonly told: readonly number[];
}

export interface FitTextsRequest extends UseTraining {
  readonly name: string;
  readonly train: readonly ShownText[];
  readonly validation: readonly ShownText[];
  readonly pieces: Pieces;
  /** Tokens of a text, its end included, at most; what is longer is not learned from. So many that 98 of 100 fit when absent. */
  readonly length?: number;
  /** What the use trains where the user does not say otherwise. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface FittedTexts extends TextModel, UseTrained {
  readonly model: Model;
  /** Texts that were too long to learn from. */
  readonly leftOut: number;
}

const LEAST_TEXTS = 10;
/** Of the lengths of texts, that which becomes the model's where none is given. */
const FITTING = 0.98;
const LONGEST = 256;

/**
 * Learns pieces and then a model; the generator's return value is what was learned.
 *
 * @throws DataError for too few texts; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitTexts(request: FitTextsRequest): AsyncGenerator<TrainingEvent, FittedTexts> {
  const { pieces } = request;
  const length = request.length ?? usualLength(request.train.map(sizeOf));
  const fitting = (texts: readonly ShownText[]): ShownText[] => texts.filter((text) => sizeOf(text) <= length);
  const kept = fitting(request.train);
  const validation = fitting(request.validation);
  if (kept.length < LEAST_TEXTS || validation.length === 0)
    throw new DataError({
      where: request.name,
      expected: `at least ${LEAST_TEXTS} texts to learn from and one to choose by, of at most ${length} pieces each`,
      got: `${kept.length} and ${validation.length}`,
      fix: 'give more texts, or a larger --length',
    });
  const examples = (texts: readonly ShownText[]): Examples => ({
    values: padded(
      texts.map(({ shown }) => shown),
      length,
      NaN,
    ),
    told: {
      values: padded(
        texts.map(({ told }) => told),
        length,
        NaN,
      ),
    },
    count: texts.length,
  });
  const vocabulary = pieceCount(pieces);
  // A code is no wider than the shortest texts and fewest pieces leave sense for.
  const latent = Math.min(Number(request.defaults.latent), Math.ceil((length * vocabulary) / 2));
  const { trained, result } = yield* trainForUse({
    ...request,
    train: examples(kept),
    validation: examples(validation),
    options: { ...withDefaults({ ...request.defaults, latent }, request.options), loss: 'categorical' },
    // What is missing is padding.
    facts: { shape: [length], vocabulary, hasMissing: true, isBytes: false, isUnitRange: false },
    // The pieces are kept beside the model.
    scaling: { form: 'tokens', shape: [length], vocabulary },
    data: { name: request.name },
  });
  return { trained, pieces, model: trained.model, result, leftOut: request.train.length - kept.length };
}

function sizeOf({ shown, told }: ShownText): number {
  return Math.max(shown.length, told.length);
}

function usualLength(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  return Math.min(LONGEST, sorted[Math.floor(FITTING * (sorted.length - 1))] ?? 1);
}

export interface SplitRequest<Item> {
  readonly name: string;
  readonly items: readonly Item[];
  /** What they are, for messages. */
  readonly what: string;
  /** What is measured on; some of the items when absent. */
  readonly test?: readonly Item[];
  /** What is held out is drawn by it; the end of the items when absent, as where they belong together. */
  readonly random?: Random;
}

export interface Split<Item> {
  readonly learned: readonly Item[];
  readonly chosen: readonly Item[];
  readonly measured: readonly Item[];
}

/** Share of the texts that nothing is learned from: one half is chosen by, the other measured on. */
const HELD_OUT = 0.1;
/** Of texts that are drawn, more tell nothing new. */
const MOST_HELD_OUT = 1000;

/** @throws DataError for too few. */
export function splitTexts<Item>({ name, items, what, test, random }: SplitRequest<Item>): Split<Item> {
  const share = (test ? HELD_OUT / 2 : HELD_OUT) * items.length;
  const held = Math.floor(random ? Math.min(MOST_HELD_OUT, share) : share);
  const half = test ? 0 : Math.floor(held / 2);
  if (held - half < 1 || (!test && half < 1))
    throw new DataError({
      where: name,
      expected: `at least 20 ${what}`,
      got: `${items.length}`,
      fix: 'give more text',
    });
  const ordered = random ? Array.from(random.permutation(items.length), (row) => items[row]) : items;
  const from = random ? 0 : items.length - held;
  const to = from + held;
  return {
    learned: [...ordered.slice(0, from), ...ordered.slice(to)],
    chosen: ordered.slice(from, to - half),
    measured: test ?? ordered.slice(to - half, to),
  };
}

/** Trainings on few texts are longer. */
const LEAST_STEPS = 3000;
const MOST_EPOCHS = 60;

/** The defaults of a use, with as many epochs as `texts` texts take. */
export function trainingDefaults<Defaults extends { readonly batchSize: number; readonly epochs: number }>(
  defaults: Defaults,
  { batchSize = defaults.batchSize }: Readonly<Record<string, unknown>>,
  texts: number,
): Defaults {
  const steps = Math.max(1, Math.floor(texts / Number(batchSize)));
  return { ...defaults, epochs: Math.min(MOST_EPOCHS, Math.max(defaults.epochs, Math.ceil(LEAST_STEPS / steps))) };
}

/** Tokens `[texts, length]`; what is longer is cut, what is shorter filled up. */
function padded(texts: readonly (readonly number[])[], length: number, filling: number): Float32Array {
  const values = new Float32Array(texts.length * length).fill(filling);
  for (const [row, tokens] of texts.entries()) values.set(tokens.slice(0, length), row * length);
  return values;
}

/** How texts are written from codes. */
export interface WritingChoices {
  /** 0 writes what is most likely, 1 draws by the model's chances. */
  readonly temperature?: number;
  readonly random?: Random;
  /** Tokens that each text begins with. */
  readonly begun?: readonly (readonly number[])[];
}

/** A model of texts at work. */
export interface TextFace {
  /** Tokens of a text at most, its end included. */
  readonly length: number;
  /** Numbers of a code. */
  readonly latent: number;
  readonly piecer: Piecer;
  /** Codes of texts as tokens, `[texts, latent]`. */
  encode(texts: readonly (readonly number[])[]): Promise<Float32Array>;
  /** Texts as tokens from codes, each up to its end, which is left out. */
  write(codes: Float32Array, choices?: WritingChoices): Promise<number[][]>;
  /** log p of each token given those before it and the code of its text: `[texts, length]`, 0 where there is none. */
  logChances(codes: Float32Array, texts: readonly (readonly number[])[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export function openTexts({ trained, pieces }: TextModel): TextFace {
  const { engine, model, runner, parameters } = trained;
  const { latent, shape } = model.blueprint;
  const [length] = shape;
  const writer = makeWriter(engine, model);
  return {
    length,
    latent,
    piecer: makePiecer(pieces),
    async encode(texts) {
      const examples = { values: padded(texts, length, NaN), count: texts.length };
      return (await runner.encode(parameters, examples)).code;
    },
    async write(codes, { begun, ...choices } = {}) {
      const tokens = await writer.write(parameters, codes, {
        ...choices,
        ...(begun ? { begun: padded(begun, length, -1) } : {}),
      });
      return Array.from({ length: codes.length / latent }, (_, row) => {
        const own = tokens.subarray(row * length, (row + 1) * length);
        const end = own.indexOf(END);
        return Array.from(end < 0 ? own : own.subarray(0, end));
      });
    },
    logChances: (codes, texts) => writer.logChances(parameters, codes, padded(texts, length, -1)),
    dispose: () => writer.dispose(),
  };
}

/** Codes of texts with their ends, `[texts, latent]`. */
export function wholeCodes({ encode, piecer }: TextFace, texts: readonly string[]): Promise<Float32Array> {
  return encode(texts.map((text) => [...piecer.read(text), END]));
}

/** Texts written on the way from the code of one to that of another, in equal steps, both ends included. */
export async function betweenTexts(face: TextFace, from: string, to: string, steps: number): Promise<string[]> {
  const { latent, piecer } = face;
  const ends = await wholeCodes(face, [from, to]);
  const codes = codesOnPath(ends.subarray(0, latent), ends.subarray(latent), steps);
  return (await face.write(codes)).map(piecer.write);
}

/** Texts from codes drawn from the model's prior. @throws OptionError for a kind without one. */
export async function sampleTexts(
  { trained, pieces }: TextModel,
  count: number,
  { temperature = 0, random }: { readonly temperature?: number; readonly random: Random },
): Promise<string[]> {
  const { model, runner, parameters } = trained;
  if (!model.prior)
    throw new OptionError({
      where: '--sample',
      expected: 'a model of a kind with a prior, that new codes are drawn from',
      got: `kind ${model.blueprint.kind.name}`,
      fix: 'train one with --kind variational',
    });
  const face = openTexts({ trained, pieces });
  const codes = await runner.drawCodes(parameters, count, random.fork('codes'));
  const texts = await face.write(codes, { temperature, random: random.fork('pieces') });
  await face.dispose();
  return texts.map(face.piecer.write);
}
