/** Small models and data for tests: low-dimensional structure in 12 columns, so that there is something to learn. */
import { createRandom } from '../../src/base/random.ts';
import { architectureSchema, type Blueprint, makeBlueprint } from '../../src/model/blueprint.ts';
import type { Parameters } from '../../src/model/file/model-file.ts';
import { type Model, makeModel } from '../../src/model/model.ts';
import type { Examples } from '../../src/model/runner.ts';
import { layOut } from '../../src/training/layout.ts';
import { type TrainingOptions, trainingSchema } from '../../src/training/options.ts';
import { initialState, parametersOf } from '../../src/training/state.ts';

export const WIDTH = 12;

/** Points in 0…1 on a bent plane in `WIDTH` dimensions; with a share of the entries missing where asked. */
export function examplesOf(
  count: number,
  options: { readonly seed?: number; readonly missing?: number } = {},
): Examples {
  const random = createRandom(options.seed ?? 0).fork('examples');
  const values = new Float32Array(count * WIDTH);
  for (let row = 0; row < count; row++) {
    const [u, v] = [random.uniform(), random.uniform()];
    for (let column = 0; column < WIDTH; column++) {
      const isMissing = random.uniform() < (options.missing ?? 0);
      const value = 0.5 + 0.25 * Math.sin(2 * u * (column + 1)) + 0.2 * Math.cos(3 * v + column);
      values[row * WIDTH + column] = isMissing ? NaN : value;
    }
  }
  return { values, count };
}

export interface TinyOptions {
  readonly kind?: string;
  readonly network?: string;
  readonly architecture?: Readonly<Record<string, unknown>>;
  readonly kindOptions?: Readonly<Record<string, unknown>>;
  readonly networkOptions?: Readonly<Record<string, unknown>>;
  readonly hasMissing?: boolean;
  /** `WIDTH` numbers in another shape. */
  readonly shape?: readonly number[];
}

function tinyBlueprint(options: TinyOptions = {}): Blueprint {
  const { kind = 'vanilla', network = 'dense', hasMissing = false } = options;
  const architecture = architectureSchema.parse({ kind, network, latent: 3, ...options.architecture });
  return makeBlueprint(
    architecture,
    { kind: options.kindOptions ?? {}, network: { hidden: [16], ...options.networkOptions } },
    { shape: options.shape ?? [WIDTH], hasMissing, isBytes: false, isUnitRange: true },
  );
}

export function tinyModel(options: TinyOptions = {}): Model {
  return makeModel(tinyBlueprint(options));
}

export function tinyTraining(options: Readonly<Record<string, unknown>> = {}): TrainingOptions {
  return trainingSchema.parse({ epochs: 5, batchSize: 16, learningRate: 5e-3, patience: 0, ...options });
}

/** Fresh parameters. */
export function parametersFor(model: Model, seed = 0): Parameters {
  return parametersOf(initialState(layOut(model.parameters, false), 0, createRandom(seed)));
}
