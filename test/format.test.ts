/** docs/format.md tells the truth: its worked example is what is written, and what is read. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../src/model/file/safetensors.ts';

const page = await readFile(new URL('../docs/format.md', import.meta.url), 'utf8');

test('the worked example, byte for byte', async () => {
  const dump = /```hex\n([^`]*)```/.exec(page)?.[1] ?? '';
  const digits = dump.split('\n').flatMap((line) => line.slice(6, 53).trim().split(' '));
  const shown = Uint8Array.from(
    digits.filter((digit) => digit !== ''),
    (digit) => Number.parseInt(digit, 16),
  );
  const example = {
    tensors: new Map([['a', { shape: [2], data: Float32Array.of(1, -2) }]]),
    metadata: { format: 'example' },
  };
  expect(shown).toEqual(await encodeSafetensors(example));
  expect(await decodeSafetensors(shown, 'example')).toEqual(example);
});
