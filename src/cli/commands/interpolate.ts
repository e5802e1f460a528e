/** `autoencoder interpolate`: what lies between examples, and what they would be with more of one class and less of another. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type PathName, pathNames } from '../../applications/code-path.ts';
import { type Change, type OnWays, usualPath, walk } from '../../applications/interpolate.ts';
import { type ChangeQuality, changeQuality, type PathQuality, pathQuality } from '../../applications/path-quality.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { interpolateReport } from '../../report/interpolate-report.ts';
import { wayRows } from '../../report/picture-rows.ts';
import { pictureShape } from '../../report/pictures.ts';
import { samplePanel } from '../../report/samples.ts';
import { type ExamplePlace, modelStem, placeExamples } from '../example-output.ts';
import { amountParser, countParser, oneOf, parseList } from '../flags.ts';
import { readCodes } from '../read-codes.ts';
import { addExampleFlags, type ResultFlags } from '../result-flags.ts';
import { nameAt } from '../row-names.ts';
import { REPORT_FILE } from '../run-folder.ts';
import {
  addSubjectFlags,
  openModel,
  readSubject,
  refuseTraining,
  type Subject,
  type SubjectFlags,
  type SubjectWords,
} from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { writeWays } from '../way-output.ts';
import { betweenCodes, type Planned, planWays, WAYS, type WayFlags } from '../way-plan.ts';

interface Flags extends SubjectFlags, ResultFlags, WayFlags {
  readonly codes?: string;
  readonly steps: number;
  readonly path?: PathName;
  readonly seed: number;
}

const DEFAULTS = { kind: 'variational' };

export function addInterpolate(program: Command, signal: AbortSignal): void {
  const command = program
    .command('interpolate')
    .summary('what lies between examples')
    .description(
      'Goes from the code of one example to that of another and decodes every step; or, with --minus and --plus, from examples to what they would be with more of one class and less of another.',
    )
    .option('--from <row,…>', `rows (from 1) or names of the data to begin with (default: ${WAYS}, drawn)`, parseList)
    .option('--to <row,…>', 'as many to end with, or one for all', parseList)
    .option('--codes <file>', 'codes (.npy, .csv) in place of data: --from and --to are rows of it')
    .option('--steps <n>', 'examples on a way, both ends included', countParser('--steps'), 9)
    .addOption(
      oneOf(
        program.createOption(
          '--path <name>',
          'straight, or along a sphere (default: spherical for kinds with a normal prior)',
        ),
        pathNames,
      ),
    )
    .option('--minus <class>', 'take this class away, with --plus')
    .option('--plus <class>', 'and put this one in its place')
    .option('--strength <s>', 'how far: 1 is as the classes are apart (default: 1)', amountParser('--strength'));
  addExampleFlags(command, { folder: 'the ways and a report', files: '.png, .webp and .gif (animated), .csv, .npy' });
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder interpolate --fit digits\n  autoencoder interpolate runs/faces-variational faces/ --from anna.png --to otto.png --out way.gif\n  autoencoder interpolate runs/digits-variational digits --from 1,2,3 --to 4\n  autoencoder interpolate runs/portraits-variational portraits --minus Ada --plus Bruno --strength 1.5',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'interpolate', model, data, defaults: DEFAULTS }, flags, signal),
  );
}

/** A model with the examples, or codes, that ways begin and end with. */
type Walker = Awaited<ReturnType<typeof openModel>> & Partial<Pick<Subject, 'data' | 'learnedFrom'>>;

async function run(words: SubjectWords, { seed, ...flags }: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  refuseMixtures(words, flags);
  const named = flags.fit ?? words.data ?? modelStem(words.model ?? '');
  const place = await placeExamples({ command: 'interpolate', data: named, stem: 'ways', moves: true }, flags);
  const random = createRandom(seed).fork('interpolate');
  const { codes } = flags;
  if (codes !== undefined) {
    refuseTraining(flags);
    const walker = await openModel(words.model ?? '', flags);
    const { latent } = walker.model.blueprint;
    const read = await readCodes(codes, { latent, modelFile: walker.modelFile }, terminal, signal);
    return give(walker, betweenCodes(read, codes, latent, flags), place, flags, terminal, {});
  }
  const trainingFlags = flags.fit === undefined ? flags : { ...flags, seed };
  const subject = await readSubject(words, trainingFlags, join(place.folder ?? '', 'model'), terminal, signal);
  const planned = await planWays(subject, flags, random);
  return give(subject, planned, place, flags, terminal, await judged(subject, flags, random));
}

/** How good ways are, or a change of class is. */
interface Judged {
  readonly quality?: PathQuality;
  readonly change?: Change & { readonly quality: ChangeQuality };
}

async function judged(
  subject: Subject,
  { path, minus, plus, strength = 1 }: Pick<Flags, 'path' | 'minus' | 'plus' | 'strength'>,
  random: Random,
): Promise<Judged> {
  if (minus === undefined || plus === undefined)
    return { quality: await pathQuality(subject, subject.data, { path, random }) };
  const change = { minus, plus, strength };
  return { change: { ...change, quality: await changeQuality(subject, subject.data, change, random) } };
}

