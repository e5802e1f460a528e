/**
 * A variational model of pictures of two values, in whole numbers: what `src/codec/bits-back.ts` codes sets of them by.
 *
 *   zeros and ones ── encoder ── places and levels of the code     code ── decoder ── log odds ── table ── chances in 65536ths
 */
import { OptionError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { CodeModel } from '../../codec/bits-back.ts';
import { makeChances, ODDS_BITS, type OddsTables, WEIGHTS } from '../../codec/neighbour-odds.ts';
import { INVERSE_BITS, levelOf, makeNormalTables, type NormalTables, PLACE_BITS } from '../../codec/normal-tables.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Model } from '../../model/model.ts';
import type { TrainedModel } from '../trained.ts';
import { fitNeighbours } from './fit-neighbours.ts';
import { fitScales, type LayerNames, type LayerScale, type WholeInput, wholeNetwork } from './whole-network.ts';
import { wholeProgram } from './whole-program.ts';

/** What is needed of a model besides its weights; all of it made once and kept in the codec's file. */
export interface SetTables {
  readonly normal: NormalTables;
  readonly pixel: OddsTables;
  readonly encoder: readonly LayerScale[];
  readonly decoder: readonly LayerScale[];
}

export interface SetModel extends CodeModel {
  dispose(): Promise<void>;
}

/** Buckets of a code's number, as a power of two: finer ones do not take fewer bits in the end, and more at the start. */
const BUCKET_BITS = 12;
/** Odds beyond are none that a chance is told apart by. */
const MOST_ODDS = 2 ** 13 - 1;
/** Numbers of a code go into the decoder in 256ths. */
const CODE_BITS = 8;
/** Places of means beyond are of none that was trained. */
const FARTHEST = 2 ** 22;
const PIXELS: WholeInput = { bits: 0, most: 1 };

/** Pictures as zeros and ones, `[count, pixels]`: some that the model learned from, and some that it did not. */
export interface SetExamples {
  readonly learned: Uint8Array;
  readonly held: Uint8Array;
}

/**
 * What a trained model takes to be a `SetModel`: scales by pictures that it learned from, and what neighbours say by pictures that it did not.
 *
 * @throws OptionError for a model that is of another sort.
 */
export async function fitSetTables(
  trained: TrainedModel,
  { learned, held }: SetExamples,
  random: Random,
): Promise<SetTables> {
  const { model, parameters, runner } = trained;
  const { encoder, decoder } = layersOf(model);
  const normal = makeNormalTables(BUCKET_BITS);
  const { shape } = model.blueprint;
  const area = sizeOf(shape);
  const values = learned.map((bit) => 255 * bit);
  const { code } = await runner.encode(parameters, { values, count: learned.length / area });
  // Codes of pictures, and all the way to where the buckets end.
  const codes = Float32Array.from({ length: 2 * code.length }, (_, at) =>
    at < code.length ? code[at] : normal.centres[random.integer(normal.centres.length)] / 2 ** PLACE_BITS,
  );
  const tables: SetTables = {
    normal,
    pixel: { chances: makeChances(), weights: new Int32Array(WEIGHTS) },
    encoder: fitScales(parameters, encoder, PIXELS, Float32Array.from(learned)),
    decoder: fitScales(parameters, decoder, codeInput(normal), codes),
  };
  const set = openSetModel(trained, tables, 'the new codec');
  const odds = await oddsOf(set, held, random);
  await set.dispose();
  const { chances } = tables.pixel;
  const weights = fitNeighbours(odds, held, { width: shape[shape.length - 1], area, chances });
  return { ...tables, pixel: { chances, weights } };
}

/** What the network says of pictures by codes drawn from their posteriors. */
async function oddsOf(set: SetModel, pictures: Uint8Array, random: Random): Promise<Int32Array> {
  const { pixels, latent, normal } = set;
  const { centres, inverseWidths } = normal;
  const last = centres[centres.length - 1];
  const odds = new Int32Array(pictures.length);
  for (let from = 0; from < pictures.length; from += pixels) {
    const { means, levels } = await set.posterior(pictures.subarray(from, from + pixels), 1);
    const codes = Int32Array.from({ length: latent }, (_, at) => {
      const place = means[at] + (random.normal() * 2 ** (PLACE_BITS + INVERSE_BITS)) / inverseWidths[levels[at]];
      return Math.min(last, Math.max(centres[0], Math.round(place)));
    });
    odds.set(await set.odds(codes, 1), from);
  }
  return odds;
}

/** @throws ModelFileError for tables that were not made of this model; OptionError for a model of another sort. */
export function openSetModel({ model, parameters, engine }: TrainedModel, tables: SetTables, where: string): SetModel {
  const { normal, pixel } = tables;
  const names = layersOf(model);
  const { latent, shape } = model.blueprint;
  const pixels = sizeOf(shape);
  const encoder = wholeNetwork(parameters, names.encoder, { input: PIXELS, scales: tables.encoder }, where);
  const decoder = wholeNetwork(parameters, names.decoder, { input: codeInput(normal), scales: tables.decoder }, where);
  const encoding = wholeProgram(encoder, engine);
  const decoding = wholeProgram(decoder, engine);
  const headBits = encoder.layers[encoder.layers.length - 1].bits;
  const oddsBits = decoder.layers[decoder.layers.length - 1].bits;
  return {
    width: shape[shape.length - 1],
    pixels,
    latent,
    normal,
    pixel,
    async posterior(pictures, count) {
      const heads = await encoding.run(Float32Array.from(pictures), count);
      const means = new Int32Array(count * latent);
      const levels = new Int32Array(count * latent);
      for (let at = 0; at < means.length; at++) {
        const from = 2 * at - (at % latent);
        const place = Math.floor(heads[from] * 2 ** (PLACE_BITS - headBits));
        means[at] = Math.min(FARTHEST, Math.max(-FARTHEST, place));
        levels[at] = levelOf(heads[from + latent], headBits);
      }
      return { means, levels };
    },
    async odds(codes, count) {
      const sums = await decoding.run(Float32Array.from(codes, inputOf), count);
      return Int32Array.from(sums, (sum) =>
        Math.min(MOST_ODDS, Math.max(-MOST_ODDS, Math.floor(sum * 2 ** (ODDS_BITS - oddsBits)))),
      );
    },
    async dispose() {
      await encoding.dispose();
      await decoding.dispose();
    },
  };
}

/** A place as what the decoder takes. */
function inputOf(place: number): number {
  return Math.floor(place / 2 ** (PLACE_BITS - CODE_BITS) + 0.5);
}

function codeInput({ centres }: NormalTables): WholeInput {
  return { bits: CODE_BITS, most: centres.reduce((most, place) => Math.max(most, Math.abs(inputOf(place))), 0) };
}

/** @throws OptionError for a model that is no chain of layers between pictures of chances and normal codes. */
function layersOf({ blueprint, kind, chain }: Model): { readonly encoder: LayerNames; readonly decoder: LayerNames } {
  const { latent, loss, hasMissing } = blueprint;
  const isNormal = kind.headsPerCode === 2 && kind.isStochastic && kind.normalNumbers?.(latent) === latent;
  if (isNormal && chain && loss === 'cross-entropy' && !hasMissing)
    return {
      encoder: [...chain.encoder.map((name) => [name]), chain.heads(kind.headsPerCode)],
      decoder: chain.decoder.map((name) => [name]),
    };
  throw new OptionError({
    where: `--kind ${blueprint.kind.name} --network ${blueprint.network.name}`,
    expected: 'a model with a normal code, of plain layers with --activation relu, and --loss cross-entropy',
    got: 'another one, which cannot be computed in whole numbers',
    fix: 'leave these options out: compress --fit PICTURES --lossless chooses them',
  });
}
