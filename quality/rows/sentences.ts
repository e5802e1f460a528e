/** Sentences: words as tokens through a code of 128 numbers and back, of captions that training has not seen. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ArraySource, autoencoder } from 'autoencoder';
import { engine, measureRow } from '../row.ts';

/** Tokens of an example, its end included. */
const LENGTH = 16;
const MOST_WORDS = 12;
/** A word seen less often in training is the token `UNKNOWN`. */
const LEAST_SEEN = 2;
const [END, UNKNOWN] = [0, 1];
const PADDING = -1;

type Sentence = readonly string[];

await measureRow({
  name: 'sentences',
  what: 'Multi30k, English; words of lower case and marks as tokens (5946 different ones, seen twice or more), dense without hidden layers, every word 16 numbers, a code of 128; trained on the 29 000 training sentences, those over 15 tokens cut into equal pieces',
  measure:
    'share of the tokens told rightly, on the 2016 test sentences of at most 12 words: all words and marks of all of them, a word that is not in the vocabulary as the token “unknown”; ends and padding not counted',
  bar: { atLeast: 0.95 },
  published: 'none on these sentences',
  async run(seed, folder) {
    const captions = sentencesOf(`${folder}/multi30k/train.en.gz`);
    const numbers = vocabularyOf(captions);
    const asSource = (sentences: readonly Sentence[]): ArraySource => ({
      form: 'array',
      name: 'captions',
      values: Float32Array.from(sentences.flatMap((sentence) => tokensOf(sentence, numbers))),
      shape: [sentences.length, LENGTH],
    });
    const pieces = captions.flatMap(cut);
    const model = autoencoder({
      loss: 'categorical',
      vocabulary: numbers.size + 2,
      network: 'dense',
      hidden: [],
      embedding: 16,
      latent: 128,
      engine: engine(),
    });
    const { baselines, seconds } = await model.fit(asSource(pieces), {
      epochs: 8,
      batchSize: 128,
      learningRate: 0.01,
      validation: 0.03,
      seed,
    });
    const accuracy = async (sentences: readonly Sentence[]) => {
      const rebuilt = await model.reconstruct(asSource(sentences));
      if (rebuilt.form !== 'array') throw new Error('tokens were expected');
      return sharesOf(sentences, rebuilt.values, numbers);
    };
    const test = await accuracy(sentencesOf(`${folder}/multi30k/test_2016_flickr.en.gz`).filter(isShort));
    const training = await accuracy(captions.filter(isShort));
    const { tokens: value, ...others } = test;
    return {
      value,
      others: {
        ...others,
        training: training.tokens,
        pca: 1 - (baselines.pca?.mse ?? Number.NaN),
        trainingSeconds: seconds,
      },
    };
  },
});

function sentencesOf(file: string): Sentence[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => line.toLowerCase().match(/[a-z0-9]+(?:['’][a-z]+)*|[^\sa-z0-9]/gu) ?? []);
}

function isWord(token: string): boolean {
  return /^[a-z0-9]/.test(token);
}

function isShort(sentence: Sentence): boolean {
  return sentence.filter(isWord).length <= MOST_WORDS;
}

/** The numbers of the words and marks that training shows often enough. */
function vocabularyOf(sentences: readonly Sentence[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of sentences.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
  const known = [...counts].filter(([, count]) => count >= LEAST_SEEN);
  return new Map(known.map(([token], at) => [token, at + UNKNOWN + 1]));
}

/** A sentence in as few pieces as fit with their ends, of as equal length as can be. */
function cut(sentence: Sentence): Sentence[] {
  const pieces = Math.ceil(sentence.length / (LENGTH - 1));
  const border = (piece: number): number => Math.round((piece * sentence.length) / pieces);
  return Array.from({ length: pieces }, (_, piece) => sentence.slice(border(piece), border(piece + 1)));
}

/** The tokens, then the end, then padding; a test sentence that is too long is cut off. */
function tokensOf(sentence: Sentence, numbers: ReadonlyMap<string, number>): number[] {
  const tokens = sentence.map((token) => numbers.get(token) ?? UNKNOWN);
  return [...tokens, END, ...new Array<number>(LENGTH).fill(PADDING)].slice(0, LENGTH);
}

/** Shares of what is told rightly; what was cut off is told wrongly. */
function sharesOf(sentences: readonly Sentence[], told: ArrayLike<number>, numbers: ReadonlyMap<string, number>) {
  const places = sentences.flatMap((sentence, row) =>
    sentence.map((token, at) => ({
      row,
      token,
      isRight: at < LENGTH && told[row * LENGTH + at] === (numbers.get(token) ?? UNKNOWN),
    })),
  );
  const share = (chosen: typeof places): number => chosen.filter(({ isRight }) => isRight).length / chosen.length;
  const wrong = new Set(places.filter(({ isRight }) => !isRight).map(({ row }) => row));
  return {
    tokens: share(places),
    words: share(places.filter(({ token }) => isWord(token))),
    knownWords: share(places.filter(({ token }) => isWord(token) && numbers.has(token))),
    unknown: places.filter(({ token }) => !numbers.has(token)).length / places.length,
    wholeSentences: 1 - wrong.size / sentences.length,
  };
}
