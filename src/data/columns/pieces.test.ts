import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { END, learnPieces, makePiecer, pieceCount, piecesSchema } from './pieces.ts';

/** The number of every unknown character. */
const UNKNOWN = 1;

/** Words: "low", " low", " lower", "newest", " newest". */
const CORPUS = ['low low lower', 'newest newest'];

test('the pair that is there most often is joined first; of equals the first in order; none that is there once', () => {
  expect(learnPieces(CORPUS, 1000)).toEqual({
    characters: [' ', 'e', 'l', 'n', 'o', 'r', 's', 't', 'w'],
    joined: [
      ['l', 'o'],
      ['lo', 'w'],
      [' ', 'low'],
      ['e', 's'],
      ['e', 'w'],
      ['es', 't'],
      ['ew', 'est'],
      ['n', 'ewest'],
    ],
  });
});

test('text is read by what was joined, in that order, and an unknown character is one token', () => {
  const { vocabulary, read, write } = makePiecer(learnPieces(CORPUS, 1000));
  expect(vocabulary).toBe(19);
  expect(read('lower newest low')).toEqual([12, 3, 7, 2, 18, 13]);
  expect(read('xlow😀é')).toEqual([UNKNOWN, 12, UNKNOWN, UNKNOWN]);
  expect(write(read('xlow😀é'))).toBe('\uFFFDlow\uFFFD\uFFFD');
  expect(read('')).toEqual([]);
  expect(write([13, 18, END, 12])).toBe(' lownewest');
  expect(write([13, vocabulary])).toBe(' low\uFFFD');
});

test.each([
  [0, 0],
  [11, 0],
  [13, 2],
  [17, 6],
  [19, 8],
  [20, 8],
])('of size %i, %i pairs are joined', (size, joins) => {
  const all = learnPieces(CORPUS, 1000);
  const pieces = learnPieces(CORPUS, size);
  expect(pieces).toEqual({ characters: all.characters, joined: all.joined.slice(0, joins) });
  expect(pieceCount(pieces)).toBe(11 + joins);
  expect(makePiecer(pieces).vocabulary).toBe(11 + joins);
});

test('of size 0, every character is a token', () => {
  const { read } = makePiecer(learnPieces(CORPUS, 0));
  for (const text of CORPUS) expect(read(text)).toHaveLength(text.length);
});

test('what is joined stays within a word: letters, marks and single digits', () => {
  const { joined } = learnPieces(
    Array.from({ length: 3 }, () => 'ab, 42\nab, 42'),
    1000,
  );
  expect(joined.map((pair) => pair.join('')).sort()).toEqual([' 4', 'ab']);
});

const ALPHABET = [
  'a',
  'b',
  'é',
  'e\u0301',
  'ß',
  'ж',
  '漢',
  '😀',
  '👩‍🚀',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '  ',
  '7',
  '42',
  '.',
  '…',
  '-',
];

function randomTexts(count: number, seed: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: random.integer(30) }, () => ALPHABET[random.integer(ALPHABET.length)]).join(''),
  );
}

test.each([0, 60, 300])('of size %i, what is read is written again, with accents composed', (size) => {
  const texts = [...randomTexts(200, 1), ALPHABET.join('')];
  const { vocabulary, read, write } = makePiecer(learnPieces(texts, size));
  for (const text of [...texts, ...randomTexts(200, 2)]) {
    const tokens = read(text);
    expect(write(tokens)).toBe(text.normalize('NFC'));
    for (const token of tokens) expect(token).toBeGreaterThan(UNKNOWN);
    for (const token of tokens) expect(token).toBeLessThan(vocabulary);
  }
});

test('composed and decomposed accents are the same', () => {
  const { read } = makePiecer(learnPieces(['déjà déjà'], 1000));
  expect(read('de\u0301ja\u0300')).toEqual(read('déjà'));
  expect(read('de\u0301ja\u0300')).toHaveLength(1);
});

test('the order of the texts changes nothing', () => {
  const texts = randomTexts(100, 3);
  const order = createRandom(4).permutation(texts.length);
  expect(
    learnPieces(
      Array.from(order, (row) => texts[row]),
      200,
    ),
  ).toEqual(learnPieces(texts, 200));
});

test('texts without a character are refused', () => {
  expect(() => learnPieces(['', ''], 10)).toThrow('expected at least one character to learn from');
  expect(() => learnPieces([], 10)).toThrow('expected at least one character to learn from');
});

test('null characters: pairs of them are told apart', () => {
  const texts = ['\0\0\0 \0\0\0', '\0\0!\0!!\0'];
  const { read, write } = makePiecer(learnPieces(texts, 100));
  for (const text of texts) expect(write(read(text))).toBe(text);
  const { read: readOwn } = makePiecer({
    characters: ['\0'],
    joined: [
      ['\0', '\0'],
      ['\0', '\0\0'],
    ],
  });
  expect(readOwn('\0\0\0')).toEqual([3, 2]);
});

test('its file: plain JSON and back, and nothing that could not have been learned', () => {
  const pieces = learnPieces(CORPUS, 1000);
  expect(piecesSchema.parse(JSON.parse(JSON.stringify(pieces)))).toEqual(pieces);
  const refusal = (changed: unknown): string => {
    const { error } = piecesSchema.safeParse(changed);
    return error?.issues[0].message ?? 'taken';
  };
  const { characters, joined } = pieces;
  expect(refusal({ characters, joined: joined.slice(1) })).toBe('only pieces that are known can be joined');
  expect(refusal({ characters, joined: [['lo', 'w'], ...joined] })).toBe('only pieces that are known can be joined');
  expect(refusal({ characters: characters.slice(1), joined })).toBe('only pieces that are known can be joined');
  expect(refusal({ characters: [...characters, 'e'], joined })).toBe('characters must be distinct');
  expect(refusal({ characters: [...characters, 'xy'], joined })).toBe('one character each');
  expect(refusal({ characters: [...characters, '😀'], joined })).toBe('taken');
  expect(refusal({ characters: [], joined: [] })).not.toBe('taken');
  expect(refusal({ characters, joined: [['l', '']] })).not.toBe('taken');
  expect(refusal({ characters, joined, more: 1 })).not.toBe('taken');
});
