/**
 * A variational model of pictures of two values, in whole numbers: what `src/codec/bits-back.ts` codes sets of them by.
 *
 *   zeros and ones ── encoder ── places and levels of the code     code ── decoder ── log odds ── table ── chances in 65536ths
 */
import { OptionError } from '../../base/errors.ts';
import type { CodeModel } from '../../codec/bits-back.ts';
import { levelOf, makeNormalTables, type NormalTables, PLACE_BITS } from '../../codec/normal-tables.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Model } from '../../model/model.ts';
import type { TrainedModel } from '../trained.ts';
import { fitScales, type LayerNames, type LayerScale, type WholeInput, wholeNetwork } from './whole-network.ts';
import { wholeProgram } from './whole-program.ts';

/** What is needed of a model besides its weights; all of it made once and kept in the codec's file. */
export interface SetTables {
  readonly normal: NormalTables;
  /** Chances of a 1, in 65536ths, of log odds from −16 to 16 in 32nds. */
  readonly chances: Uint16Array;
  readonly encoder: readonly LayerScale[];
  readonly decoder: readonly LayerScale[];
}

export interface SetModel extends CodeModel {
  dispose(): Promise<void>;
}

/** Buckets of a code's number, as a power of two: finer ones do not take fewer bits in the end, and more at the start. */
const BUCKET_BITS = 12;
/** Log odds are told apart in 32nds, up to 16. */
const ODDS_BITS = 5;
/** How many chances that makes. */
export const CHANCES = 1024;
/** No chance is nearer to 0 or 1, so that each pixel takes more than 1/2048 of a bit. */
const LEAST_CHANCE = 24;
/** Numbers of a code go into the decoder in 256ths. */
const CODE_BITS = 8;
/** Places of means beyond are of none that was trained. */
const FARTHEST = 2 ** 22;
const PIXELS: WholeInput = { bits: 0, most: 1 };

/**
 * What a trained model takes to be a `SetModel`.
 *
 * @param examples `[count, pixels]`, zeros and ones: what the sizes of numbers between layers are known by.
 * @throws OptionError for a model that is of another sort.
 */
export async function fitSetTables(trained: TrainedModel, examples: Float32Array): Promise<SetTables> {
  const { model, parameters, runner } = trained;
  const { encoder, decoder } = layersOf(model);
  const normal = makeNormalTables(BUCKET_BITS);
  const { latent } = model.blueprint;
  const count = examples.length / sizeOf(model.blueprint.shape);
  const pictures = model.blueprint.inputScale === 1 ? examples : Uint8Array.from(examples, (value) => 255 * value);
  const { code } = await runner.encode(parameters, { values: pictures, count });
  const input = codeInput(normal);
  // Codes as drawn: their means, and all the way to where the buckets end.
  const codes = Float32Array.from({ length: 2 * count * latent }, (_, at) =>
    at < code.length ? code[at] : normal.centres[(at * 2503) % normal.centres.length] / 2 ** PLACE_BITS,
  );
  return {
    normal,
    chances: Uint16Array.from({ length: CHANCES }, (_, at) => {
      const odds = (at - CHANCES / 2 + 0.5) / 2 ** ODDS_BITS;
      return Math.min(65536 - LEAST_CHANCE, Math.max(LEAST_CHANCE, Math.round(65536 / (1 + Math.exp(-odds)))));
    }),
    encoder: fitScales(parameters, encoder, PIXELS, examples),
    decoder: fitScales(parameters, decoder, input, codes),
  };
}

/** @throws ModelFileError for tables that were not made of this model; OptionError for a model of another sort. */
export function openSetModel({ model, parameters, engine }: TrainedModel, tables: SetTables, where: string): SetModel {
  const { normal, chances } = tables;
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
    pixels,
    latent,
    tables: normal,
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
    async chances(codes, count) {
      const odds = await decoding.run(Float32Array.from(codes, inputOf), count);
      return Uint16Array.from(odds, (sum) => {
        const at = Math.floor(sum * 2 ** (ODDS_BITS - oddsBits)) + CHANCES / 2;
        return chances[Math.min(CHANCES - 1, Math.max(0, at))];
      });
    },
    async dispose() {
      await encoding.dispose();
      await decoding.dispose();
    },
  };
}

/** Whether none is too near to 0 or 1. */
export function areChances(chances: Uint16Array): boolean {
  return chances.every((chance) => chance >= LEAST_CHANCE && chance <= 65536 - LEAST_CHANCE);
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
