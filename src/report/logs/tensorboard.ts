/**
 * Event files of TensorBoard: records of Protocol Buffers, each with its length and checks (TensorFlow: core/lib/io/record_writer.h and
 * core/util/event.proto).
 *
 *   length, uint64 │ masked CRC-32C of the length │ event │ masked CRC-32C of the event
 */
import { appendFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32c } from '../../base/crc32.ts';
import { Message } from '../../base/protobuf-message.ts';
import { fileError } from '../../data/files.ts';
import { figuresOf, type RunLog } from './run-log.ts';

/** A file of its own in `folder`, for `tensorboard --logdir`; `now` gives seconds since 1970. @throws FileError */
export async function tensorboardLog(folder: string, now: () => number): Promise<RunLog> {
  const file = join(folder, `events.out.tfevents.${Math.floor(now())}.${hostname()}`);
  const write = async (event: Message): Promise<void> => {
    await appendFile(file, recordOf(event.finish())).catch((cause: unknown) => {
      throw fileError(cause, file, 'written');
    });
  };
  const first = new Message();
  first.double(1, now());
  first.text(3, 'brain.Event:2');
  await write(first);
  return {
    async add(record) {
      const summary = new Message();
      for (const [tag, value] of figuresOf(record)) {
        const figure = new Message();
        figure.text(1, tag);
        figure.float(2, value);
        summary.message(1, figure);
      }
      const event = new Message();
      event.double(1, now());
      event.varint(2, record.epoch);
      event.message(5, summary);
      await write(event);
    },
    end: async () => {},
  };
}

/** An event as a record of the file. */
export function recordOf(event: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + event.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(event, 12);
  view.setUint32(12 + event.length, masked(crc32c(event)), true);
  return record;
}

/** Turned and moved, because checks of what contains checks are weak. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
