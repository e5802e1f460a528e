/** Fills in the report of a training run from what was learned. */
import { basename } from 'node:path';
import { drawExamples } from '../applications/draw.ts';
import { codebookUse, klOf, type Learned, varianceOf } from '../applications/learn.ts';
import type { Recipe } from '../applications/recipe.ts';
import { createRandom } from '../base/random.ts';
import { featureNames, undoScaling } from '../data/columns/scaling.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { sizeOf } from '../graph/tensor.ts';
import { squaredErrorAt } from '../model/runner.ts';
import { codeMap } from './code-map.ts';
import { firstRows, pictureShape, scaled, stackOf } from './pictures.ts';
import type { ExamplePanel, ReportData, SamplePanel } from './report-data.ts';
import { samplePanel, tableOf } from './samples.ts';

export interface ReportContext {
  readonly engine: Engine;
  readonly recipe: Recipe;
  /** How the data was named and read, as in the commands: `sensors.csv --label state`. */
  readonly data: string;
  /** The model file's path, as in the commands. */
  readonly modelFile: string;
}

/** Pictures in the panels, and examples that the errors are averaged over. */
const EXAMPLES = 16;
const SAMPLES = 48;
const MEASURED = 3000;

/** Everything that the report shows of a run. */
export async function trainingReport(learned: Learned, context: ReportContext): Promise<ReportData> {
  const { model, card, parts, result, validation, baselines, codes } = learned;
  const { blueprint } = model;
  const shown = firstRows(parts.validation, EXAMPLES);
  return {
    title: `${basename(card.data.name)}, ${blueprint.kind.name}`,
    kind: blueprint.kind.name,
    network: blueprint.network.name,
    dataset: card.data.name,
    history: result.history,
    bestEpoch: result.bestEpoch,
    baselines: [
      { name: 'This model', role: 'model', mse: validation.mse },
      ...(baselines.pca
        ? [{ name: `PCA, ${blueprint.latent} components`, role: 'pca' as const, mse: baselines.pca.mse }]
        : []),
      { name: 'Mean of the training examples', role: 'mean', mse: baselines.mean.mse },
    ],
    examples: await examplePanel(learned, shown),
    samples: await samplesOf(learned),
    codeMap: await codeMap(context.engine, codes.code, blueprint.latent, parts.validation),
    codeActivity: codeActivity(learned),
    featureError: await featureError(learned),
    settings: settingGroups(learned, context.recipe),
    warnings: learned.warnings,
    model: {
      parameters: parameterCount(learned),
      exampleSize: sizeOf(blueprint.shape),
      codeSize: blueprint.latent,
      trainExamples: card.data.examples,
      validationExamples: parts.validation.count,
      seconds: result.seconds,
      examplesPerSecond: result.examplesPerSecond,
      seed: context.recipe.training.seed,
      versions: card.versions,
      file: context.modelFile,
    },
    nextCommands: nextCommands(learned, context),
  };
}

/** Commands that make sense with this model. */
export function nextCommands(
  { parts, model }: Pick<Learned, 'parts' | 'model'>,
  { data, modelFile }: Pick<ReportContext, 'data' | 'modelFile'>,
): ReportData['nextCommands'] {
  const isPicture = pictureShape(parts.train) !== undefined;
  const picture = isPicture ? 'reconstructions.png' : 'reconstructions.csv';
  return [
    {
      command: `autoencoder evaluate ${modelFile} ${data}`,
      purpose: 'Measure it on the test part, or on other data',
    },
    {
      command: `autoencoder encode ${modelFile} ${data} --out codes.npy`,
      purpose: 'Turn every example into its code',
    },
    {
      command: `autoencoder reconstruct ${modelFile} ${data} --limit 64 --out ${picture}`,
      purpose: 'Look at what it rebuilds',
    },
    model.prior
      ? {
          command: `autoencoder generate ${modelFile} ${data}`,
          purpose: 'Draw new examples, and see how good they are',
        }
      : {
          command: `autoencoder generate --fit ${data}`,
          purpose: 'Learn a code that new examples can be drawn from, and draw some',
        },
  ];
}

/** Trained numbers. */
export function parameterCount({ model }: Pick<Learned, 'model'>): number {
  return model.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
}

