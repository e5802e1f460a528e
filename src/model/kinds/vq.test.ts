import { expect, test } from 'vitest';
import { examplesOf, tinyModel } from '../../../test/conformance/tiny-models.ts';
import { node, trained } from '../../../test/conformance/train-tiny.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { makeRunner } from '../runner.ts';

const model = tinyModel({ kind: 'vq', kindOptions: { codebookSize: 8, entryWidth: 1, codebookDecay: 0.9 } });
const examples = examplesOf(2000, { seed: 2 });
const result = await trained({ model, train: examples, options: { epochs: 20, learningRate: 0.01 } });
const runner = makeRunner(node, model);

test('codes are entries of the codebook, and all entries are in use', async () => {
  const codebook = result.parameters.get('kind.codebook') ?? new Float32Array(0);
  const { code, choice } = await runner.encode(result.parameters, examples);
  for (const [i, value] of code.entries()) expect(value).toBe(codebook[choice[i]]);
  expect(new Set(choice).size).toBe(8);
});

test('the prior learns which entries go together: its draws are likelier than chance', async () => {
  const { validation } = result.history[result.history.length - 1];
  // Three positions of eight entries: log 8 each, if nothing were known about them.
  expect(validation.prior).toBeLessThan(0.9 * 3 * Math.log(8));
  const count = 2000;
  const codes = await runner.drawCodes(result.parameters, count, createRandom(4));
  expect(codes.length).toBe(3 * count);
  const codebook = result.parameters.get('kind.codebook') ?? new Float32Array(0);
  const { choice } = await runner.encode(result.parameters, examplesOf(count, { seed: 9 }));
  // Pairs of the first two positions: as frequent among draws as among codes of new data.
  const share = (entry: (row: number, position: number) => number): Float64Array => {
    const shares = new Float64Array(64);
    for (let row = 0; row < count; row++) shares[8 * entry(row, 0) + entry(row, 1)] += 1 / count;
    return shares;
  };
  const ofDraws = share((row, position) => codebook.indexOf(codes[3 * row + position]));
  const ofData = share((row, position) => choice[3 * row + position]);
  const distance = ofDraws.reduce((total, value, i) => total + Math.abs(value - ofData[i]) / 2, 0);
  expect(distance).toBeLessThan(0.2);
});

test('a codebook larger than the data, or entries that do not divide the code, are refused', () => {
  expect(() => tinyModel({ kind: 'vq', kindOptions: { codebookSize: 101 } })).toThrow(OptionError);
  expect(() => tinyModel({ kind: 'vq', kindOptions: { entryWidth: 2 } })).toThrow("a divisor of the code's 3 numbers");
});
