import { expect, test } from 'vitest';
import { cardOf, parametersFor, tinyModel } from '../../test/conformance/tiny-models.ts';
import { ModelFileError } from '../base/errors.ts';
import { learnPieces, pieceCount } from '../data/columns/pieces.ts';
import { nodeEngine } from '../engine/node.ts';
import { makeRunner } from '../model/runner.ts';
import { assembleTexts, decodeTexts, encodeTexts, type SavedTexts } from './text-file.ts';
import type { TrainedModel } from './trained.ts';

const saved: SavedTexts = {
  use: 'translate',
  model: 'model/model.safetensors',
  isRunning: false,
  pieces: learnPieces(['aab aab', 'é😀\n'], 20),
};
const file = JSON.parse(new TextDecoder().decode(encodeTexts(saved))) as Record<string, unknown>;

test('its file brings everything back', () => {
  expect(decodeTexts(JSON.stringify(file), 'texts.json')).toEqual(saved);
  const other: SavedTexts = { ...saved, use: 'complete', isRunning: true, model: 'm.safetensors' };
  expect(decodeTexts(new TextDecoder().decode(encodeTexts(other)), 'texts.json')).toEqual(other);
});

const { pieces } = saved;
const [first, ...rest] = pieces.joined;

test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
  ['another format', { format: 'autoencoder-detector' }, 'format'],
  ['another version', { version: 2 }, 'version'],
  ['no version', { version: undefined }, 'version'],
  ['another use', { use: 'summarise' }, 'use'],
  ['more than there is', { script: 'rm' }, 'shape'],
  ['a word for yes', { isRunning: 'no' }, 'isRunning'],
  ['a path above the folder', { model: '../model.safetensors' }, 'model'],
  ['a path that goes down and up', { model: 'model/../../model.safetensors' }, 'model'],
  ['a path from the root', { model: '/etc/model.safetensors' }, 'model'],
  ['a path of another system', { model: 'C:\\model.safetensors' }, 'model'],
  ['another kind of file', { model: 'model/model.onnx' }, 'model'],
  ['no characters', { pieces: { characters: [], joined: [] } }, 'pieces.characters'],
  ['a character twice', { pieces: { ...pieces, characters: [...pieces.characters, 'a'] } }, 'pieces'],
  ['two characters as one', { pieces: { ...pieces, characters: [...pieces.characters, 'xy'] } }, 'pieces.characters'],
  ['a character that is a number', { pieces: { ...pieces, characters: [1] } }, 'pieces.characters'],
  ['what is joined before it is there', { pieces: { ...pieces, joined: [...rest, first] } }, 'pieces'],
  ['an unknown character joined', { pieces: { ...pieces, joined: [['z', 'a']] } }, 'pieces'],
  ['three pieces joined', { pieces: { ...pieces, joined: [['a', 'a', 'b']] } }, 'pieces.joined'],
  ['nothing joined', { pieces: { ...pieces, joined: [['a', '']] } }, 'pieces.joined'],
])('%s: refused, and where', (_, change, where) => {
  const decode = () => decodeTexts(JSON.stringify({ ...file, ...change }), 'a/texts.json');
  expect(decode).toThrow(ModelFileError);
  expect(decode).toThrow(`a/texts.json: expected a model of texts with a valid ${where}`);
});

test.each(['', '{', 'null', '[]', '"texts"', '7', '{}', JSON.stringify(file).slice(0, -2)])('%j: refused', (text) => {
  expect(() => decodeTexts(text, 'a/texts.json')).toThrow(ModelFileError);
  expect(() => decodeTexts(text, 'a/texts.json')).toThrow('a/texts.json');
});

test('a model of another vocabulary, or of numbers, is none of these texts', () => {
  const engine = nodeEngine({ threads: 1 });
  const trainedOf = (loss: string): TrainedModel => {
    const model = tinyModel({ network: 'recurrent', architecture: { loss } });
    return { engine, model, runner: makeRunner(engine, model), parameters: parametersFor(model), card: cardOf(model) };
  };
  const tokens = trainedOf('categorical');
  const five = { characters: ['a', 'b', 'c'], joined: [] };
  expect(pieceCount(five)).toBe(5);
  expect(assembleTexts({ ...saved, pieces: five }, tokens, 'texts.json')).toEqual({ trained: tokens, pieces: five });
  const more = { ...saved, pieces: { characters: ['a', 'b', 'c', 'd'], joined: [] } };
  expect(() => assembleTexts(more, tokens, 'texts.json')).toThrow('texts.json: expected a model of 6 tokens, got 5');
  expect(() => assembleTexts(more, tokens, 'texts.json')).toThrow(ModelFileError);
  expect(() => assembleTexts(more, trainedOf('squared-error'), 'texts.json')).toThrow('got one of numbers');
});
