import { expect, test } from 'vitest';
import { defaultsFor } from './options.ts';

test.each([
  [55_000, 20, 256],
  [16_384, 32, 256],
  [2000, 20, 16],
  [310, 106, 16],
  [10, 200, 16],
])('%i examples: %i epochs in batches of %i', (count, epochs, batchSize) => {
  expect(defaultsFor(count)).toEqual({ epochs, batchSize });
});

test('a batch size that was asked for stays, and the epochs follow from it', () => {
  expect(defaultsFor(2000, 100)).toEqual({ epochs: 100, batchSize: 100 });
});
