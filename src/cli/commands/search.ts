/** `autoencoder search`: what in an index is most like a picture, or like each example of some data. */
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { type Place, partsAt, placeWords } from '../../applications/picture-parts.ts';
import {
  labelAt,
  type Match,
  openSearch,
  picturesAt,
  rowOf,
  type SearchIndex,
  smallPicturesOf,
} from '../../applications/search-index.ts';
import { encodeUntold } from '../../applications/trained.ts';
import { OptionError } from '../../base/errors.ts';
import type { Dataset, TableSource } from '../../data/dataset.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeSource } from '../../data/formats/formats.ts';
import type { SheetRow } from '../../report/contact-sheet.ts';
import { type Asked, searchReport } from '../../report/search-report.ts';
import { addDataFlags, type DataFlags, examplesFor, readData } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { type OpenIndexFolder, readIndexFolder } from '../index-folder.ts';
import { sheetRow } from '../matches.ts';
import { readPictureData } from '../picture-data.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE } from '../run-folder.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags, ResultFlags {
  readonly like?: string;
  readonly part?: Place;
  readonly top: number;
  readonly format: string;
}

/** Searches that are printed and shown. */
const PRINTED = 3;
const SHOWN = 30;

export function addSearch(program: Command, signal: AbortSignal): void {
  const command = program
    .command('search')
    .summary('what in an index is most like a picture')
    .description(
      'Finds those of an index whose codes are nearest to that of a picture, or of each example of some data (of a set in two parts, the test part), and writes them with a sheet of pictures.',
    )
    .argument('<index>', 'the folder of an index')
    .argument('[data]', 'a picture, or data like that of the index')
    .option('--like <name>', 'what is most like this one of the index')
    .option(
      '--part <x,y,w,h>',
      'only this part of the picture, which may be of any size: pixels from the left and the top, width and height',
      partOf,
    )
    .addOption(program.createOption('--top <n>', 'how many to find').argParser(countParser('--top')).default(10));
  addResultFlags(command, { of: 'of what is found', formats: ['csv', 'parquet', 'jsonl'] });
  addDataFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder search album picture.png\n  autoencoder search album picture.png --part 40,8,16,12\n  autoencoder search clothes fashion-mnist --limit 20 --top 5\n  autoencoder search album --like beach.png',
  );
  command.action((index: string, data: string | undefined, flags: Flags) => run(index, data, flags, signal));
}

async function run(named: string, data: string | undefined, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  if ((data === undefined) === (flags.like === undefined))
    throw new OptionError({
      where: 'autoencoder search',
      expected: 'a picture or data, or --like with a name, and not both',
      got: data === undefined ? 'neither' : 'both',
      fix: `try: autoencoder search ${named} ${data ?? 'PICTURE'}`,
    });
  if (flags.like !== undefined || flags.part) refuseDataFlags(flags);
  const file = `found.${flags.format}`;
  const folder = outputFolder(data ?? named, 'search', [REPORT_FILE, file], flags);
  const open = await readIndexFolder(named, await openEngine(flags));
  const { asked, sheet } =
    data === undefined
      ? await askedLike(open, flags.like ?? '', flags.top)
      : await askedFor(open, data, flags, terminal, signal);
  await makeFolder(folder);
  const found = join(folder, file);
  await writeFileAtomic(found, encodeSource(found, asTable(asked, open.index)));
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(
    report,
    searchReport({ asked, sheet, index: named, examples: open.index.names.length, file: found }),
  );
  for (const line of [
    ...asked.slice(0, PRINTED).flatMap(matchLines),
    '',
    ...placeLines({ Found: found, Report: report }),
  ])
    terminal.say(line);
  const withoutRows = asked.map(({ query, found: matches }) => ({
    query,
    found: matches.map(({ row: _, ...match }) => match),
  }));
  terminal.result({ index: named, data, found, report, queries: asked.length, results: withoutRows.slice(0, SHOWN) });
}

/** @throws OptionError for options of data beside `--like`, which reads none, or of tables beside `--part`. */
function refuseDataFlags(flags: Flags): void {
  const [asked, refused] =
    flags.like === undefined
      ? (['--part', ['columns', 'label', 'time', 'header']] as const)
      : (['--like', ['part', 'columns', 'label', 'time', 'header', 'limit']] as const);
  const given = refused.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  throw new OptionError({
    where: `--${given}`,
    expected:
      asked === '--like'
        ? 'no option of data beside --like, which asks for one of the index'
        : 'no option of tables beside --part, which is of pictures',
    got: `--${given}`,
    fix: `leave --${given} out; --top says how many to find`,
  });
}

