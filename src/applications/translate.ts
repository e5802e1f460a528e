/**
 * `translate`: texts in another language (or style), by an encoder and a decoder trained on pairs; beside a memory of translations and
 * translating word for word.
 *
 *   pairs:  learned from │ chosen by │ measured on
 */
import { createRandom } from '../base/random.ts';
import { END, learnPieces, makePiecer } from '../data/columns/pieces.ts';
import type { TextPair } from '../data/texts.ts';
import type { TrainingEvent } from '../training/events.ts';
import { translationMemory } from './baselines/translation-memory.ts';
import { wordByWord } from './baselines/word-by-word.ts';
import { bleu } from './bleu.ts';
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
  wholeCodes,
} from './text-model.ts';

/** Different pieces, where the user does not say. */
export const TRANSLATION_PIECES = 5000;

const DEFAULTS = {
  network: 'recurrent',
  cell: 'gru',
  direction: 'bidirectional',
  decoding: 'teacher-forcing',
  units: 320,
  latent: 320,
  embedding: 128,
  dropout: 0.3,
  batchSize: 64,
  epochs: 10,
  learningRate: 0.002,
  clip: 5,
};

export interface FitTranslatorRequest extends Omit<FitTextsRequest, 'train' | 'validation' | 'defaults' | 'pieces'> {
  /** Different pieces. */
  readonly size: number;
  readonly pairs: readonly TextPair[];
  /** What is measured on; some of `pairs`, which nothing is learned from, when absent. */
  readonly test?: readonly TextPair[];
}

export interface FittedTranslator extends FittedTexts {
  readonly errors: TranslationErrors;
}

/**
 * Trains a translator and measures it; the generator's return value is both.
 *
 * @throws DataError for fewer than 20 pairs; OptionError, DivergenceError, InterruptedError.
 */
export async function* fitTranslator(request: FitTranslatorRequest): AsyncGenerator<TrainingEvent, FittedTranslator> {
  const { options, size } = request;
  const random = createRandom(Number(options.seed ?? 0)).fork('pairs');
  const { learned, chosen, measured } = splitTexts({
    ...request,
    items: request.pairs,
    what: 'pairs of texts',
    random,
  });
  const pieces = learnPieces(
    learned.flatMap(({ from, to }) => [from, to]),
    size,
  );
  const { read } = makePiecer(pieces);
  const shown = (some: readonly TextPair[]): ShownText[] =>
    some.map(({ from, to }) => ({ shown: [...read(from), END], told: [...read(to), END] }));
  const fitted = yield* fitTexts({
    ...request,
    pieces,
    train: shown(learned),
    validation: shown(chosen),
    defaults: trainingDefaults(DEFAULTS, options, learned.length),
  });
  return { ...fitted, errors: await translationErrors(fitted, measured, learned) };
}

/** How near translations are to those that are given, in BLEU (0 … 100). */
export interface TranslationErrors {
  /** Lines that were measured on. */
  readonly count: number;
  readonly model: number;
  /** Of what needs no network. */
  readonly wordByWord: number;
  readonly memory: number;
  /** A few lines, as they were told. */
  readonly examples: readonly { readonly from: string; readonly told: string; readonly to: string }[];
}

const SHOWN = 12;

/** Translates `measured`, and compares; baselines learn from `pairs`. */
async function translationErrors(
  model: TextModel,
  measured: readonly TextPair[],
  pairs: readonly TextPair[],
): Promise<TranslationErrors> {
  const face = openTexts(model);
  const texts = measured.map(({ from }) => from);
  const references = measured.map(({ to }) => to);
  const told = await translate(face, texts);
  await face.dispose();
  return {
    count: measured.length,
    model: bleu(told, references),
    wordByWord: bleu(texts.map(wordByWord(pairs)), references),
    memory: bleu(texts.map(translationMemory(pairs)), references),
    examples: measured.slice(0, SHOWN).map((pair, at) => ({ ...pair, told: told[at] })),
  };
}

/** Translations of texts; those too long for the model are cut after a mark, else between words, else within one, and told in parts. */
export async function translate(face: TextFace, texts: readonly string[]): Promise<string[]> {
  const { piecer } = face;
  const parts = texts.map((text) => cut(face, text));
  const all = parts.flat();
  const written = all.length === 0 ? [] : await face.write(await wholeCodes(face, all));
  const told = written.map((tokens) => piecer.write(tokens).trim());
  let next = 0;
  return parts.map((own) => own.map(() => told[next++]).join(' '));
}

function cut({ piecer, length }: TextFace, text: string): string[] {
  // The space after its last word is no part of a part.
  const fits = (part: string): boolean => piecer.read(part.trimEnd()).length < length;
  const parts: string[] = [];
  let rest = text;
  while (!fits(rest)) {
    const words = rest.split(/(?<= )/);
    // A word too long for the model is cut within, too.
    const units = fits(words[0]) ? words : [...words[0]];
    let most = 1;
    while (most < units.length && fits(units.slice(0, most + 1).join(''))) most++;
    const marked = units.slice(0, most).findLastIndex((unit) => /[.!?;:,]["')\]]*\s*$/.test(unit));
    const part = units.slice(0, marked >= most / 3 ? marked + 1 : most).join('');
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest].map((part) => part.trimEnd()).filter((part) => part !== '');
}
