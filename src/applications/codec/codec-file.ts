/** `codec.json`: what a codec is besides its model. Steps as numbers, tables packed; docs/codec.md says how. */
import * as z from 'zod';
import { sha256 } from '../../base/sha256.ts';
import { type MixtureState, MOST_MET } from '../../codec/mixture.ts';
import { freshTables, type MapTables } from '../../codec/number-map.ts';
import { type Folder, pathIn } from '../../data/folder.ts';
import type { Engine } from '../../engine/engine.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { trainedBytes } from '../kept.ts';
import { encodeSaved, parseSaved } from '../saved-json.ts';
import type { CodecParts } from './codec.ts';
import {
  CODEC_FILE,
  type CodecFiles,
  fingerprintOf,
  namedModel,
  namedModelSchema,
  packed,
  refusedCodec,
  unpacked,
} from './codec-packing.ts';

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
  model: namedModelSchema,
  qualities: z
    .array(z.strictObject({ steps: z.array(z.number().gt(0)).min(1), lightness: tables, colour: tables }))
    .min(1)
    .max(8),
  lossless: z.strictObject({ grey: tables, colour: tables }),
});

type CodecFile = z.infer<typeof schema>;

type OwnTables = Pick<CodecParts, 'qualities' | 'lossless'>;

/** The same codec gives the same bytes. */
export async function codecFiles({ trained, ...own }: Omit<CodecParts, 'fingerprint'>): Promise<CodecFiles> {
  const model = await trainedBytes(trained);
  return { [MODEL_FILE]: model, [CODEC_FILE]: encodeTables(own, await sha256(model)) };
}

/** @throws ModelFileError for damaged files, or a model that the tables were not made with; OptionError for one that is none of a codec. */
export async function readCodec(folder: Folder, engine: Engine): Promise<CodecParts> {
  const codec = await folder.read(CODEC_FILE);
  const file = pathIn(folder, CODEC_FILE);
  const saved = parseSaved(new TextDecoder().decode(codec), file, { schema, what: 'a codec', refused: refusedCodec });
  const trained = await namedModel(folder, saved.model, engine);
  return {
    trained,
    ...decodeTables(saved, trained.model.codeChannels, file),
    fingerprint: await fingerprintOf(codec),
  };
}

function encodeTables({ qualities, lossless }: OwnTables, modelHash: string): Uint8Array {
  const file: CodecFile = {
    format: 'autoencoder-codec',
    version: 1,
    model: { file: MODEL_FILE, sha256: modelHash },
    qualities: qualities.map(({ steps, lightness, colour }) => ({
      steps: Array.from(steps),
      lightness: packedTables(lightness),
      colour: packedTables(colour),
    })),
    lossless: { grey: packedTables(lossless.grey), colour: packedTables(lossless.colour) },
  };
  return encodeSaved(schema, file);
}

/** @throws ModelFileError for tables that are not of a code of so many channels. */
function decodeTables({ qualities, lossless }: CodecFile, channels: number, where: string): OwnTables {
  const unpack = (own: z.infer<typeof tables>): MapTables => tablesOf(own, channels, where);
  return {
    lossless: { grey: tablesOf(lossless.grey, 1, where), colour: tablesOf(lossless.colour, 3, where) },
    qualities: qualities.map(({ steps, lightness, colour }) => {
      if (steps.length !== channels)
        throw refusedCodec(where, `${channels} steps, as the code has channels`, `${steps.length}`);
      return { steps: Float32Array.from(steps), lightness: unpack(lightness), colour: unpack(colour) };
    }),
  };
}

function packedTables({ order, isPredicted, zero, sign, size }: MapTables): z.infer<typeof tables> {
  return {
    order: [...order],
    isPredicted: [...isPredicted],
    zero: packedState(zero),
    sign: packedState(sign),
    size: packedState(size),
  };
}

function packedState({ chances, met, weights }: MixtureState): z.infer<typeof state> {
  return { chances: packed(chances, 2), met: packed(met, 1), weights: packed(weights, 4) };
}

function tablesOf(saved: z.infer<typeof tables>, channels: number, where: string): MapTables {
  const fresh = freshTables(channels);
  const isOrder = saved.order.toSorted((a, b) => a - b).every((channel, at) => channel === at);
  if (saved.order.length !== channels || saved.isPredicted.length !== channels || !isOrder)
    throw refusedCodec(where, `an order of ${channels} channels`, 'another one');
  const stateOf = (from: z.infer<typeof state>, like: MixtureState): MixtureState => {
    const met = Uint8Array.from(unpacked(from.met, like.met.length, 1, where));
    if (met.some((count) => count > MOST_MET)) throw refusedCodec(where, `counts up to ${MOST_MET}`, 'a higher one');
    return {
      chances: Uint16Array.from(unpacked(from.chances, like.chances.length, 2, where)),
      met,
      weights: Int32Array.from(unpacked(from.weights, like.weights.length, 4, where)),
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
