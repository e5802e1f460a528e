/** `autoencoder generate`: new examples, drawn from the prior or made of given ones, and how good they are. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { drawNear } from '../../applications/augment.ts';
import { type Drawn, drawExamples, drawingKinds, drawnSource, requireDrawable } from '../../applications/draw.ts';
import type { Coverage } from '../../applications/manifold.ts';
import { type SampleQuality, sampleQuality } from '../../applications/sample-quality.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { generateReport } from '../../report/generate-report.ts';
import { nearestRows, originRows } from '../../report/picture-rows.ts';
import { pictureShape } from '../../report/pictures.ts';
import { samplePanel } from '../../report/samples.ts';
import { examplesFor, readData } from '../data-flags.ts';
import {
  type ExamplePlace,
  exampleFormats,
  modelStem,
  PICTURES,
  placeExamples,
  writeExamples,
} from '../example-output.ts';
import { amountParser, countParser, oneOf, shareParser } from '../flags.ts';
import { addExampleFlags, type ResultFlags } from '../result-flags.ts';
import { REPORT_FILE } from '../run-folder.ts';
import {
  addSubjectFlags,
  heldApart,
  openModel,
  readSubject,
  refuseTraining,
  type Subject,
  type SubjectFlags,
  type SubjectWords,
} from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly n?: number;
  readonly class?: string;
  readonly truncation?: number;
  readonly like?: string;
  readonly spread?: number;
  readonly format?: string;
  readonly seed: number;
}

/** A model that is at hand, with the data that its examples are compared with, where there is any. */
type Maker = Awaited<ReturnType<typeof openModel>> & Partial<Pick<Subject, 'data' | 'measured' | 'learnedFrom'>>;

/** Examples where nobody says how many. */
const COUNT = 64;
const DEFAULTS = { kind: 'variational' };

export function addGenerate(program: Command, signal: AbortSignal): void {
  const command = program
    .command('generate')
    .summary('new examples, like those of the data')
    .description(
      'Makes up examples: from codes that the prior draws (kinds with one: variational, vq, adversarial, wasserstein), or near given ones (--like). With data they are compared with examples that nothing was learned from, beside draws from a normal distribution of principal components.',
    )
    .option('--n <n>', `how many (default: ${COUNT}; with --like as many as there are)`, countParser('--n'))
    .option('--class <name>', 'of this class, where the model knows classes (default: all in turn)')
    .option(
      '--truncation <t>',
      'spread of the prior, above 0, at most 1: the less, the more usual',
      shareParser('--truncation'),
    )
    .option('--like <data>', 'make more of these, each with the label of the one that it is made of')
    .option('--spread <s>', 'with --like: how far from them, 1 as the encoder is unsure', amountParser('--spread'))
    .addOption(
      oneOf(
        program.createOption(
          '--format <name>',
          'of the examples (default: pictures, a folder of PNG files, or csv where they are no pictures)',
        ),
        exampleFormats,
      ),
    );
  addExampleFlags(command, { folder: 'examples and report', files: '.png, .npy, .npz, .csv' });
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder generate --fit mnist --latent 16\n  autoencoder generate runs/digits-variational digits --truncation 0.8\n  autoencoder generate runs/digits-variational --n 100 --out digits.png\n  autoencoder generate --fit digits --labels given --class 7\n  autoencoder generate runs/penguins-variational --like penguins.csv --label species --n 1000 --out more.csv',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'generate', model, data, defaults: DEFAULTS }, flags, signal),
  );
}

async function run(words: SubjectWords, { seed, ...flags }: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  refuseMixtures(words, flags);
  const named = flags.fit ?? flags.like ?? words.data ?? modelStem(words.model ?? '');
  const place = await placeExamples({ command: 'generate', data: named, stem: 'examples' }, flags);
  const random = createRandom(seed).fork('generate');
  const trainingFlags = flags.fit === undefined ? flags : { ...flags, seed };
  const maker = await makerFor(words, trainingFlags, place, terminal, signal);
  const apart =
    maker.data && maker.measured
      ? heldApart({ ...maker, data: maker.data, measured: maker.measured }, random)
      : undefined;
  if (flags.like !== undefined) return madeNear(flags.like);
  const { truncation, class: label } = flags;
  const drawn = await drawExamples(maker, { count: flags.n ?? COUNT, label, truncation, random });
  const quality =
    apart && (await sampleQuality({ ...maker, ...apart, label, truncation, random: random.fork('quality') }));
  const sheet = apart && place.folder !== undefined ? await nearestRows(maker, drawn, apart.known) : [];
  await give({ maker, place, drawn, like: undefined, quality, sheet }, flags, terminal);

  async function madeNear(like: string): Promise<void> {
    const { train } = await readData(like, flags, terminal, signal);
    const data = examplesFor(maker.card, train, maker.modelFile, terminal);
    const near = await drawNear(maker, data, { count: flags.n ?? data.count, spread: flags.spread, random });
    terminal.note(`Made of ${data.count.toLocaleString('en')} examples of ${data.name}.`);
    await give({ maker, place, drawn: near, like, sheet: originRows(maker, near, data) }, flags, terminal);
  }
}

