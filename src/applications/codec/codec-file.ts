/** `codec.json`: what a codec is besides its model. Steps as numbers, tables packed; docs/codec.md says how. */
import { deflateSync, inflateSync } from 'fflate';
import { z } from 'zod';
import { ModelFileError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { type MixtureState, MOST_MET } from '../../codec/mixture.ts';
import { freshTables, type MapTables } from '../../codec/number-map.ts';
import type { Engine } from '../../engine/engine.ts';
import { decodeModelFile, encodeModelFile } from '../../model/file/model-file.ts';
import { makeRunner } from '../../model/runner.ts';
import { parseSaved } from '../saved-json.ts';
import type { CodecParts } from './codec.ts';

const state = z.strictObject({ chances: z.base64(), met: z.base64(), weights: z.base64() });

const tables = z.strictObject({
  /** Channels in the order in which they are coded. */
  order: z.array(z.int().min(0)).min(1),
  isPredicted: z.array(z.boolean()).min(1),
  zero: state,
  sign: state,
  size: state,
});

const schema = z.strictObject({
  format: z.literal('autoencoder-codec'),
  version: z.literal(1),
  model: z.strictObject({
    /** Beside the file. */
    file: z.literal('model.safetensors'),
    sha256: z.string().regex(/^[\da-f]{64}$/, '64 hexadecimal digits'),
  }),
  qualities: z
    .array(z.strictObject({ steps: z.array(z.number().gt(0)).min(1), lightness: tables, colour: tables }))
    .min(1)
    .max(8),
  lossless: z.strictObject({ grey: tables, colour: tables }),
});

type CodecFile = z.infer<typeof schema>;

/** The two files that a codec is kept in. */
export interface CodecFiles {
  /** `codec.json` */
  readonly codec: Uint8Array;
  /** `model.safetensors` */
  readonly model: Uint8Array;
}

type OwnTables = Pick<CodecParts, 'qualities' | 'lossless'>;

/** The same codec gives the same bytes. */
export async function encodeCodec({ trained, ...own }: Omit<CodecParts, 'fingerprint'>): Promise<CodecFiles> {
  const model = await encodeModelFile(trained, trained.model);
  return { model, codec: encodeTables(own, await sha256(model)) };
}

/** @throws ModelFileError for damaged files, or a model that the tables were not made with; OptionError for one that is none of a codec. */
export async function decodeCodec({ codec, model }: CodecFiles, engine: Engine, where = 'codec'): Promise<CodecParts> {
  const { card, model: read, parameters } = await decodeModelFile(model, `${where}/model.safetensors`);
  const file = `${where}/codec.json`;
  const { sha256: expected, ...own } = decodeTables(codec, read.codeChannels, file);
  const found = await sha256(model);
  if (expected !== found)
    throw new ModelFileError({
      where: `${where}/model.safetensors`,
      expected: `the model that ${file} was made with (SHA-256 ${expected.slice(0, 12)}…)`,
      got: `another one (${found.slice(0, 12)}…)`,
      fix: 'put the right one back, or make the codec anew: autoencoder compress --fit PICTURES',
    });
  const trained = { card, model: read, parameters, engine, runner: makeRunner(engine, read) };
  return { trained, ...own, fingerprint: await fingerprintOf(codec) };
}

function encodeTables({ qualities, lossless }: OwnTables, modelHash: string): Uint8Array {
  const file: CodecFile = {
    format: 'autoencoder-codec',
    version: 1,
    model: { file: 'model.safetensors', sha256: modelHash },
    qualities: qualities.map(({ steps, lightness, colour }) => ({
      steps: Array.from(steps),
      lightness: packed(lightness),
      colour: packed(colour),
    })),
    lossless: { grey: packed(lossless.grey), colour: packed(lossless.colour) },
  };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** @throws ModelFileError for anything that is not such a file, or not of a code of so many channels. */
function decodeTables(bytes: Uint8Array, channels: number, where: string): OwnTables & { readonly sha256: string } {
  const text = new TextDecoder().decode(bytes);
  const { model, qualities, lossless } = parseSaved(text, where, { schema, what: 'a codec', refused });
  const unpack = (own: z.infer<typeof tables>): MapTables => unpacked(own, channels, where);
  return {
    sha256: model.sha256,
    lossless: { grey: unpacked(lossless.grey, 1, where), colour: unpacked(lossless.colour, 3, where) },
    qualities: qualities.map(({ steps, lightness, colour }) => {
      if (steps.length !== channels)
        throw refused(where, `${channels} steps, as the code has channels`, `${steps.length}`);
      return { steps: Float32Array.from(steps), lightness: unpack(lightness), colour: unpack(colour) };
    }),
  };
}

/** The first 8 bytes of the SHA-256 of the file, which names its model by that of its own. */
async function fingerprintOf(bytes: Uint8Array): Promise<Uint8Array> {
  return Uint8Array.from(Buffer.from((await sha256(bytes)).slice(0, 16), 'hex'));
}

function packed({ order, isPredicted, zero, sign, size }: MapTables): z.infer<typeof tables> {
  return {
    order: [...order],
    isPredicted: [...isPredicted],
    zero: packedState(zero),
    sign: packedState(sign),
    size: packedState(size),
  };
}

function packedState({ chances, met, weights }: MixtureState): z.infer<typeof state> {
  const words = new Uint8Array(2 * chances.length);
  const view = new DataView(words.buffer);
  for (const [at, chance] of chances.entries()) view.setUint16(2 * at, chance);
  const longs = new Uint8Array(4 * weights.length);
  const longView = new DataView(longs.buffer);
  for (const [at, weight] of weights.entries()) longView.setInt32(4 * at, weight);
  return { chances: base64(words), met: base64(met), weights: base64(longs) };
}

function unpacked(saved: z.infer<typeof tables>, channels: number, where: string): MapTables {
  const fresh = freshTables(channels);
  const isOrder = saved.order.toSorted((a, b) => a - b).every((channel, at) => channel === at);
  if (saved.order.length !== channels || saved.isPredicted.length !== channels || !isOrder)
    throw refused(where, `an order of ${channels} channels`, 'another one');
  const stateOf = (from: z.infer<typeof state>, like: MixtureState): MixtureState => {
    const words = bytesOf(from.chances, 2 * like.chances.length, where);
    const longs = bytesOf(from.weights, 4 * like.weights.length, where);
    const [view, longView] = [new DataView(words.buffer), new DataView(longs.buffer)];
    const met = bytesOf(from.met, like.met.length, where);
    if (met.some((count) => count > MOST_MET)) throw refused(where, `counts up to ${MOST_MET}`, 'a higher one');
    return {
      chances: like.chances.map((_, at) => view.getUint16(2 * at)),
      met,
      weights: like.weights.map((_, at) => longView.getInt32(4 * at)),
    };
  };
  return {
    order: saved.order,
    isPredicted: saved.isPredicted,
    zero: stateOf(saved.zero, fresh.zero),
    sign: stateOf(saved.sign, fresh.sign),
    size: stateOf(saved.size, fresh.size),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(deflateSync(bytes)).toString('base64');
}

/** @throws ModelFileError for bytes that do not unpack to `length`. */
function bytesOf(text: string, length: number, where: string): Uint8Array {
  try {
    const bytes = inflateSync(Buffer.from(text, 'base64'), { out: new Uint8Array(length + 1) });
    if (bytes.length === length) return bytes.slice();
  } catch (cause) {
    throw new ModelFileError(`${where}: expected packed tables, got text that does not unpack`, { cause });
  }
  throw refused(where, `tables of ${length} bytes`, 'others');
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make the codec anew: autoencoder compress --fit PICTURES' });
}