interface Answers {
  readonly asked: readonly Asked[];
  readonly sheet: readonly SheetRow[];
}

async function askedLike({ index, trained }: OpenIndexFolder, name: string, top: number): Promise<Answers> {
  const row = rowOf(index, name);
  const found = await openSearch(trained.engine, index).like(name, top);
  const picture = index.pictures && picturesAt(index.pictures, [row]);
  return {
    asked: [{ query: name, found }],
    sheet: picture ? sheetRow(index, { picture, name, label: labelAt(index, row) }, found) : [],
  };
}

async function askedFor(
  open: OpenIndexFolder,
  name: string,
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Answers> {
  const { index, trained } = open;
  const data = await queriesFrom(open, name, flags, terminal, signal);
  const matches = await openSearch(trained.engine, index).search(await encodeUntold(trained, data), flags.top);
  const asked = matches.map((found, row) => ({ query: nameOf(data, row), found }));
  return { asked, sheet: sheetFor(data, asked) };

  function sheetFor(queries: Queries, answers: readonly Asked[]): SheetRow[] {
    const pictures = smallPicturesOf(queries);
    if (!pictures) return [];
    return answers.slice(0, SHOWN).flatMap(({ query, found }, row) => {
      const label = labelAt(queries, row);
      return sheetRow(index, { picture: picturesAt(pictures, [row]), name: query, label }, found);
    });
  }
}

type Queries = Pick<Dataset, 'values' | 'shape' | 'count' | 'names' | 'labels'>;

/** What is asked for, as the model takes it: examples, or the same part of each picture. */
async function queriesFrom(
  { trained: { card }, modelFile }: OpenIndexFolder,
  name: string,
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Queries> {
  if (!flags.part) {
    const { train, test } = await readData(name, flags, terminal, signal);
    return examplesFor(card, test ?? train, modelFile, terminal);
  }
  const { pictures: all, test } = await readPictureData(name, flags, terminal, signal);
  const pictures = test ?? all;
  const { shape } = card.blueprint;
  return { ...partsAt(pictures, flags.part, shape), shape, names: pictures.map((own) => basename(own.name)) };
}

function partOf(text: string): Place {
  const [x, y, width, height, ...more] = text.split(',').map(Number);
  const numbers = [x, y, width, height];
  if (numbers.every(Number.isInteger) && more.length === 0) return { x, y, width, height };
  throw new OptionError({
    where: '--part',
    expected: 'four whole numbers of pixels: from the left, from the top, width, height',
    got: JSON.stringify(text),
    fix: 'for example --part 40,8,16,12',
  });
}

function nameOf({ names }: Queries, row: number): string {
  return names?.[row] ?? String(row + 1);
}

function matchLines({ query, found }: Asked): string[] {
  const isOfParts = found.some(({ part }) => part);
  const line = ({ name, label, distance, part }: Match, at: number): string[] => [
    `${at + 1}. ${name}`,
    ...(label === undefined ? [] : [label]),
    short(distance),
    ...(isOfParts ? [part ? placeWords(part) : 'whole'] : []),
  ];
  return ['', `Like ${query}:`, ...table(found.map(line)).map((text) => `  ${text}`)];
}

function asTable(asked: readonly Asked[], { labels, parts }: Pick<SearchIndex, 'labels' | 'parts'>): TableSource {
  const all = asked.flatMap(({ query, found }) => found.map((match, at) => ({ query, rank: at + 1, ...match })));
  const numeric = (name: string, of: (match: (typeof all)[number]) => number) =>
    ({ type: 'numeric', name, values: Float64Array.from(all, of) }) as const;
  // Of a whole picture, no place.
  const ofPart = (name: keyof Place) => numeric(`part ${name}`, ({ part }) => part?.[name] ?? Number.NaN);
  return {
    form: 'table',
    name: 'found',
    rows: all.length,
    columns: [
      { type: 'category', name: 'query', values: all.map(({ query }) => query) },
      numeric('rank', ({ rank }) => rank),
      { type: 'category', name: 'name', values: all.map(({ name }) => name) },
      numeric('distance', ({ distance }) => Number(distance.toPrecision(6))),
      ...(labels ? [{ type: 'category' as const, name: 'label', values: all.map(({ label }) => label ?? null) }] : []),
      ...(parts.length > 0 ? [ofPart('x'), ofPart('y'), ofPart('width'), ofPart('height')] : []),
    ],
  };
}
