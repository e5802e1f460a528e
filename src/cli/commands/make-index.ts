/** `autoencoder index`: examples by their codes, to be searched; made, added to, taken from. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type DistanceName, distanceNames } from '../../applications/exact-search.ts';
import { addTo, makeIndex, removeFrom, type SearchIndex } from '../../applications/search-index.ts';
import { type Precision, type SearchQuality, searchQuality } from '../../applications/search-quality.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { indexReport } from '../../report/index-report.ts';
import { examplesFor, readData } from '../data-flags.ts';
import { openEngine } from '../engine-flags.ts';
import { countParser, oneOf, parseList } from '../flags.ts';
import { copyModel, readIndexFolder, writeIndex } from '../index-folder.ts';
import { sheetWithin } from '../matches.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, REPORT_FILE } from '../run-folder.ts';
import {
  addSubjectFlags,
  heldApart,
  readSubject,
  type SubjectFlags,
  type SubjectWords,
  subjectFolder,
  trainingOptions,
} from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly add?: string;
  readonly remove?: readonly string[];
  readonly distance?: DistanceName;
  readonly parts?: number;
}

export function addIndex(program: Command, signal: AbortSignal): void {
  const command = program
    .command('index')
    .summary('make pictures searchable by what is like them')
    .description(
      'Keeps the codes of pictures (or other examples) with their names, for autoencoder search. Where they are labelled: how often what is found has the label of what is asked, beside PCA and the data itself. With --add and --remove, changes an index.',
    )
    .option('--add <data>', 'put these into the index in the folder named')
    .addOption(
      program
        .createOption(
          '--remove <a,b,…>',
          'take those of these names out of it; again for more, or for a name with a comma',
        )
        .argParser((text: string, before: readonly string[] = []) => [...before, text]),
    )
    .addOption(
      oneOf(
        program.createOption(
          '--distance <name>',
          'what is near: the angle between codes, or how far they are apart (default: cosine)',
        ),
        distanceNames,
      ),
    )
    .option(
      '--parts <n>',
      'of pictures: codes also of parts of 1/n of their height and width, half over one another (default: 1, whole pictures alone)',
      countParser('--parts'),
    );
  addResultFlags(command);
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder index --fit photos/ --out album\n  autoencoder index --fit photos/ --parts 2 --out album\n  autoencoder index runs/fashion-mnist-vanilla fashion-mnist --out clothes\n  autoencoder index album --add new-photos/\n  autoencoder index album --remove beach.png,dog.png\n  autoencoder search album picture.png',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) => {
    const words = { command: 'index', model, data };
    return flags.add === undefined && flags.remove === undefined
      ? made(words, flags, signal)
      : changed(words, flags, signal);
  });
}

/** What says how data is read. */
const dataFlags = ['columns', 'label', 'time', 'header', 'limit'] as const;

async function made(words: SubjectWords, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const folder = subjectFolder(words, flags);
  const subject = await readSubject(words, flags, join(folder, 'model'), terminal, signal);
  const { engine, data, modelFile, learnedFrom } = subject;
  const { distance = 'cosine', parts = 1 } = flags;
  const random = createRandom(Number(flags.seed ?? 0)).fork('index');
  // What is asked for is never among what is searched.
  const { known: among, held: queries } = heldApart(subject, random);
  const quality = await searchQuality({ ...subject, among, queries, distance, random });
  const index = await makeIndex(subject, data, { distance, parts });
  await makeFolder(join(folder, 'model'));
  if (!learnedFrom) await copyModel(modelFile, folder);
  await writeIndex(folder, index);
  const report = join(folder, REPORT_FILE);
  const sheet = await sheetWithin(engine, index);
  await writeFileAtomic(report, indexReport({ index, quality, sheet, data: data.name, folder, modelFile }));
  for (const line of [
    '',
    `${index.names.length.toLocaleString('en')} examples of ${data.name}, by ${index.width} numbers each${index.parts.length > 0 ? `, and by as many for each of ${index.parts.length} parts` : ''}.`,
    '',
    ...(quality ? [...qualityLines(quality), ''] : []),
    ...placeLines({ Index: `${folder}  (autoencoder search ${folder} PICTURE)`, Report: report }),
  ])
    terminal.say(line);
  terminal.result({
    index: folder,
    model: modelFile,
    data: data.name,
    report,
    examples: index.names.length,
    distance,
    parts: index.parts.length,
    ...(quality
      ? {
          queries: quality.queries,
          among: quality.among,
          top: quality.top,
          results: quality.model,
          baselines: { pca: quality.pca, ...(quality.data ? { data: quality.data } : {}) },
        }
      : {}),
  });
}

