/**
 * How good the examples are that a model makes up: are they like real ones, are all sorts there, are they copies; and how likely the model
 * finds real ones.
 *
 *   made ─┐                       ┌─ precision, recall          beside a normal distribution of principal components,
 *   held ─┴─ codes of the model ──┘                             and beside the examples that were learned from
 *   made, held ── nearest among those learned from ── how much nearer made ones lie
 */
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { takeExamples } from '../data/split.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Examples } from '../model/examples.ts';
import { drawPrincipal } from './baselines/principal-draws.ts';
import { type DrawRequest, drawExamples } from './draw.ts';
import { nearestIn } from './exact-search.ts';
import { type Coverage, coverage, MANIFOLD_NEIGHBOURS } from './manifold.ts';
import type { Points } from './neighbours.ts';
import type { TrainedModel } from './trained.ts';

export interface SampleQuality {
  /** Examples of each sort that were compared. */
  readonly compared: number;
  /** The class that all of them are of, where one was asked for. */
  readonly label?: string;
  /** In the space of the model's own codes. */
  readonly model: Coverage;
  /** Draws from a normal distribution of as many principal components as the code has numbers, as narrow as those of the model; of numbers, not of tokens. */
  readonly gaussian?: Coverage & { readonly components: number };
  /** Of real examples, those learned from: what no generator can be expected to surpass. */
  readonly real: Coverage;
  readonly nearest: Nearness;
  /** Where codes are distributions. */
  readonly likelihood?: ModelLikelihood;
}

/** How far made and held-out examples are from the nearest one learned from: root mean square over features, in scaled units. */
export interface Nearness {
  readonly compared: number;
  /** Medians. */
  readonly made: number;
  readonly held: number;
  /** Share of the made ones that are nearer than 99 of 100 held-out ones: much above 0.01 where examples were learned by heart. */
  readonly copies: number;
}

/** Of held-out examples; constants of a normal likelihood are left out, as in the loss. */
export interface ModelLikelihood {
  /** Average −log p(x), nats/example, by importance sampling. */
  readonly negativeLogLikelihood: number;
  readonly examples: number;
  /** Codes drawn for each. */
  readonly draws: number;
}

export interface SampleQualityRequest extends TrainedModel, Pick<DrawRequest, 'label' | 'truncation'> {
  /** What the model learned from, or is held for it; and other examples. */
  readonly known: Dataset;
  readonly held: Dataset;
  readonly random: Random;
}

const MOST_COMPARED = 1000;
const MOST_NEAREST = 500;
const MOST_LIKELY = 500;
const DRAWS = 100;
const COPY_QUANTILE = 0.01;

/** Nothing where there are too few held-out examples to tell. */
export async function sampleQuality(request: SampleQualityRequest): Promise<SampleQuality | undefined> {
  const { engine, model, label, truncation, random } = request;
  const [known, held] = [ofClass(request.known, label), ofClass(request.held, label)];
  const compared = Math.min(MOST_COMPARED, held.count, known.count);
  if (compared <= MANIFOLD_NEIGHBOURS) return undefined;
  const some = (data: Dataset, name: string): Dataset =>
    takeExamples(data, random.fork(name).permutation(data.count).subarray(0, compared).sort());
  const [real, learned] = [some(held, 'held'), some(known, 'known')];
  const drawn = await drawExamples(request, { count: compared, label, truncation, random: random.fork('made') });
  const made = asExamples(request, drawn);
  const codesOfReal = await codesOf(request, real);
  const judge = async (examples: Examples): Promise<Coverage> =>
    coverage(engine, await codesOf(request, examples), codesOfReal);
  const principal =
    model.blueprint.vocabulary > 0
      ? undefined
      : await drawPrincipal(request, known, compared, random.fork('gaussian'), truncation);
  return {
    compared,
    ...(label === undefined ? {} : { label }),
    model: await judge(made),
    ...(principal
      ? {
          gaussian: {
            ...(await judge({ ...asExamples(request, principal), labels: real.labels })),
            components: principal.components,
          },
        }
      : {}),
    real: await judge(learned),
    nearest: await nearness(request, made, real),
    ...(model.kind.sample ? { likelihood: await likelihood(request, real) } : {}),
  };
}

/** Draws of one class are like real ones of that class, where the data say which those are. */
function ofClass(data: Dataset, label: string | undefined): Dataset {
  const { labels } = data;
  if (label === undefined || !labels) return data;
  const wanted = labels.names.indexOf(label);
  return takeExamples(
    data,
    Int32Array.from(labels.values.keys()).filter((row) => labels.values[row] === wanted),
  );
}

/** What was decoded, as the model takes examples: pictures as bytes, categories as one of them. */
export function asExamples(
  { model }: Pick<TrainedModel, 'model'>,
  { values, count, labels }: Pick<Dataset, 'count' | 'labels'> & { readonly values: Float32Array },
): Examples {
  const { inputScale, categories, shape } = model.blueprint;
  if (inputScale !== 1) {
    const bytes = new Uint8ClampedArray(values.length);
    for (let i = 0; i < values.length; i++) bytes[i] = values[i] / inputScale;
    return { values: new Uint8Array(bytes.buffer), count, labels };
  }
  const whole = values.slice();
  const width = sizeOf(shape);
  for (let start = 0; start < whole.length; start += width)
    for (const [from, to] of categories) {
      const group = whole.subarray(start + from, start + to);
      const largest = group.indexOf(Math.max(...group));
      group.fill(0);
      group[largest] = 1;
    }
  return { values: whole, count, labels };
}

async function codesOf({ model, runner, parameters }: TrainedModel, examples: Examples): Promise<Points> {
  const { code } = await runner.encode(parameters, examples);
  return { values: code, width: model.blueprint.latent };
}

async function nearness(
  { engine, model, known }: SampleQualityRequest,
  made: Examples,
  held: Dataset,
): Promise<Nearness> {
  const width = sizeOf(model.blueprint.shape);
  const compared = Math.min(MOST_NEAREST, made.count);
  const unit = Math.sqrt(width) / model.blueprint.inputScale;
  const distancesOf = async ({ values }: Examples): Promise<number[]> => {
    const asked = { values: values.subarray(0, compared * width), width };
    const all = { values: known.values, width };
    const { distances } = await nearestIn({ engine, asked, all, distance: 'euclidean', top: 1 });
    return Array.from(distances, (distance) => distance / unit).sort((a, b) => a - b);
  };
  const [ofMade, ofHeld] = [await distancesOf(made), await distancesOf(held)];
  const middle = Math.floor(compared / 2);
  const near = ofHeld[Math.floor(COPY_QUANTILE * compared)];
  const copies = ofMade.filter((distance) => distance < near).length / compared;
  return { compared, made: ofMade[middle], held: ofHeld[middle], copies };
}

async function likelihood(
  { runner, parameters, random }: SampleQualityRequest,
  held: Dataset,
): Promise<ModelLikelihood> {
  const examples = takeExamples(
    held,
    Int32Array.from({ length: Math.min(MOST_LIKELY, held.count) }, (_, row) => row),
  );
  const each = await runner.logLikelihood(parameters, examples, DRAWS, random.fork('likelihood'));
  const total = each.reduce((sum, value) => sum + value, 0);
  return { negativeLogLikelihood: -total / examples.count, examples: examples.count, draws: DRAWS };
}