async function examplePanel(learned: Learned, shown: Dataset): Promise<ExamplePanel | undefined> {
  const { runner, parameters, model } = learned;
  const isNoisy = model.kind.corrupt !== undefined;
  const results = isNoisy
    ? await runner.denoise(parameters, shown, createRandom(0).fork('report'))
    : await runner.reconstruct(parameters, shown);
  const captions = shown.labels && Array.from(shown.labels.values, (label) => shown.labels?.names[label] ?? '');
  if (pictureShape(shown)) {
    return {
      form: 'images',
      original: stackOf(shown, scaled(shown)),
      ...(isNoisy ? { corrupted: stackOf(shown, results.corrupted) } : {}),
      reconstruction: stackOf(shown, results.reconstruction),
      captions,
    };
  }
  const original = undoScaling(shown.scaling, scaled(shown), shown.count);
  const rebuilt = undoScaling(shown.scaling, results.reconstruction, shown.count);
  const { columns } = tableOf(original);
  return {
    form: 'table',
    columns: columns.map((name) => ({ name, ...spreadOf(shown, name) })),
    original: tableOf(original).rows,
    reconstruction: tableOf(rebuilt).rows,
    captions,
  };
}

async function samplesOf(learned: Learned): Promise<SamplePanel | undefined> {
  if (!learned.model.prior) return undefined;
  const random = createRandom(0).fork('samples');
  return samplePanel(learned.parts.train, await drawExamples(learned, { count: SAMPLES, random }));
}

function codeActivity({ codes, model }: Learned): ReportData['codeActivity'] {
  const { latent } = model.blueprint;
  const use = codebookUse(codes, model);
  if (use) {
    const total = use.reduce((sum, chosen) => sum + chosen, 0);
    return {
      measure: 'share of what was chosen',
      noun: 'codebook entry',
      values: use.map((chosen) => chosen / total),
      dead: [...use.keys()].filter((at) => use[at] === 0),
    };
  }
  const isVariational = codes.logVariance !== undefined;
  const values = isVariational ? klOf(codes.code, codes.logVariance, latent) : varianceOf(codes.code, latent);
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const isDead = (value: number): boolean => (isVariational ? value < 0.01 : value <= 1e-6 * most);
  return {
    measure: isVariational ? 'KL divergence (nats)' : 'variance',
    noun: 'code dimension',
    values: Array.from(values),
    dead: Array.from(values.keys()).filter((at) => isDead(values[at])),
  };
}

async function featureError({ runner, parameters, parts, model }: Learned): Promise<ReportData['featureError']> {
  const some = firstRows(parts.validation, MEASURED);
  const { reconstruction } = await runner.reconstruct(parameters, some);
  const width = sizeOf(some.shape);
  const original = scaled(some);
  const errors = new Float64Array(width);
  const counts = new Float64Array(width);
  for (let i = 0; i < original.length; i++) {
    const error = squaredErrorAt(model.blueprint, original[i], reconstruction[i]);
    if (Number.isNaN(error)) continue;
    errors[i % width] += error;
    counts[i % width] += 1;
  }
  const means = Array.from(errors, (total, at) => total / Math.max(1, counts[at]));
  const picture = pictureShape(some);
  if (!picture) {
    const names = featureNames(some.scaling);
    return { form: 'columns', columns: means.map((error, at) => ({ name: names[at], error })) };
  }
  const [channels, height, rowWidth] = picture;
  const area = height * rowWidth;
  const values = Array.from({ length: area }, (_, at) => {
    let total = 0;
    for (let channel = 0; channel < channels; channel++) total += means[channel * area + at];
    return total / channels;
  });
  return { form: 'images', height, width: rowWidth, values };
}

function settingGroups({ model, training }: Learned, recipe: Recipe): ReportData['settings'] {
  const { kind, network, latent, loss, output, binarize } = model.blueprint;
  const group = (name: string, options: Readonly<Record<string, unknown>>) => ({
    name,
    settings: Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([setting, value]) => ({
        name: setting,
        value: typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
      })),
  });
  return [
    group('Model', { kind: kind.name, ...kind.options, latent, loss, output, binarize }),
    group('Network', { network: network.name, ...network.options }),
    group('Training', training),
    group('Data', recipe.preparation),
  ];
}

function spreadOf({ scaling }: Dataset, name: string): { spread?: number } {
  if (scaling.form !== 'columns') return {};
  const rule = scaling.columns.find((column) => column.name === name);
  return rule?.type === 'numeric' ? { spread: rule.scale } : {};
}
