/** A model as a folder in the form that model hubs know: weights, `config.json`, and a card for people. */
import { featureCount } from '../../data/columns/form.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { findKind, findNetwork } from '../../model/blueprint.ts';
import { encodeModelFile, type ModelCard, type Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';

export interface HubModel {
  readonly card: ModelCard;
  readonly model: Model;
  readonly parameters: Parameters;
}

/** What of the file format `config.json` is. */
const CONFIG_VERSION = 1;

/** The files of the folder, by their names; the same model gives the same bytes. */
export async function huggingFaceFiles(whole: HubModel): Promise<Readonly<Record<string, Uint8Array>>> {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  return {
    'model.safetensors': await encodeModelFile(whole, whole.model),
    'config.json': text(`${JSON.stringify(configOf(whole), null, 2)}\n`),
    'README.md': text(modelCardOf(whole)),
  };
}

function configOf({ card, model }: HubModel) {
  const { blueprint, scaling, data, training } = card;
  return {
    model_type: 'autoencoder',
    library_name: 'autoencoder',
    config_version: CONFIG_VERSION,
    parameters: countOf(model),
    ...blueprint,
    scaling,
    labels: data.labelNames,
    training: training.options,
  };
}

function countOf(model: Model): number {
  return model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function modelCardOf({ card, model }: HubModel): string {
  const { blueprint, scaling, data, training, results, baselines, warnings } = card;
  const kind = findKind(blueprint.kind.name);
  const network = findNetwork(blueprint.network.name);
  const front = [
    '---',
    'library_name: autoencoder',
    'pipeline_tag: feature-extraction',
    'tags:',
    ...['autoencoder', blueprint.kind.name, blueprint.network.name].map((tag) => `- ${JSON.stringify(tag)}`),
    '---',
  ];
  const facts: [string, string][] = [
    ['kind', `${blueprint.kind.name}: ${kind.summary}`],
    ['network', `${blueprint.network.name}: ${network.summary}`],
    [
      'examples',
      `${blueprint.shape.join(' × ')}${scaling.form === 'columns' ? `, of ${scaling.columns.length} columns` : ''}`,
    ],
    ['code', `${blueprint.latent} numbers for ${featureCount(scaling)}`],
    ['loss', blueprint.loss],
    ['parameters', countOf(model).toLocaleString('en')],
  ];
  const figures = [
    ...Object.entries(results),
    ...Object.entries(baselines).flatMap(([name, all]) =>
      Object.entries(all).map(([figure, value]) => [`${name}.${figure}`, value] as const),
    ),
  ].map(([name, value]): [string, string] => [name, Number(value.toPrecision(4)).toString()]);
  const sections = [
    front.join('\n'),
    `# ${oneLine(blueprint.kind.name)} autoencoder of ${oneLine(data.name)}`,
    'Made with the npm package `autoencoder`. The weights and all that is needed to use them are in `model.safetensors`; `config.json` repeats what the model is.',
    table(['', ''], facts),
    '## Data',
    `${oneLine(data.name)}: ${data.examples.toLocaleString('en')} examples to learn from, ${data.validationExamples.toLocaleString('en')} to measure on.${columnsOf(card)}`,
    '## Training',
    `${training.history.length} epochs, of which the parameters are those of epoch ${training.bestEpoch}.`,
    table(
      ['option', 'value'],
      Object.entries(training.options).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    '## Results',
    figures.length > 0
      ? `Losses in nats an example, \`mse\` for each number in scaled units; \`pca\` is that of principal components with as many numbers.\n\n${table(['figure', 'value'], figures)}`
      : 'Not measured: the numbers come from another program.',
    '## Limits',
    warnings.length > 0
      ? warnings.map((warning) => `- ${oneLine(warning.text)} ${oneLine(warning.advice)}`).join('\n')
      : 'Its training left no warnings. What is unlike the data above, it rebuilds badly.',
    '## Use',
    '```sh\nnpx autoencoder encode model.safetensors DATA --out codes.npy\nnpx autoencoder export model.safetensors --onnx      # for ONNX Runtime in other languages\n```',
  ];
  return `${sections.join('\n\n')}\n`;
}

const MOST_COLUMNS = 50;

function columnsOf({ scaling }: ModelCard): string {
  if (scaling.form !== 'columns') return '';
  const shown = scaling.columns.slice(0, MOST_COLUMNS).map(({ name }) => oneLine(JSON.stringify(name)));
  const more = scaling.columns.length - shown.length;
  return ` Columns: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(oneLine).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Names come from files: they must not become marks, links or tags of the page. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`);
}
