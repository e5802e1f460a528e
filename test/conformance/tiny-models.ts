/** Small models and data for tests: low-dimensional structure in 12 columns, so that there is something to learn. */
import { createRandom } from '../../src/base/random.ts';
import { architectureSchema, type Blueprint, makeBlueprint } from '../../src/model/blueprint.ts';
import type { Examples } from '../../src/model/examples.ts';
import type { ModelCard, Parameters } from '../../src/model/file/model-file.ts';
import { type Model, makeModel } from '../../src/model/model.ts';
import { layOut } from '../../src/training/layout.ts';
import { type TrainingOptions, trainingSchema } from '../../src/training/options.ts';
import { initialState, parametersOf } from '../../src/training/state.ts';

export const WIDTH = 12;
const VOCABULARY = 5;
/** Classes of `examplesOf`, by the side of the plane that a point lies on. */
const CLASSES = 2;

/** Of a table: the first half of the columns are numbers, the others one-hot groups. */
const GROUPS = [
  [6, 8],
  [8, 12],
] as const;

interface ExampleOptions {
  readonly seed?: number;
  /** Share of the entries that are missing; of a table, of its columns. */
  readonly missing?: number;
  readonly form?: 'points' | 'table' | 'tokens';
}

/** Points in 0…1 on a bent plane in `WIDTH` dimensions; of a table, the last columns say only in
 * which part of the plane; of tokens, half as many count up by a step that the plane's part says. */
export function examplesOf(count: number, options: ExampleOptions = {}): Examples {
  const random = createRandom(options.seed ?? 0).fork('examples');
  const values = new Float32Array(count * WIDTH);
  const tokens = new Float32Array((count * WIDTH) / 2);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const [u, v] = [random.uniform(), random.uniform()];
    labels[row] = u < 0.5 ? 0 : 1;
    for (let column = 0; column < WIDTH; column++) {
      const isMissing = random.uniform() < (options.missing ?? 0);
      const value = 0.5 + 0.25 * Math.sin(2 * u * (column + 1)) + 0.2 * Math.cos(3 * v + column);
      values[row * WIDTH + column] = isMissing ? NaN : value;
    }
    if (options.form === 'tokens') {
      const [start, by] = [Math.floor(3 * u), Math.floor(3 * v)];
      for (let at = 0; at < WIDTH / 2; at++) {
        const isMissing = Number.isNaN(values[row * WIDTH + at]);
        tokens[(row * WIDTH) / 2 + at] = isMissing ? NaN : (start + by * at) % VOCABULARY;
      }
    }
    if (options.form !== 'table') continue;
    for (const [which, [from, to]] of GROUPS.entries()) {
      const isMissing = Number.isNaN(values[row * WIDTH + from]);
      values.fill(isMissing ? NaN : 0, row * WIDTH + from, row * WIDTH + to);
      if (!isMissing) values[row * WIDTH + from + Math.floor([u, v][which] * (to - from))] = 1;
    }
  }
  return { values: options.form === 'tokens' ? tokens : values, count, labels: { values: labels } };
}

/** The form of examples that a model is for. */
export function formOf({ blueprint }: Pick<Model, 'blueprint'>): 'points' | 'table' | 'tokens' {
  if (blueprint.vocabulary > 0) return 'tokens';
  return blueprint.loss === 'mixed' ? 'table' : 'points';
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

/** The twelve columns in the shape that a network is for, and the network small. */
const bodies: Readonly<Record<string, { readonly shape: readonly number[]; readonly options: object }>> = {
  dense: { shape: [WIDTH], options: { hidden: [16] } },
  convolutional: { shape: [1, 3, 4], options: { channels: [8] } },
  recurrent: { shape: [6, 2], options: { units: 12 } },
  'convolutional-recurrent': { shape: [3, 1, 2, 2], options: { channels: [8], units: 8, codeChannels: 4 } },
  lapped: { shape: [1, 3, 4], options: { block: 2, codeChannels: 2, refinements: 1, units: 8 } },
};

/** What data is that a loss is for, where that is another. */
const facts: Readonly<Record<string, object>> = {
  mixed: { shape: [WIDTH], categories: GROUPS },
  categorical: { shape: [WIDTH / 2], vocabulary: VOCABULARY, isUnitRange: false },
};

function tinyBlueprint(options: TinyOptions = {}): Blueprint {
  const { kind = 'vanilla', network = 'dense', hasMissing = false } = options;
  // Tokens both ways: one network takes them embedded, the others one-hot.
  const tokens = network === 'recurrent' && options.architecture?.loss === 'categorical' ? { embedding: 4 } : {};
  // The width of a map follows from its channels.
  const isMap = 'codeChannels' in { ...bodies[network].options, ...options.networkOptions };
  const width = isMap ? {} : { latent: 3 };
  const architecture = architectureSchema.parse({ kind, network, ...width, ...tokens, ...options.architecture });
  const body = bodies[network];
  const ofLoss = facts[architecture.loss];
  return makeBlueprint(
    architecture,
    { kind: options.kindOptions ?? {}, network: { ...body.options, ...options.networkOptions } },
    {
      shape: options.shape ?? body.shape,
      hasMissing,
      isBytes: false,
      isUnitRange: true,
      classes: CLASSES,
      count: 100,
      ...ofLoss,
    },
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

/** A card that fits the model and says nothing else. */
export const cardOf = (model: Model): ModelCard => ({
  blueprint: model.blueprint,
  scaling: {
    form: 'array',
    shape: [WIDTH],
    offset: new Array(WIDTH).fill(0),
    scale: new Array(WIDTH).fill(1),
    constant: [],
  },
  data: { name: 'points', examples: 1, validationExamples: 1, fingerprint: '', labelNames: [] },
  training: { options: {}, history: [], bestEpoch: 0 },
  baselines: {},
  results: {},
  warnings: [],
  versions: {},
});
