/** `detector.json`: which models a detector is made of, what they usually miss, what normal scores are, and the threshold chosen. */
import * as z from 'zod';
import { ModelFileError, OptionError } from '../base/errors.ts';
import { type Folder, type FolderFiles, pathIn } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { sizeOf } from '../graph/tensor.ts';
import { MODEL_FILE, type ModelCard } from '../model/file/model-file.ts';
import type { Detector, Member } from './detector.ts';
import { modelFiles, readModelIn, trainedOn } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

export const DETECTOR_FILE = 'detector.json';

const numbers = z.array(z.number());

const schema = z.strictObject({
  format: z.literal('autoencoder-detector'),
  version: z.literal(1),
  members: z
    .array(
      z.strictObject({
        /** Path from the file. */
        model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
        spread: numbers,
        code: z.strictObject({ centre: numbers, spread: numbers }).optional(),
      }),
    )
    .min(1),
  windows: z
    .strictObject({
      length: z.int().min(1),
      channels: z.array(z.string()).min(1),
      smoothing: z.int().min(1),
      ends: z.strictObject({ mean: z.number(), deviation: z.number().positive() }),
    })
    .optional(),
  /** Ascending scores of what is normal. */
  reference: numbers.min(1),
  threshold: z.number(),
  /** The label of what was normal, where the data had labels. */
  normal: z.string().optional(),
});

export interface SavedDetector {
  /** Paths of the models, from the file. */
  readonly models: readonly string[];
  readonly threshold: number;
  readonly normal?: string;
  /** Whether its rows are the moments of a series. */
  readonly isOfSeries: boolean;
  /** Puts the models, in the order of `models`, together. @throws ModelFileError where they do not fit. */
  readonly assemble: (trained: readonly TrainedModel[]) => Detector;
}

/** The files of a detector: the models, `model/model.safetensors` or `model/1/…`, and then what names them. */
export async function detectorFiles(
  detector: Detector,
  saved: Pick<SavedDetector, 'threshold' | 'normal'>,
): Promise<FolderFiles> {
  const { members } = detector;
  const models = members.map((_, at) => `model/${members.length === 1 ? '' : `${at + 1}/`}${MODEL_FILE}`);
  return {
    ...(await modelFiles(models, members)),
    [DETECTOR_FILE]: encodeDetector(detector, models, saved),
  };
}

export interface ReadDetector extends Pick<SavedDetector, 'threshold' | 'normal' | 'isOfSeries'> {
  /** Of its models. */
  readonly cards: readonly ModelCard[];
  /** Of all files. */
  readonly bytes: readonly Uint8Array[];
  /** @throws ModelFileError where the models do not fit. */
  open(engine: Engine): Detector;
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one. */
export async function readDetector(folder: Folder): Promise<ReadDetector> {
  const own = await folder.read(DETECTOR_FILE);
  const {
    models: paths,
    assemble,
    ...saved
  } = decodeDetector(new TextDecoder().decode(own), pathIn(folder, DETECTOR_FILE));
  const models = await Promise.all(paths.map((path) => readModelIn(folder, path)));
  return {
    ...saved,
    cards: models.map(({ card }) => card),
    bytes: [own, ...models.map(({ bytes }) => bytes)],
    open: (engine) => assemble(models.map((model) => trainedOn(engine, model))),
  };
}

/**
 * @param fix What to do with one of series instead.
 * @throws OptionError for a detector of series: what a row means there depends on those before it.
 */
export function requireSingleRows(where: string, { isOfSeries }: Pick<ReadDetector, 'isOfSeries'>, fix: string): void {
  if (!isOfSeries) return;
  throw new OptionError({
    where,
    expected: 'a detector of single examples',
    got: 'one of series, whose rows depend on those before them',
    fix,
  });
}

/** Scores that the file keeps; more say nothing new. */
const MOST_REFERENCE = 1001;

export function encodeDetector(
  { members, reference, windows }: Detector,
  models: readonly string[],
  { threshold, normal }: Pick<SavedDetector, 'threshold' | 'normal'>,
): Uint8Array {
  const kept = Math.min(MOST_REFERENCE, reference.length);
  const file: z.infer<typeof schema> = {
    format: 'autoencoder-detector',
    version: 1,
    members: members.map(({ calibration: { spread, code } }, at) => ({
      model: models[at],
      spread: [...spread],
      ...(code ? { code: { centre: [...code.centre], spread: [...code.spread] } } : {}),
    })),
    ...(windows ? { windows: { ...windows, channels: [...windows.channels] } } : {}),
    reference: Array.from(
      { length: kept },
      (_, at) => reference[kept === 1 ? 0 : Math.round((at * (reference.length - 1)) / (kept - 1))],
    ),
    threshold,
    ...(normal === undefined ? {} : { normal }),
  };
  return encodeSaved(schema, file);
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeDetector(text: string, where: string): SavedDetector {
  const { members, reference, threshold, normal, windows } = parseSaved(text, where, {
    schema,
    what: 'a detector',
    refused,
  });
  return {
    models: members.map(({ model }) => model),
    threshold,
    normal,
    isOfSeries: windows !== undefined,
    assemble: (trained) => ({
      members: trained.map((model, at): Member => {
        const { spread, code } = members[at];
        const { shape, latent } = model.model.blueprint;
        const isCut = !windows || shape.join() === [windows.length, windows.channels.length].join();
        const fits = isCut && spread.length === sizeOf(shape) && (code?.spread.length ?? latent) === latent;
        if (!fits || (code?.centre.length ?? latent) !== latent)
          throw refused(where, `spreads for ${sizeOf(shape)} features and ${latent} numbers of the code`, 'others');
        return { ...model, calibration: { spread, ...(code ? { code } : {}) } };
      }),
      ...(windows ? { windows } : {}),
      reference: Float64Array.from(reference).sort(),
    }),
  };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make the detector anew: autoencoder anomalies --fit DATA' });
}
