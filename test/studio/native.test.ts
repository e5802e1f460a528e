/** Trainings that the page leaves to the program that serves it: who may, that they are the same trainings, and what ends them. */
import { expect, onTestFinished, test } from 'vitest';
import { type Listening, listen } from '../../src/server/listen.ts';
import { studioServer } from '../../src/server/studio-server.ts';
import { pack, unpack, unpackAll } from '../../studio/native/packed.ts';
import { beginNatively } from '../../studio/worker/native-training.ts';
import type { Course, TrainingListener } from '../../studio/worker/training.ts';
import { pictures } from '../serve/serving.ts';

const KEY = 'a-key';

interface Started extends Listening {
  readonly native: string;
  end(): void;
}

async function start(): Promise<Started> {
  const ended = new AbortController();
  const app = studioServer({
    files: new Map(),
    key: KEY,
    program: new URL('../../dist/native/training.js', import.meta.url),
    threads: 1,
    signal: ended.signal,
    log: () => {},
  });
  const server = await listen(app, { port: 0 });
  onTestFinished(() => {
    ended.abort();
    return server.close(1);
  });
  return { ...server, native: `${server.url}native`, end: () => ended.abort() };
}

interface Watched extends Course {
  readonly checkpoints: { readonly bytes: Uint8Array; readonly epoch: number }[];
  readonly epochs: number[];
}

function course(options: Readonly<Record<string, unknown>>, checkpoint?: Uint8Array): Watched {
  const checkpoints: Watched['checkpoints'] = [];
  const epochs: number[] = [];
  const listener: TrainingListener = {
    event: (event) => {
      if (event.type === 'epoch') epochs.push(event.record.epoch);
    },
    look: () => {},
    saved: () => {},
  };
  return {
    source: { train: pictures(300) },
    options: { hidden: [16], latent: 3, batchSize: 32, seed: 5, ...options },
    checkpoint,
    listener,
    keep: async (bytes, epoch) => {
      checkpoints.push({ bytes, epoch });
    },
    checkpoints,
    epochs,
  };
}

test('values come out of their bytes as they went in, however the stream is cut', async () => {
  const value = {
    text: 'ä "quoted"',
    numbers: [1.5, Number.NaN, Infinity, -Infinity, null, true],
    lists: {
      floats: Float32Array.of(1.5, Number.NaN),
      doubles: Float64Array.of(Math.PI),
      bytes: Uint8Array.of(1, 2, 3).subarray(1),
      whole: Int32Array.of(-1),
      none: new Uint32Array(0),
      clamped: Uint8ClampedArray.of(255),
    },
  };
  expect(unpack(pack(value))).toEqual(value);
  const stream = new Uint8Array([...pack(value), ...pack('second'), ...pack([])]);
  for (const size of [1, 3, 50, stream.length]) {
    const found: unknown[] = [];
    const chunks = async function* () {
      // As Node gives them, too, whose slices are views.
      for (let at = 0; at < stream.length; at += size) yield Buffer.from(stream.subarray(at, at + size));
    };
    for await (const part of unpackAll(chunks())) found.push(part);
    expect(found, `pieces of ${size}`).toEqual([value, 'second', []]);
  }
});

test('without the key, or from the page of another site, nothing is trained', async () => {
  const { native } = await start();
  await expect(beginNatively({ url: native, key: 'another' }, course({})).ended).rejects.toThrow(/the key/);
  const post = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${native}/${path}`, { method: 'POST', headers })).status;
  const withKey = { Authorization: `Bearer ${KEY}` };
  expect(await post('id', {})).toBe(401);
  expect(await post('id/stop', {})).toBe(401);
  expect(await post('id', { ...withKey, Origin: 'https://elsewhere.example' })).toBe(403);
  expect(await post('id/stop', withKey)).toBe(404);
  expect(await post('id/stop/more', withKey)).toBe(404);
});

test('it learns what the library learns, and goes on from its checkpoint', async () => {
  const { native } = await start();
  const whole = course({ epochs: 6 });
  const { model, epochs, validation } = await beginNatively({ url: native, key: KEY }, whole).ended;
  expect([epochs, whole.epochs]).toEqual([6, [1, 2, 3, 4, 5, 6]]);

  const { begin } = await import('../../studio/worker/training.ts');
  const { nodeEngine } = await import('autoencoder');
  const here = course({ epochs: 6 });
  const beside = await begin(here, nodeEngine({ threads: 1 })).ended;
  expect(validation).toEqual(beside.validation);
  expect(model.length).toBe(beside.model.length);

  const [first] = here.checkpoints;
  const rest = course({ epochs: 6 }, first.bytes);
  const again = await beginNatively({ url: native, key: KEY }, rest).ended;
  expect(again.validation).toEqual(validation);
}, 60_000);

test('it is held, goes on, and stops by hand with what it has learned', async () => {
  const { native } = await start();
  const long = course({ epochs: 100_000 });
  const running = beginNatively({ url: native, key: KEY }, long);
  await expect.poll(() => long.epochs.length, { timeout: 20_000 }).toBeGreaterThan(5);
  running.pause();
  let before = -1;
  await expect
    .poll(
      () => {
        const isStill = long.epochs.length === before;
        before = long.epochs.length;
        return isStill;
      },
      { interval: 500, timeout: 10_000 },
    )
    .toBe(true);
  running.goOn();
  await expect.poll(() => long.epochs.length, { timeout: 10_000 }).toBeGreaterThan(before);
  running.stop();
  const { epochs, model } = await running.ended;
  expect(epochs).toBeLessThan(100_000);
  expect(model.length).toBeGreaterThan(1000);
}, 60_000);

test('who goes away ends the process, a program that ends is told of, options that are none are complained of', async () => {
  const server = await start();
  const native = { url: server.native, key: KEY };
  const first = course({ epochs: 100_000 });
  const left = beginNatively(native, first);
  await expect.poll(() => first.epochs.length, { timeout: 20_000 }).toBeGreaterThan(1);
  left.abort();
  await expect(left.ended).rejects.toThrow();
  await expect(beginNatively(native, course({ kind: 'vanila' })).ended).rejects.toThrow(/vanilla/);
  // As many as there may be at a time: those that have gone are not counted.
  const all = Array.from({ length: 4 }, () => course({ epochs: 100_000 }));
  const ends = all.map((each) => beginNatively(native, each).ended.catch(String));
  for (const each of all) await expect.poll(() => each.epochs.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await expect(beginNatively(native, course({})).ended).rejects.toThrow(/at most 4/);
  server.end();
  for (const end of ends) expect(await end).toMatch(/start it again/);
}, 90_000);