function qualityLines({ model, pca, pcaWidth, data, queries, among, top }: SearchQuality): string[] {
  const row = (name: string, of: (precision: Precision) => number): string[] => [
    name,
    ...[model, pca, ...(data ? [data] : [])].map((way) => `${short(100 * of(way))} %`),
  ];
  return [
    `Precision@${top}: of the ${top} found first, those with the label of what was asked; ${queries.toLocaleString('en')} that were not among the ${among.toLocaleString('en')} searched:`,
    '',
    ...table([
      ['', 'this model', `PCA, ${pcaWidth}`, ...(data ? ['the data itself'] : [])],
      row('all', ({ all }) => all),
      ...Object.keys(model.byLabel).map((label) => row(label, ({ byLabel }) => byLabel[label])),
    ]).map((line) => `  ${line}`),
  ];
}

async function changed({ model, data }: SubjectWords, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const folder = indexNamed(model, data, flags);
  const { add, remove } = flags;
  const { index, trained, modelFile } = await readIndexFolder(folder, await openEngine(flags));
  // First out, then in: so one of a name may be replaced by another.
  const left = remove === undefined ? index : removeFrom(index, namesIn(remove, index));
  const next = add === undefined ? left : await withMore(add, left);
  await writeIndex(folder, next);
  tellChange(folder, index, left, next, terminal);

  async function withMore(name: string, to: SearchIndex): Promise<SearchIndex> {
    const { train } = await readData(name, flags, terminal, signal);
    return addTo(to, trained, examplesFor(trained.card, train, modelFile, terminal));
  }
}

/** Names with commas between them; what is a name itself, with its commas, is that one. */
function namesIn(texts: readonly string[], { names }: SearchIndex): string[] {
  const known = new Set(names);
  return texts.flatMap((text) => (known.has(text) ? [text] : parseList(text)));
}

function tellChange(
  folder: string,
  before: SearchIndex,
  left: SearchIndex,
  next: SearchIndex,
  terminal: Terminal,
): void {
  const [removed, added] = [before.names.length - left.names.length, next.names.length - left.names.length];
  const count = (number: number): string => number.toLocaleString('en');
  terminal.say(
    `${folder}: ${count(added)} added, ${count(removed)} removed; ${count(next.names.length)} examples in the index.`,
  );
  terminal.result({ index: folder, added, removed, examples: next.names.length });
}

/** @throws OptionError for words and options that do not belong to a change of an index. */
function indexNamed(folder: string | undefined, data: string | undefined, flags: Flags): string {
  const which = flags.add === undefined ? '--remove' : '--add';
  const [given] = [
    ...(['fit', 'out', 'overwrite', 'distance', 'parts'] as const).filter((name) => flags[name] !== undefined),
    ...(flags.add === undefined ? dataFlags.filter((name) => flags[name] !== undefined) : []),
    ...Object.keys(trainingOptions(flags)),
  ];
  if (folder === undefined || data !== undefined)
    throw new OptionError({
      where: which,
      expected: 'the folder of an index and no other word beside it',
      got: folder === undefined ? 'none' : `${folder} and ${data}`,
      fix: 'try: autoencoder index FOLDER --add DATA',
    });
  if (given !== undefined)
    throw new OptionError({
      where: `--${given}`,
      expected: `no such option beside ${which}: it says how an index is made, or what it is made of`,
      got: `${folder}, which is made already`,
      fix: 'leave it out, or make an index with --fit DATA',
    });
  return folder;
}
