/** Event files of TensorBoard, read back by the description of their format. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { crc32c } from '../../src/base/crc32.ts';
import { recordOf } from '../../src/report/logs/tensorboard.ts';

const run = promisify(execFile);
const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;

interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** Fields of a message; numbers of 4 and 8 bytes as floats. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [key >>> 3, key & 7];
    if (type === 0) fields.push({ field, value: varint() });
    else if (type === 1) {
      fields.push({ field, value: view.getFloat64(at, true) });
      at += 8;
    } else if (type === 5) {
      fields.push({ field, value: view.getFloat32(at, true) });
      at += 4;
    } else {
      const length = varint();
      fields.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

/** The events of a file, whose checks must hold. */
function eventsIn(bytes: Uint8Array): Field[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const unmasked = (at: number): number => {
    const turned = (view.getUint32(at, true) - 0xa282ead8) >>> 0;
    return ((turned >>> 17) | (turned << 15)) >>> 0;
  };
  const events: Field[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmasked(at + 8)).toBe(crc32c(bytes.subarray(at, at + 8)));
    const event = bytes.subarray(at + 12, at + 12 + length);
    expect(unmasked(at + 12 + length)).toBe(crc32c(event));
    events.push(fieldsOf(event));
    at += 16 + length;
  }
  return events;
}

const valueIn = (fields: readonly Field[], field: number) => fields.find((each) => each.field === field)?.value;
const textOf = (value: number | Uint8Array | undefined): string => new TextDecoder().decode(value as Uint8Array);

test('checks are those of Castagnoli', () => {
  // RFC 3720, appendix B.4, and the usual check value.
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

test('the first record of a file is, byte for byte, the one that TensorFlow writes', () => {
  // An event of wall time 0 with the version: of it the masked checks are known.
  const event = Uint8Array.of(0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0x0d, ...new TextEncoder().encode('brain.Event:2'));
  const record = recordOf(event);
  expect(Array.from(record.subarray(0, 12))).toEqual([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
  expect(record.length).toBe(24 + 16);
});

test('train --log tensorboard writes the figures of metrics.jsonl, epoch by epoch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'autoencoder-log-'));
  const out = join(folder, 'run');
  const words = 'train sensors --limit 300 --epochs 3 --kind variational --json --log tensorboard --out'.split(' ');
  await run(process.execPath, [command, ...words, out]);
  const [file] = (await readdir(out)).filter((name) => name.startsWith('events.out.tfevents.'));
  const [first, ...events] = eventsIn(await readFile(join(out, file)));
  expect(textOf(valueIn(first, 3))).toBe('brain.Event:2');
  const records = (await readFile(join(out, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { epoch: number; train: Record<string, number>; validation: Record<string, number> },
    );
  expect(events.map((event) => valueIn(event, 2))).toEqual([1, 2, 3]);
  for (const [at, event] of events.entries()) {
    expect(Math.abs((valueIn(event, 1) as number) - Date.now() / 1000)).toBeLessThan(120);
    const figures = new Map(
      fieldsOf(valueIn(event, 5) as Uint8Array).map(({ value }) => {
        const figure = fieldsOf(value as Uint8Array);
        return [textOf(valueIn(figure, 1)), valueIn(figure, 2)];
      }),
    );
    for (const part of ['train', 'validation'] as const)
      for (const [name, value] of Object.entries(records[at][part]))
        expect(figures.get(`${part}/${name}`)).toBe(Math.fround(value));
    expect(figures.has('learning_rate')).toBe(true);
  }
}, 60_000);