/** @throws OptionError for options that say two different things, or half of one. */
function refuseMixtures(
  { model, data }: SubjectWords,
  flags: Pick<Flags, 'from' | 'to' | 'codes' | 'minus' | 'plus' | 'strength' | 'path' | 'fit'>,
): void {
  const isChange = flags.minus !== undefined || flags.plus !== undefined;
  const refuse = (where: string, expected: string, got: string, fix: string): never => {
    throw new OptionError({ where, expected, got, fix });
  };
  if (isChange && (flags.minus === undefined || flags.plus === undefined))
    refuse(
      flags.minus === undefined ? '--plus' : '--minus',
      'both --minus and --plus, each with a class',
      'one of them',
      'name the class to be taken away, and the one to be put in its place',
    );
  if (isChange && (flags.to !== undefined || flags.path !== undefined))
    refuse(
      flags.to === undefined ? '--path' : '--to',
      'no end of the way beside --minus and --plus, which say where it leads',
      'both',
      'leave one of them out; --strength says how far',
    );
  if (!isChange && flags.strength !== undefined)
    refuse('--strength', '--minus and --plus beside it', 'neither', 'name two classes of the data');
  if (!isChange && (flags.from === undefined) !== (flags.to === undefined))
    refuse(
      flags.from === undefined ? '--to' : '--from',
      'both --from and --to, or neither',
      'one of them',
      'say where the way begins and where it ends',
    );
  if (flags.codes === undefined) return;
  if (isChange || flags.fit !== undefined || data !== undefined || model === undefined || flags.from === undefined)
    refuse(
      '--codes',
      'a model, --from and --to, and no data beside it',
      model === undefined ? 'no model' : flags.from === undefined ? 'no --from' : 'more',
      'try: autoencoder interpolate MODEL --codes codes.npy --from 1 --to 2',
    );
}

/** Decodes, writes and tells. */
async function give(
  walker: Walker,
  { ways, from, to }: Planned,
  place: ExamplePlace,
  { steps, path, minus, plus, strength = 1 }: Pick<Flags, 'steps' | 'path' | 'minus' | 'plus' | 'strength'>,
  terminal: Terminal,
  { quality, change }: Judged,
): Promise<void> {
  const { model, card, modelFile, data, learnedFrom } = walker;
  const { shape } = model.blueprint;
  const taken = minus === undefined ? (path ?? usualPath(model)) : 'linear';
  const walked = await walk(walker, ways, { steps, path: taken });
  const examples = await writeWays(place, { card, walked, ways: from.length });
  const report = place.folder === undefined ? undefined : join(place.folder, REPORT_FILE);
  const how = minus === undefined ? taken : `${short(strength)} times from ${minus} to ${plus}`;
  if (report !== undefined) {
    const page = {
      ...shownOf(walker, walked, from, to),
      ways: from.length,
      steps,
      how,
      quality,
      change,
      data: data?.name ?? 'codes',
      modelFile,
      examples,
    };
    await writeFileAtomic(report, interpolateReport(page));
  }
  for (const line of [
    '',
    `${from.length.toLocaleString('en')} ${from.length === 1 ? 'way' : 'ways'} of ${steps} steps (${how}).`,
    '',
    ...(quality ? [...qualityLines(quality), ''] : []),
    ...(change ? [changeLine(change), ''] : []),
    ...placeLines({ Ways: examples, Report: report, Model: learnedFrom && modelFile }),
  ])
    terminal.say(line);
  const names = (rows: readonly number[]): string[] => rows.map((row) => nameAt(data, row));
  terminal.result({
    model: modelFile,
    ways: examples,
    shape: [walked.count, ...shape],
    steps,
    from: names(from),
    ...(to ? { to: names(to), path: taken } : { minus, plus, strength }),
    ...(report === undefined ? {} : { report }),
    ...(data ? { data: data.name } : {}),
    ...(quality ? { results: quality } : {}),
    ...(change ? { results: change.quality } : {}),
  });
}

/** Ways as a page shows them: pictures beside the examples that they begin and end with, or rows of the first way. */
function shownOf(
  walker: Walker,
  walked: OnWays,
  from: readonly number[],
  to: readonly number[] | undefined,
): Pick<Parameters<typeof interpolateReport>[0], 'panel' | 'sheet'> {
  const { shape } = walker.model.blueprint;
  const { scaling } = walker.card;
  if (pictureShape({ shape, scaling })) return { sheet: wayRows(walker, walked, from, to) };
  return { sheet: [], panel: samplePanel({ shape, scaling }, walked) };
}

function qualityLines({ pairs, distance, decoded, blend }: PathQuality): string[] {
  return [
    `Half-way between ${pairs} pairs drawn at random, the ${distance} distance to the nearest example but these two:`,
    '',
    ...table([
      ['decoded', short(decoded)],
      ['both ends blended', short(blend)],
    ]).map((line) => `  ${line}`),
  ];
}

function changeLine({ minus, plus, quality: { examples, before, after } }: NonNullable<Judged['change']>): string {
  return `Of ${examples} examples of ${minus}, ${short(100 * after)} % are nearest to one of ${plus} after the change, ${short(100 * before)} % before.`;
}
