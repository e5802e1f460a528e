import { describe, expect, test } from 'vitest';
import type { ArraySource } from '../data/dataset.ts';
import { checkModel, decodeIndex, encodeIndex } from './index-file.ts';
import type { SearchIndex } from './search-index.ts';

const index: SearchIndex = {
  codes: Float32Array.of(1, 2, 3, 4),
  width: 2,
  names: ['a.png', 'b.png'],
  labels: { names: ['x', 'y'], values: Int32Array.of(1, -1) },
  distance: 'cosine',
  parts: [],
  pictures: { pixels: Uint8Array.of(1, 2), shape: [2, 1, 1, 1] },
};
const model = { file: 'model/model.safetensors', sha256: 'ab'.repeat(32) };
const text = new TextDecoder().decode(encodeIndex(index, { model, codes: 'codes.npy', pictures: 'pictures.npy' }));
const array = (values: Float32Array | Uint8Array, shape: readonly number[]): ArraySource => ({
  form: 'array',
  name: 'codes.npy',
  values,
  shape,
});
const codes = array(index.codes, [2, 2]);
const pictures = array(Uint8Array.of(1, 2), [2, 1, 1, 1]);

describe('index.json', () => {
  test('gives back what was written', () => {
    const saved = decodeIndex(text, 'index.json');
    expect(saved).toMatchObject({ model, codes: 'codes.npy', pictures: 'pictures.npy' });
    expect(saved.assemble(2, codes, pictures)).toEqual(index);
  });

  test('with parts, codes for each of them', () => {
    const parts = [{ x: 1, y: 0, width: 2, height: 3 }];
    const parted = { ...index, parts, codes: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const written = new TextDecoder().decode(encodeIndex(parted, { model, codes: 'codes.npy' }));
    const { pictures: _, ...withoutPictures } = parted;
    const saved = decodeIndex(written, 'index.json');
    expect(saved.assemble(2, array(parted.codes, [4, 2]), undefined)).toEqual(withoutPictures);
    expect(() => saved.assemble(2, codes, undefined)).toThrow('codes of shape [4, 2], got [2, 2]');
    expect(() => decodeIndex(written.replace('"x":1', '"x":-1'), 'index.json')).toThrow('a valid parts');
  });

  test.each([
    ['{', 'does not parse'],
    [text.replace('"version":1', '"version":2'), 'a valid version'],
    [text.replace('"cosine"', '"manhattan"'), 'a valid distance'],
    [text.replace('codes.npy', '../codes.npy'), 'a valid codes'],
    [text.replace('model/model', '../model'), 'a path within the folder'],
    [text.replace('"b.png"', '"a.png"'), 'every name once'],
    [text.replace('[1,-1]', '[1]'), '2 labels'],
    [text.replace('[1,-1]', '[2,-1]'), 'labels below 2'],
    [text.replace('"names"', '"more":1,"names"'), 'Unrecognized key'],
  ])('%s: %s', (damaged, message) => {
    expect(() => decodeIndex(damaged, 'index.json')).toThrow(message);
  });

  test('codes and pictures of another number are refused, and so is another model', () => {
    const saved = decodeIndex(text, 'index.json');
    expect(() => saved.assemble(3, codes, pictures)).toThrow('codes of shape [2, 3], got [2, 2]');
    expect(() => saved.assemble(2, array(Uint8Array.of(1, 2, 3, 4), [2, 2]), pictures)).toThrow('codes of shape');
    expect(() => saved.assemble(2, codes, array(Uint8Array.of(1), [1, 1, 1, 1]))).toThrow('2 pictures of bytes');
    expect(() => checkModel(saved, model.sha256, 'model.safetensors', 'index.json')).not.toThrow();
    expect(() => checkModel(saved, 'cd'.repeat(32), 'model.safetensors', 'index.json')).toThrow(
      'model.safetensors: expected the model that index.json was made with (SHA-256 abababababab…), got another one (cdcdcdcdcdcd…)',
    );
  });
});
