/**
 * A codec of whole sets: pictures of two values, all of one size, in one file, and each comes back as it was, on every machine.
 *
 *   pictures ── zeros and ones ── bits back by a model in whole numbers ── .aec          and back
 */
import { DataError } from '../../base/errors.ts';
import { readSet, type SetStep, type WrittenSet, writeSet } from '../../codec/bits-back.ts';
import { decodeAec, encodeAec, MOST_PIXELS, requireCodec, requireRoom } from '../../codec/container.ts';
import { bytesOf, type Picture, unit } from '../../data/picture.ts';
import type { TrainedModel } from '../trained.ts';
import { openSetModel, type SetTables } from './set-model.ts';

export interface SetCodecParts {
  readonly trained: TrainedModel;
  readonly tables: SetTables;
  /** Names model and tables in the files that they wrote: 8 bytes. */
  readonly fingerprint: Uint8Array;
}

export interface SetCodec {
  /** Of its pictures. */
  readonly width: number;
  readonly height: number;
  /**
   * The bytes of an .aec file that holds all pictures, in order; `bits` is what the model says that they take.
   *
   * @throws DataError for pictures of another size, in colour, or of more than two values.
   */
  compress(pictures: readonly Picture[], step?: SetStep): Promise<WrittenSet>;
  /** @throws DataError for bytes that are damaged, or that another codec has written. */
  decompress(bytes: Uint8Array, where?: string, step?: SetStep): Promise<Picture[]>;
  dispose(): Promise<void>;
}

/** Of a part, before the stack: how many pictures, and the two values. */
const HEAD = 6;

/** @throws ModelFileError for tables that were not made of this model. */
export function openSetCodec({ trained, tables, fingerprint }: SetCodecParts, where = 'codec'): SetCodec {
  const model = openSetModel(trained, tables, where);
  const [, height, width] = trained.model.blueprint.shape;
  const area = width * height;
  return {
    width,
    height,
    async compress(pictures, step) {
      requireLike(pictures, width, height);
      const values = twoValuesOf(pictures);
      if (!values)
        throw new DataError({
          where: 'the pictures',
          expected: 'two values in all, as of black and white',
          got: 'more',
          fix: 'draw black or white by how bright each pixel is, with --binarize sample, or write them one by one with a codec of compress --fit PICTURES',
        });
      const bits = new Uint8Array(pictures.length * area);
      for (const [at, picture] of pictures.entries())
        bits.set(
          bytesOf(picture.values).map((byte) => (byte === values[1] ? 1 : 0)),
          at * area,
        );
      const written = await writeSet(bits, pictures.length, model, step);
      const part = new Uint8Array(HEAD + written.bytes.length);
      new DataView(part.buffer).setUint32(0, pictures.length);
      part.set(values, 4);
      part.set(written.bytes, HEAD);
      const head = { mode: 'set', quality: 1, channels: 1, width, height, fingerprint } as const;
      return { ...written, bytes: encodeAec({ ...head, payloads: [part] }) };
    },
    async decompress(bytes, where = 'the file', step) {
      const file = decodeAec(bytes, where);
      requireCodec(file, fingerprint, where);
      if (file.mode !== 'set') throw damaged(where, 'a file of a set of pictures', `a ${file.mode} one of one picture`);
      const [part] = file.payloads;
      if (file.payloads.length !== 1 || part.length < HEAD)
        throw damaged(where, `one part of at least ${HEAD} bytes`, 'others');
      if (file.channels !== 1 || file.width !== width || file.height !== height)
        throw damaged(where, `grey pictures of ${width}×${height}`, `${file.width}×${file.height}`);
      const count = new DataView(part.buffer, part.byteOffset).getUint32(0);
      if (count * area > MOST_PIXELS) throw damaged(where, `at most ${MOST_PIXELS} pixels in all`, `${count} pictures`);
      requireRoom(part, count * area, file, where);
      const values = unit(part.subarray(4, HEAD));
      const bits = await readSet(part.subarray(HEAD), count, model, where, step);
      return Array.from({ length: count }, (_, at) => ({
        name: `${where}-${at + 1}`,
        channels: 1,
        width,
        height,
        values: Float32Array.from(bits.subarray(at * area, (at + 1) * area), (bit) => values[bit]),
      }));
    },
    dispose: () => model.dispose(),
  };
}

/**
 * The two values of pictures, the darker first; where there is but one, the other is what is farthest from it. Undefined for pictures of
 * more values.
 */
export function twoValuesOf(pictures: readonly Picture[]): readonly [number, number] | undefined {
  const found = new Set<number>();
  for (const picture of pictures) {
    for (const byte of bytesOf(picture.values)) found.add(byte);
    if (found.size > 2) return undefined;
  }
  const [low = 0, high] = [...found].sort((a, b) => a - b);
  if (high !== undefined) return [low, high];
  return low < 128 ? [low, 255] : [0, low];
}

function requireLike(pictures: readonly Picture[], width: number, height: number): void {
  if (pictures.length * width * height > MOST_PIXELS)
    throw new DataError({
      where: 'the pictures',
      expected: `at most ${MOST_PIXELS} pixels in all`,
      got: `${pictures.length} pictures of ${width}×${height}`,
      fix: 'write them in parts, with --limit',
    });
  const other = pictures.find(
    (picture) => picture.channels !== 1 || picture.width !== width || picture.height !== height,
  );
  if (other === undefined) return;
  throw new DataError({
    where: other.name,
    expected: `a grey picture of ${width}×${height} pixels, as the codec learned from`,
    got: `${other.channels === 3 ? 'colours, ' : ''}${other.width}×${other.height}`,
    fix: 'make a codec of pictures of that size, or write pictures of any size with a codec of compress --fit PICTURES',
  });
}

function damaged(where: string, expected: string, got: string): DataError {
  return new DataError({
    where,
    expected,
    got,
    fix: 'the file is damaged, or of another codec: fetch or make it again',
  });
}
