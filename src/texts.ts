/** Models of texts in the library: translations learned from pairs, and how texts go on. */

import { COMPLETION_PIECES, type CompletionErrors, complete, fitCompleter } from './applications/complete.ts';
import { type KeptTexts, readTextModel, textFiles } from './applications/text-file.ts';
import {
  betweenTexts,
  type FitTextsRequest,
  openTexts,
  sampleTexts,
  type TextModel,
} from './applications/text-model.ts';
import { fitTranslator, TRANSLATION_PIECES, type TranslationErrors, translate } from './applications/translate.ts';
import { type Examples, testPart, trainPart } from './autoencoder.ts';
import { createRandom } from './base/random.ts';
import type { Source } from './data/dataset.ts';
import { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
import { knownTexts, pairTexts, readTexts, type TextPair } from './data/texts.ts';
import { engineOr } from './default-engine.ts';
import type { Engine } from './engine/engine.ts';
import { finish, type TrainingEvent } from './training/events.ts';

export interface TextOptions {
  /** Names of the columns of text; the first ones when absent. */
  readonly columns?: readonly string[];
  /** Different pieces of words that texts are cut into. */
  readonly pieces?: number | 'characters';
  /** Pieces of a text at most; so many that 98 of 100 fit when absent. */
  readonly length?: number;
  readonly seed?: number;
  readonly engine?: Engine;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Options of the model and of its training. */
  readonly [option: string]: unknown;
}

/** Writes texts from codes. */
export interface TextWriter {
  /** Texts on the way from one to another, both ends included. */
  between(from: string, to: string, steps?: number): Promise<string[]>;
  /** New texts from codes drawn at random. @throws OptionError for a kind without a prior. */
  sample(count: number, options?: { readonly temperature?: number; readonly seed?: number }): Promise<string[]>;
  /** What it is kept in, for `openTranslator` or `openCompleter` and for the command. */
  files(): Promise<FolderFiles>;
}

/** Tells texts in other words. */
export interface Translator extends TextWriter {
  translate(texts: readonly string[]): Promise<string[]>;
}

/** One that was trained here. */
export interface TrainedTranslator extends Translator {
  /** BLEU on pairs that nothing was learned from. */
  readonly errors: TranslationErrors;
  /** Seconds of training. */
  readonly seconds: number;
}

/** Goes on with texts. */
export interface TextCompleter extends TextWriter {
  /** Whole texts that begin so, drawn at `temperature` above 0; of a running text `further` pieces more. */
  complete(
    beginnings: readonly string[],
    options?: { readonly temperature?: number; readonly further?: number; readonly seed?: number },
  ): Promise<string[]>;
}

/** One that was trained here. */
export interface TrainedTextCompleter extends TextCompleter {
  /** The surprise of the second half of texts that nothing was learned from. */
  readonly errors: CompletionErrors;
  /** Seconds of training. */
  readonly seconds: number;
}

/**
 * A translator made from a table with two columns of text.
 *
 * @example
 * const french = await translator(await loadData('sentences'));
 * const [told] = await french.translate(['the old bird does not eat']);
 * @throws DataError for fewer than two columns of text or 20 pairs; OptionError, DivergenceError, InterruptedError.
 */
export async function translator(data: Examples, options: TextOptions = {}): Promise<TrainedTranslator> {
  const { columns, pieces } = options;
  const pairsIn = (source: Source): TextPair[] => {
    const [from, to] = readTexts(source, 2, columns);
    return pairTexts(from, to);
  };
  const test = testPart(data);
  const learning = fitTranslator({
    ...(await requestFor(options)),
    name: trainPart(data).name,
    pairs: pairsIn(trainPart(data)),
    test: test && pairsIn(test),
    size: sizeOf(pieces, TRANSLATION_PIECES),
  });
  const fitted = await finish(learning, options.onEvent);
  return { ...translatorOf(fitted), errors: fitted.errors, seconds: fitted.result.seconds };
}

/** A translator from its files, or from their folder. @throws ModelFileError for damaged ones, OptionError for those of a completer. */
export async function openTranslator(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<Translator> {
  return translatorOf(await readTextModel(folderOf(files), 'translate', await engineOr(engine)));
}

function translatorOf(own: TextModel): Translator {
  const { face, ...writer } = writerOf({ ...own, use: 'translate', isRunning: false });
  return { ...writer, translate: (texts) => translate(face, texts) };
}

/**
 * A model of the texts in a column, each for itself, or, with `window`, lines of one text that is read through windows of so many pieces.
 *
 * @example
 * const sentences = await completer(await loadData('sentences'), { columns: ['text'] });
 * const [whole] = await sentences.complete(['the old bird']);
 * @throws DataError for data without a column of text or with fewer than 20; OptionError, DivergenceError, InterruptedError.
 */
export async function completer(
  data: Examples,
  { window, ...options }: TextOptions & { readonly window?: number } = {},
): Promise<TrainedTextCompleter> {
  const { columns, pieces, length } = options;
  const isRunning = window !== undefined;
  const textsIn = (source: Source): string[] => knownTexts(readTexts(source, 1, columns)[0], isRunning);
  const test = testPart(data);
  const learning = fitCompleter({
    ...(await requestFor(options)),
    name: trainPart(data).name,
    texts: textsIn(trainPart(data)),
    test: test && textsIn(test),
    size: sizeOf(pieces, COMPLETION_PIECES),
    length: window ?? length,
    isRunning,
  });
  const fitted = await finish(learning, options.onEvent);
  return { ...completerOf(fitted), errors: fitted.errors, seconds: fitted.result.seconds };
}

/** A completer from its files, or from their folder. @throws ModelFileError for damaged ones, OptionError for those of a translator. */
export async function openCompleter(
  files: FolderFiles | Folder,
  { engine }: { readonly engine?: Engine } = {},
): Promise<TextCompleter> {
  return completerOf(await readTextModel(folderOf(files), 'complete', await engineOr(engine)));
}

function completerOf(own: TextModel & { readonly isRunning: boolean }): TextCompleter {
  const { face, ...writer } = writerOf({ ...own, use: 'complete' });
  return {
    ...writer,
    complete: (beginnings, { temperature, further, seed = 0 } = {}) =>
      complete(own, face, beginnings, { temperature, pieces: further, random: createRandom(seed).fork('complete') }),
  };
}

async function requestFor({
  columns: _,
  pieces: __,
  length,
  engine,
  onEvent: ___,
  signal,
  ...options
}: TextOptions): Promise<Pick<FitTextsRequest, 'engine' | 'options' | 'length' | 'clock' | 'signal'>> {
  return {
    engine: await engineOr(engine),
    options,
    length,
    clock: () => performance.now(),
    signal,
  };
}

function sizeOf(pieces: TextOptions['pieces'], usual: number): number {
  return pieces === 'characters' ? 0 : (pieces ?? usual);
}

function writerOf(own: KeptTexts): TextWriter & { readonly face: ReturnType<typeof openTexts> } {
  const face = openTexts(own);
  return {
    face,
    between: (one, other, steps = 6) => betweenTexts(face, one, other, steps),
    sample: (count, { temperature, seed = 0 } = {}) =>
      sampleTexts(own, count, { temperature, random: createRandom(seed).fork('sample') }),
    files: () => textFiles(own),
  };
}