/** @throws OptionError for options that say two different things. */
function refuseMixtures(
  { model, data }: SubjectWords,
  flags: Pick<Flags, 'like' | 'spread' | 'fit' | 'class' | 'truncation'>,
): void {
  const { like, spread, fit } = flags;
  if (model === undefined && fit === undefined)
    throw new OptionError({
      where: 'autoencoder generate',
      expected: 'a model, or --fit with data',
      got: 'neither',
      fix: 'try: autoencoder generate --fit digits',
    });
  const given = (['class', 'truncation'] as const).find((name) => flags[name] !== undefined);
  if (like !== undefined && given !== undefined)
    throw new OptionError({
      where: `--${given}`,
      expected: 'nothing that is asked of the prior, beside --like, which does not draw from it',
      got: `--${given}`,
      fix: `leave --${given} out; --spread says how far from the examples`,
    });
  if (like === undefined && spread !== undefined)
    throw new OptionError({
      where: '--spread',
      expected: '--like beside it, with the examples that it is about',
      got: 'none',
      fix: 'add --like DATA; --truncation is the spread of the prior',
    });
  if (like !== undefined && data !== undefined)
    throw new OptionError({
      where: '--like',
      expected: 'no other data beside it',
      got: data,
      fix: `leave out ${data}, or --like`,
    });
}

async function makerFor(
  words: SubjectWords,
  flags: SubjectFlags & Pick<Flags, 'like' | 'class' | 'truncation'>,
  { folder }: ExamplePlace,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Maker> {
  const { like, class: label, truncation } = flags;
  if (flags.fit !== undefined && like === undefined) refuseWithoutPrior(flags.kind);
  const check: SubjectWords['check'] = (model, labelNames) =>
    like === undefined ? requireDrawable(model, labelNames, { label, truncation }) : undefined;
  if (flags.fit !== undefined || words.data !== undefined)
    return readSubject({ ...words, check }, flags, join(folder ?? '', 'model'), terminal, signal);
  refuseTraining(flags);
  return openModel(words.model ?? '', flags);
}

/** @throws OptionError before a training whose model could draw nothing. */
function refuseWithoutPrior(kind: unknown): void {
  const able = drawingKinds();
  if (typeof kind !== 'string' || able.includes(kind) || !kinds.some(({ name }) => name === kind)) return;
  throw new OptionError({
    where: '--kind',
    expected: `a kind with a prior, that new codes are drawn from: ${able.join(', ')}`,
    got: kind,
    fix: 'leave --kind out, or make examples near others with --like DATA',
  });
}

interface Outcome {
  readonly maker: Maker;
  readonly place: ExamplePlace;
  readonly drawn: Drawn;
  readonly like: string | undefined;
  readonly quality?: SampleQuality;
  readonly sheet: Parameters<typeof generateReport>[0]['sheet'];
}

/** Writes and tells. */
async function give(
  { maker, place, drawn, like, quality, sheet }: Outcome,
  { label, format, truncation }: Pick<Flags, 'label' | 'format' | 'truncation'>,
  terminal: Terminal,
): Promise<void> {
  const { model, card, modelFile, data, learnedFrom } = maker;
  const { scaling } = card;
  const { shape } = model.blueprint;
  const isPicture = pictureShape({ shape, scaling }) !== undefined;
  const examples = await writeExamples(place, {
    source: drawnSource(card, drawn),
    stem: 'examples',
    label: label ?? 'label',
    format: format ?? (isPicture ? PICTURES : 'csv'),
  });
  const report = place.folder === undefined ? undefined : join(place.folder, REPORT_FILE);
  if (report !== undefined) {
    const panel = samplePanel({ shape, scaling }, drawn);
    const page = { panel, count: drawn.count, quality, sheet, like, data: data?.name, modelFile, examples };
    await writeFileAtomic(report, generateReport(page));
  }
  for (const line of [
    '',
    `${drawn.count.toLocaleString('en')} examples ${like === undefined ? `made up by ${modelFile}` : `made of ${like}`}.`,
    '',
    ...(quality ? [...qualityLines(quality), ''] : []),
    ...placeLines({ Examples: examples, Report: report, Model: learnedFrom && modelFile }),
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    examples,
    count: drawn.count,
    shape: [drawn.count, ...shape],
    ...(drawn.labels ? { classes: drawn.labels.names } : {}),
    ...(like === undefined ? { truncation: truncation ?? 1 } : { like }),
    ...(report === undefined ? {} : { report }),
    ...(data ? { data: data.name } : {}),
    ...(quality ? jsonOf(quality) : {}),
  });
}

function jsonOf({
  compared,
  label,
  model,
  gaussian,
  real,
  nearest,
  likelihood,
}: SampleQuality): Record<string, unknown> {
  return {
    compared,
    ...(label === undefined ? {} : { class: label }),
    space: 'codes of this model',
    results: { ...model, ...(likelihood ?? {}) },
    baselines: { ...(gaussian ? { gaussian } : {}), real },
    nearest,
  };
}

function qualityLines({ model, gaussian, real, compared, label, nearest, likelihood }: SampleQuality): string[] {
  const row = (name: string, { precision, recall }: Coverage): string[] => [
    name,
    ...[precision, recall].map((share) => `${short(100 * share)} %`),
  ];
  return [
    `In the space of this model's codes, ${compared.toLocaleString('en')} made and as many real ones${label === undefined ? '' : ` of class ${label}`} that nothing was learned from:`,
    '',
    ...table([
      ['', 'precision', 'recall'],
      row('this model', model),
      ...(gaussian ? [row(`normal draws, PCA ${gaussian.components}`, gaussian)] : []),
      row('examples learned from', real),
    ]).map((line) => `  ${line}`),
    '',
    `Nearest example learned from: ${short(nearest.made)} away from what is made, ${short(nearest.held)} from real ones; ${short(100 * nearest.copies)} % nearer than 99 of 100 real ones.`,
    ...(likelihood
      ? [
          `Surprise of ${likelihood.examples} real ones: ${short(likelihood.negativeLogLikelihood)} nats/example (importance sampling, ${likelihood.draws} codes each).`,
        ]
      : []),
  ];
}
