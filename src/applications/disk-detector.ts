/** A detector of rows that do not fit into memory: its models learn from all of them, and those held out tell what is usual. */
import { finish } from '../training/events.ts';
import {
  type Detector,
  type FitDetectorRequest,
  type Member,
  rowDetectorDefaults,
  scoreScaled,
  TABLE_MEMBERS,
} from './detector.ts';
import type { DiskData } from './disk-data.ts';
import { learn } from './learn.ts';
import { makeRecipe, type Recipe, withDefaults } from './recipe.ts';
import { calibrate } from './surprise.ts';

export interface FitDiskDetectorRequest
  extends Pick<FitDetectorRequest, 'engine' | 'options' | 'models' | 'clock' | 'signal' | 'onEvent'> {
  /** Read by `diskDetectorRecipe` of the same options. */
  readonly data: DiskData;
}

/** How the data is read, and how the model at place `at` is made. @throws OptionError as `makeRecipe`. */
export function diskDetectorRecipe(options: FitDetectorRequest['options'], at = 0): Recipe {
  return makeRecipe(withDefaults(rowDetectorDefaults, { ...options, seed: Number(options.seed ?? 0) + at }));
}

/** Trains a detector as `fitDetector` does, on rows from disk. @throws what training throws. */
export async function fitDiskDetector(request: FitDiskDetectorRequest): Promise<Detector> {
  const { data, options, models = TABLE_MEMBERS } = request;
  const members = await fitDiskMembers(request, models, (at) => diskDetectorRecipe(options, at));
  return { members, reference: (await scoreScaled(members, data.parts.validation)).scores.sort() };
}

/** Its models, told by the rows that are held out what is usual. */
export async function fitDiskMembers(
  { data, engine, clock, signal, onEvent }: Omit<FitDiskDetectorRequest, 'models' | 'options'>,
  models: number,
  recipeOf: (at: number) => Recipe,
): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (let at = 0; at < models; at++) {
    const learning = learn({ source: data, recipe: recipeOf(at), engine, clock, signal });
    const one = { ...(await finish(learning, (event) => onEvent?.(event, at, models))), engine };
    members.push({ ...one, calibration: await calibrate(one, data.parts.validation) });
  }
  return members;
}
