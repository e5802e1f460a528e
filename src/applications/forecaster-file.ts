/** `forecaster.json`: what a forecaster is besides its model. */
import * as z from 'zod';
import { ModelFileError } from '../base/errors.ts';
import { type Folder, type FolderFiles, pathIn, readText } from '../data/folder.ts';
import type { Engine } from '../engine/engine.ts';
import { MODEL_FILE } from '../model/file/model-file.ts';
import type { Forecaster } from './forecaster.ts';
import { readTrained, trainedBytes } from './kept.ts';
import { encodeSaved, parseSaved } from './saved-json.ts';
import type { TrainedModel } from './trained.ts';

export const FORECASTER_FILE = 'forecaster.json';

const names = z.array(z.string());
const count = z.int().min(1);

const schema = z
  .strictObject({
    format: z.literal('autoencoder-forecaster'),
    version: z.literal(1),
    /** Path from the file. */
    model: z.string().regex(/^[\w-]+(\/[\w-]+)*\.safetensors$/, 'a path within the folder'),
    plan: z.strictObject({
      series: names.min(1),
      exogenous: names,
      history: count,
      steps: count,
      season: z.int().min(0),
      isSeasonal: z.array(z.boolean()),
    }),
    interval: z.number().gt(0).lt(1),
    reach: z.array(z.number().min(0)),
    learnedUntil: z.number().optional(),
  })
  .refine(({ plan }) => plan.isSeasonal.length === plan.series.length + plan.exogenous.length, 'a base for each series')
  .refine(({ plan }) => plan.season > 0 || !plan.isSeasonal.includes(true), 'seasonal bases need a season')
  .refine(
    ({ plan, reach }) => reach.length === plan.steps * plan.series.length,
    'a reach for each step of each series',
  );

/** The files of a forecaster: its model, and then what names it. */
export async function forecasterFiles(forecaster: Forecaster): Promise<FolderFiles> {
  const model = `model/${MODEL_FILE}`;
  return {
    [model]: await trainedBytes(forecaster.trained),
    [FORECASTER_FILE]: encodeForecaster(forecaster, model),
  };
}

/** @throws ModelFileError for a damaged file, FileError or ModelFileError for a missing one. */
export async function readForecaster(
  folder: Folder,
  engine: Engine,
): Promise<{ readonly forecaster: Forecaster; readonly modelFile: string }> {
  const saved = decodeForecaster(await readText(folder, FORECASTER_FILE), pathIn(folder, FORECASTER_FILE));
  const forecaster = saved.assemble(await readTrained(folder, saved.model, engine));
  return { forecaster, modelFile: pathIn(folder, saved.model) };
}

export function encodeForecaster(
  { plan, interval, reach, learnedUntil }: Omit<Forecaster, 'trained'>,
  model: string,
): Uint8Array {
  const file: z.input<typeof schema> = {
    format: 'autoencoder-forecaster',
    version: 1,
    model,
    plan: {
      ...plan,
      series: [...plan.series],
      exogenous: [...plan.exogenous],
      isSeasonal: [...plan.isSeasonal],
    },
    interval,
    reach: [...reach],
    ...(learnedUntil === undefined ? {} : { learnedUntil }),
  };
  return encodeSaved(schema, file);
}

export interface SavedForecaster {
  /** Path of the model, from the file. */
  readonly model: string;
  /** Puts the model in. @throws ModelFileError where it does not fit. */
  readonly assemble: (trained: TrainedModel) => Forecaster;
}

/** @throws ModelFileError for anything that is not such a file. */
export function decodeForecaster(text: string, where: string): SavedForecaster {
  const { model, plan, interval, reach, learnedUntil } = parseSaved(text, where, {
    schema,
    what: 'a forecaster',
    refused,
  });
  return {
    model,
    assemble(trained) {
      const { shape, ahead } = trained.card.blueprint;
      const wanted = [plan.history + plan.steps, plan.isSeasonal.length];
      if (shape.join() !== wanted.join() || ahead !== plan.steps)
        throw refused(where, `a model of windows of ${wanted.join(' × ')}, ${plan.steps} of them ahead`, `${shape}`);
      const known = learnedUntil === undefined ? {} : { learnedUntil };
      return { plan, trained, interval, reach: Float64Array.from(reach), ...known };
    },
  };
}

function refused(where: string, expected: string, got: string): ModelFileError {
  return new ModelFileError({ where, expected, got, fix: 'make it anew: autoencoder forecast --fit DATA --steps N' });
}
