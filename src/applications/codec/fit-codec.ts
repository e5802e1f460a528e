/**
 * Makes a codec from pictures: trains its model on grey pieces of them, and then makes the tables from the codes of whole ones.
 */
import { DataError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { NumberMap } from '../../codec/number-map.ts';
import { grey, type Picture } from '../../data/picture.ts';
import { input } from '../../graph/ops/input.ts';
import type { Examples } from '../../model/examples.ts';
import { mapOf } from '../../model/resized.ts';
import { parameterFeeds, parameterInputs } from '../../model/runner.ts';
import { traceWith } from '../../model/trace.ts';
import type { TrainingEvent } from '../../training/events.ts';
import { parametersOf } from '../../training/state.ts';
import type { TrainResult } from '../../training/train.ts';
import { cutPatches, planCuts } from '../patches.ts';
import { withDefaults } from '../recipe.ts';
import type { TrainedModel } from '../trained.ts';
import { trainForUse, type UseTraining } from '../use-training.ts';
import { type DraftCodec, MARGIN, type QualityTables } from './codec.ts';
import { planesOf } from './colour.ts';
import { fitLossless, type LosslessTables } from './lossless.ts';
import { quantise } from './quantise.ts';
import { fitTables } from './tables.ts';
import { type Cells, makeTransform } from './transform.ts';

/** What is trained where the user does not say. */
const codecDefaults = {
  kind: 'compressive',
  network: 'lapped',
  codeChannels: 64,
  refinements: 0,
  output: 'linear',
  batchSize: 16,
  epochs: 8,
  learningRate: 3e-3,
  clip: 0,
  patience: 0,
} as const;

export interface FitCodecRequest extends UseTraining {
  readonly name: string;
  readonly pictures: readonly Picture[];
  /** Pieces of an epoch. */
  readonly patches: number;
  /** Height and width of a piece. */
  readonly patch: number;
  /** Shown the codec as it is by then, whenever a checkpoint is due; the training waits. */
  readonly onDraft?: (draft: DraftCodec, epoch: number) => Promise<void>;
}

export interface FittedCodec {
  readonly trained: TrainedModel;
  readonly qualities: readonly QualityTables[];
  readonly lossless: LosslessTables;
  readonly result: TrainResult;
}

/** Pieces that are chosen by. */
const CHOSEN = 256;
/** Of the pictures: chosen by. */
const HELD_OUT = 0.05;
/** Pixels that tables are made from, at most: more of them would change little. */
const MOST_PIXELS = 6e6;
const DRAFT_PIXELS = 3e5;

/** @throws DataError for pictures smaller than a piece; OptionError, DivergenceError, InterruptedError. */
export async function* fitCodec(request: FitCodecRequest): AsyncGenerator<TrainingEvent, FittedCodec> {
  const { name, engine, pictures, patch, patches, clock, from, checkpoint, signal, onDraft } = request;
  const random = createRandom(Number(request.options.seed ?? 0)).fork('codec');
  if (pictures.length < 2)
    throw new DataError({
      where: name,
      expected: 'at least 2 pictures: to learn from, and to choose by',
      got: `${pictures.length}`,
      fix: 'give more pictures',
    });
  const greys = Array.from(random.fork('split').permutation(pictures.length), (at) => grey(pictures[at]));
  const held = Math.ceil(HELD_OUT * greys.length);
  const examples = (from: readonly Picture[], count: number, part: string): Examples => {
    const cuts = planCuts(from, { count, size: patch, random: random.fork(part) });
    return { values: cutPatches(from, cuts, patch), count };
  };
  const shape = [1, patch, patch];
  const { trained, result } = yield* trainForUse({
    engine,
    options: withDefaults(codecDefaults, request.options),
    clock,
    from,
    checkpoint: async (state, known) => {
      await checkpoint?.(state, known);
      const { epoch } = state.position;
      if (onDraft && epoch > 0)
        await onDraft(await draftOf({ engine, ...known, parameters: parametersOf(state) }, pictures), epoch);
    },
    signal,
    train: examples(greys.slice(held), patches, 'train'),
    validation: examples(greys.slice(0, held), CHOSEN, 'validation'),
    facts: { shape, hasMissing: false, isBytes: true, isUnitRange: true },
    scaling: { form: 'pixels', shape },
    data: { name },
    // A codec needs a code that is a map.
    check: ({ blueprint }) => {
      mapOf(blueprint);
    },
  });
  return { trained, result, ...(await tablesOf(trained, pictures, MOST_PIXELS)) };
}

async function draftOf(trained: DraftCodec['trained'], pictures: readonly Picture[]): Promise<DraftCodec> {
  return { trained, ...(await tablesOf(trained, pictures, DRAFT_PIXELS)), fingerprint: new Uint8Array(8) };
}

async function tablesOf(
  trained: DraftCodec['trained'],
  pictures: readonly Picture[],
  most: number,
): Promise<Pick<FittedCodec, 'qualities' | 'lossless'>> {
  return {
    qualities: await fitQualities(trained, within(pictures, most)),
    lossless: fitLossless(within(pictures, most / 2)),
  };
}

/** Steps and tables of each quality, from the codes of pictures. */
async function fitQualities(trained: DraftCodec['trained'], pictures: readonly Picture[]): Promise<QualityTables[]> {
  const transform = makeTransform(trained);
  const [lightness, colour]: [Cells[], Cells[]] = [[], []];
  for (const picture of pictures) {
    const [first, ...others] = planesOf(picture);
    lightness.push(await transform.analyse(first));
    for (const plane of others) colour.push(await transform.analyse(plane));
  }
  await transform.dispose();
  const { channels } = transform;
  const steps = await stepsOf(trained);
  return Array.from({ length: steps.length / channels }, (_, quality) => {
    const own = steps.slice(quality * channels, (quality + 1) * channels);
    const tablesFrom = (cells: readonly Cells[]) => fitTables(rounded(cells, own), channels);
    const ofLightness = tablesFrom(lightness);
    // Without colours to learn from, they are taken for lightness.
    return { steps: own, lightness: ofLightness, colour: colour.length > 0 ? tablesFrom(colour) : ofLightness };
  });
}

/** The first pictures, up to so many pixels; at least one. */
function within(pictures: readonly Picture[], most: number): Picture[] {
  let pixels = 0;
  return pictures.filter(({ width, height }, at) => {
    pixels += width * height;
    return at === 0 || pixels <= most;
  });
}

function rounded(cells: readonly Cells[], steps: Float32Array): NumberMap[] {
  return cells.map((own) => quantise(own, steps, MARGIN));
}

/** What codes are rounded to multiples of: `[qualities, channels]`. */
async function stepsOf({ engine, model, parameters }: DraftCodec['trained']): Promise<Float32Array> {
  const { steps } = model;
  if (!steps) throw new Error('internal: a codec of a kind that does not round');
  const trace = traceWith(parameterInputs(model), { purpose: 'inference', key: input('key', 'uint32', [2]) });
  const program = await engine.compile({ steps: steps(trace) });
  const found = await program.run(parameterFeeds(model, parameters));
  await program.dispose();
  return found.steps.data as Float32Array;
}
