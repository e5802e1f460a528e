/** `codec.json` of a codec of sets: the tables that its model is in whole numbers by. docs/codec.md says how. */
import * as z from 'zod';
import { sha256 } from '../../base/sha256.ts';
import { CHANCES, LEAST_CHANCE, MOST_WEIGHT, WEIGHTS } from '../../codec/neighbour-odds.ts';
import { areSound, type NormalTables, tableSizes } from '../../codec/normal-tables.ts';
import { type Folder, pathIn } from '../../data/folder.ts';
import type { Engine } from '../../engine/engine.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { trainedBytes } from '../kept.ts';
import { encodeSaved, parseSaved } from '../saved-json.ts';
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
import type { SetCodecParts } from './set-codec.ts';
import type { SetTables } from './set-model.ts';

const FORMAT = 'autoencoder-set-codec';

const scale = z.strictObject({ weightBits: z.int().min(0).max(24), outputBits: z.int().min(-32).max(48) });

const schema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  model: namedModelSchema,
  /** Layer by layer. */
  encoder: z.array(scale).min(1),
  decoder: z.array(scale).min(1),
  /** Buckets of a number of the code, as a power of two. */
  bucketBits: z.int().min(1).max(16),
  bounds: z.base64(),
  centres: z.base64(),
  knots: z.base64(),
  inverseWidths: z.base64(),
  chances: z.base64(),
  /** Of neighbours, in 256ths; the first in 65536ths. */
  weights: z.array(z.int().min(-MOST_WEIGHT).max(MOST_WEIGHT)).length(WEIGHTS),
});

type SetCodecFile = z.infer<typeof schema>;

/** Whether a `codec.json` says that it is of a codec of sets; what else it says is another matter. */
export function isSetCodec(codec: Uint8Array): boolean {
  return new TextDecoder().decode(codec.subarray(0, 64)).startsWith(`{"format":"${FORMAT}"`);
}

/** The same codec gives the same bytes. */
export async function setCodecFiles({ trained, tables }: Omit<SetCodecParts, 'fingerprint'>): Promise<CodecFiles> {
  const model = await trainedBytes(trained);
  const { normal, pixel, encoder, decoder } = tables;
  const file: SetCodecFile = {
    format: FORMAT,
    version: 1,
    model: { file: MODEL_FILE, sha256: await sha256(model) },
    encoder: [...encoder],
    decoder: [...decoder],
    bucketBits: Math.log2(normal.centres.length),
    bounds: packed(normal.bounds, 4),
    centres: packed(normal.centres, 4),
    knots: packed(normal.knots, 4),
    inverseWidths: packed(normal.inverseWidths, 4),
    chances: packed(pixel.chances, 2),
    weights: [...pixel.weights],
  };
  return { [MODEL_FILE]: model, [CODEC_FILE]: encodeSaved(schema, file) };
}

/** @throws ModelFileError for damaged files, or a model that the tables were not made with. */
export async function readSetCodec(folder: Folder, engine: Engine): Promise<SetCodecParts> {
  const codec = await folder.read(CODEC_FILE);
  const file = pathIn(folder, CODEC_FILE);
  const saved = parseSaved(new TextDecoder().decode(codec), file, {
    schema,
    what: 'a codec of sets',
    refused: refusedCodec,
  });
  const trained = await namedModel(folder, saved.model, engine);
  return { trained, tables: tablesOf(saved, file), fingerprint: await fingerprintOf(codec) };
}

function tablesOf(saved: SetCodecFile, where: string): SetTables {
  const sizes = tableSizes(saved.bucketBits);
  const signed = (name: 'bounds' | 'centres' | 'inverseWidths'): Int32Array =>
    Int32Array.from(unpacked(saved[name], sizes[name], 4, where));
  const normal: NormalTables = {
    bounds: signed('bounds'),
    centres: signed('centres'),
    knots: unpacked(saved.knots, sizes.knots, 4, where),
    inverseWidths: signed('inverseWidths'),
  };
  const chances = Uint16Array.from(unpacked(saved.chances, CHANCES, 2, where));
  if (!areSound(normal) || chances.some((chance) => chance < LEAST_CHANCE || chance > 65536 - LEAST_CHANCE))
    throw refusedCodec(where, 'tables in order and within bounds', 'others');
  const { encoder, decoder } = saved;
  return { normal, pixel: { chances, weights: Int32Array.from(saved.weights) }, encoder, decoder };
}
