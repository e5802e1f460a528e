/** What is unlike the rest, why, and how surely. */
import {
  type Anomalies,
  anomalyDetector,
  anomalyDetectorOf,
  type Labels,
  type Source,
  sourceCount,
  takeRows,
} from 'autoencoder/browser';
import { type Shown, show } from '../shown.ts';
import { textColumns } from '../text-columns.ts';
import { keep } from './keep.ts';
import { type Block, follow, type StudioUse, words } from './use.ts';

const SHOWN = 100;
const REASONS = 3;
/** Of labels that say something else. */
const ANY = 'any';

export const anomalies: StudioUse = {
  name: 'Anomalies',
  about: 'What is unlike the rest, and which values give it away.',
  makesModel: false,
  command: 'anomalies',
  refusal: ({ source: { train } }) =>
    train.form === 'table' && textColumns(train).length === train.columns.length
      ? 'Numbers, classes or pictures are needed: texts alone do not do.'
      : undefined,
  fields: ({ model, source }) => [
    words(
      'by',
      model ? ['a detector made for it', 'the model of this page'] : ['a detector made for it'],
      'a detector made for it',
      'models that learn what is usual, or the one that you trained',
    ),
    ...(source.train.labels
      ? [
          words(
            'normal',
            [ANY, ...source.train.labels.names],
            usualClass(source.train.labels),
            'the label of what is normal; all others are anomalies then, and not learned from',
          ),
        ]
      : []),
    ...(source.test
      ? [words('look at', ['the test part', 'what it learned from'], 'the test part', 'where anomalies are looked for')]
      : []),
  ],
  async run(context) {
    const { source, model, answers, signal, engine } = context;
    const normal = source.train.labels && answers.normal !== ANY ? String(answers.normal) : undefined;
    const marked = (part: Source): Source => (normal === undefined ? { ...part, labels: undefined } : part);
    const train = marked(source.train);
    const test = source.test && marked(source.test);
    // What is looked for is among what is learned from, and nobody says which it is: then no model may see all of it.
    const robust = !test && !train.labels;
    const detector =
      answers.by === 'the model of this page' && model
        ? await anomalyDetectorOf(model, train)
        : await anomalyDetector(usual(train, normal), { robust, engine, signal, onEvent: follow(context) });
    context.progress('Looking for anomalies');
    const looked = test && answers['look at'] !== 'what it learned from' ? test : train;
    const found = await detector.find(looked, { normal });
    const kept = keep('anomalies', 'DATA', await detector.files({ normal }));
    return [...measured(found), scores(found, looked, normal), ...heat(found, looked), ...kept];
  },
};

/** Of two classes, the more frequent; several are no marks of anomalies unless somebody says so. */
function usualClass({ names, values }: Labels): string {
  if (names.length !== 2) return ANY;
  const [first, second] = [0, 1].map((at) => values.reduce((count, value) => count + Number(value === at), 0));
  return names[second > first ? 1 : 0];
}

/** What is labelled as something else is not learned from. */
function usual(source: Source, normal: string | undefined): Source {
  const { labels } = source;
  if (!labels || normal === undefined) return source;
  const rows = Array.from(labels.values.keys()).filter((row) =>
    [normal, undefined].includes(labels.names[labels.values[row]]),
  );
  return rows.length > 1 ? takeRows(source, rows) : source;
}

function scores(found: Anomalies, source: Source, normal: string | undefined): Block {
  const { labels } = source;
  const order = Array.from(found.scores.keys()).sort((a, b) => found.scores[b] - found.scores[a]);
  const rows = order
    .slice(0, SHOWN)
    .map((row) => ({ row, score: found.scores[row], reasons: reasonsOf(found, source, row) }));
  return {
    block: 'scores',
    name: 'How much each example surprises',
    scores: Float32Array.from(found.scores),
    threshold: found.threshold,
    rows,
    shown: show(
      source,
      rows.map(({ row }) => row),
    ),
    truth: labels && Array.from(labels.values, (value) => (value < 0 ? null : labels.names[value] !== normal)),
  };
}

/** The columns that surprise most, with what would have been expected. */
function reasonsOf({ columns, names, expected }: Anomalies, source: Source, row: number): string {
  if (source.form !== 'table' || expected.form !== 'table') return '';
  const nats = names.map((name, at) => ({ name, nats: columns[row * names.length + at] }));
  return nats
    .sort((a, b) => b.nats - a.nats)
    .slice(0, REASONS)
    .filter((reason, at) => at === 0 || reason.nats > 0.1)
    .map(({ name }) => {
      const own = source.columns.find((column) => column.name === name)?.values[row];
      const usual = expected.columns.find((column) => column.name === name)?.values[row];
      return `${name} is ${words3(own)}, expected ${words3(usual)}`;
    })
    .join('; ');
}

function words3(value: number | string | null | undefined): string {
  return typeof value === 'number' ? (Number.isNaN(value) ? 'missing' : value.toPrecision(3)) : (value ?? 'missing');
}

function measured({ measured: figures, isAnomaly, scores: all }: Anomalies): Block[] {
  const called = isAnomaly.filter(Boolean).length;
  const head: Block = {
    block: 'words',
    tone: 'verdict',
    text: `${called.toLocaleString('en')} of ${all.length.toLocaleString('en')} examples are unlike the rest.`,
  };
  if (!figures) return [head];
  const rows = [
    ['this detector', figures.model],
    ['nearest neighbours', figures.baselines?.nearestNeighbours],
    ['isolation forest', figures.baselines?.isolationForest],
    ['PCA', figures.baselines?.pca],
  ] as const;
  return [
    head,
    {
      block: 'table',
      name: 'How well it tells those that are labelled',
      columns: ['', 'area under ROC', 'average precision'],
      rows: rows.flatMap(([name, ranking]) => (ranking ? [[name, ranking.auroc, ranking.averagePrecision]] : [])),
      about: `${figures.anomalies} of ${figures.examples} are labelled as anomalies. 1 is perfect, 0.5 of the area is guessing.`,
    },
  ];
}

/** Of pictures: where the surprise is. */
function heat({ columns, scores: all }: Anomalies, source: Source): Block[] {
  const originals = show(source, highest(all, 12));
  if (originals.form !== 'pictures') return [];
  const { channels, height, width, count } = originals;
  const size = columns.length / sourceCount(source);
  if (size !== channels * height * width) return [];
  const rows = highest(all, 12);
  const values = new Uint8Array(count * height * width);
  rows.forEach((row, at) => {
    const own = columns.subarray(row * size, (row + 1) * size);
    const most = own.reduce((largest, value) => Math.max(largest, value), 1e-9);
    for (let pixel = 0; pixel < height * width; pixel++) {
      let nats = 0;
      for (let channel = 0; channel < channels; channel++) nats += Math.max(0, own[channel * height * width + pixel]);
      values[at * height * width + pixel] = Math.round((255 * nats) / channels / most);
    }
  });
  const map: Shown = { form: 'pictures', count, channels: 1, height, width, values };
  return [
    { block: 'examples', name: 'The most surprising pictures', shown: originals },
    { block: 'examples', name: 'Where they surprise', shown: map },
  ];
}

function highest(all: Float64Array, most: number): number[] {
  return Array.from(all.keys())
    .sort((a, b) => all[b] - all[a])
    .slice(0, most);
}
