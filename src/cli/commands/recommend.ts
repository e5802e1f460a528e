/** `autoencoder recommend`: what users may like, items like an item, and how well that is told, beside popularity and neighbours. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Answer, answersFor } from '../../applications/answers.ts';
import type { Recommender } from '../../applications/recommend.ts';
import type { RecommendationErrors } from '../../applications/recommendation-error.ts';
import { type FittedRecommender, fitRecommender } from '../../applications/recommender.ts';
import { RECOMMENDER_FILE, readRecommender, recommenderFiles } from '../../applications/recommender-file.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { TableSource } from '../../data/dataset.ts';
import { openFolder, writeFileAtomic, writeFolder } from '../../data/files.ts';
import { encodeSource } from '../../data/formats/formats.ts';
import { readRatings } from '../../data/ratings.ts';
import { recommendReport } from '../../report/recommend-report.ts';
import { addDataFlags, type DataFlags, readData } from '../data-flags.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { amountParser, countParser, parseList } from '../flags.ts';
import { memberBar } from '../member-bar.ts';
import { answerQuery, isQuery, type QueryFlags } from '../recommender-query.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE, requireUseFile } from '../run-folder.ts';
import { addTrainingFlags, refuseWords, trainingOptions } from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags, QueryFlags, ResultFlags {
  readonly fit?: string;
  /** A threshold, or whether it stands without one. */
  readonly implicit?: number | true;
  readonly top: number;
  readonly format: string;
  readonly [option: string]: unknown;
}

export function addRecommend(program: Command, signal: AbortSignal): void {
  const command = program
    .command('recommend')
    .summary('recommend items from ratings, or from what was taken')
    .description(
      'Learns from a table of users, items and ratings (without ratings: of what was taken), and writes the best items for every user, without those that they have. How well ratings held out are told stands beside popularity and nearest neighbours.',
    )
    .argument('[recommender]', 'the folder of a recommender made before')
    .option('--fit <data>', 'make a recommender from this, with any option of: autoencoder train --help')
    .addOption(
      program
        .createOption(
          '--implicit [threshold]',
          'only whether an item was taken counts: any rating, or from the threshold on',
        )
        .argParser(amountParser('--implicit')),
    )
    .addOption(program.createOption('--user <a,b,…>', 'print what these users get').argParser(parseList))
    .addOption(
      program
        .createOption('--items <a,b,…>', 'print what somebody new gets who likes these; a=4 for a rating')
        .argParser(parseList),
    )
    .option('--similar <item>', 'print the items most like this one')
    .addOption(program.createOption('--top <n>', 'items in a list').argParser(countParser('--top')).default(10));
  addResultFlags(command, { of: 'of the recommendations', formats: ['csv', 'parquet', 'jsonl'] });
  addTrainingFlags(command);
  addDataFlags(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder recommend --fit ratings.csv --columns user,item,rating --out films\n  autoencoder recommend --fit clicks.csv --implicit --top 20\n  autoencoder recommend films --user 196,22\n  autoencoder recommend films --items 50,181=5\n  autoencoder recommend films --similar 50',
  );
  command.action((recommender: string | undefined, flags: Flags) => run(recommender, flags, signal));
}

async function run(named: string | undefined, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  if (flags.fit !== undefined) return made(flags.fit, named, flags, terminal, signal);
  refuseFitting(named, flags);
  const own = named ?? '';
  requireUseFile(own, RECOMMENDER_FILE, 'recommend', 'DATA');
  const recommender = await readRecommender(openFolder(own), await openEngine(flags));
  if (isQuery(flags)) return answerQuery(recommender, flags, terminal);
  const folder = outputFolder(own, 'recommend', [REPORT_FILE, RECOMMENDER_FILE, 'model'], flags);
  await makeFolder(folder);
  const { file, first } = await writeAnswers(folder, recommender, flags);
  for (const line of [...sampleLines(first), '', `Recommendations: ${file}`]) terminal.say(line);
  terminal.result({ recommender: named, ...sizesOf(recommender), recommendations: file });
}

async function made(
  data: string,
  named: string | undefined,
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  refuseWords({ command: 'recommend', model: named });
  refuseLabel(flags);
  if (isQuery(flags))
    throw new OptionError({
      where: '--fit',
      expected: 'no --user, --items or --similar beside it',
      got: 'one of them',
      fix: 'make the recommender first, and then ask it: autoencoder recommend FOLDER --user A',
    });
  const folder = outputFolder(data, 'recommend', [REPORT_FILE, RECOMMENDER_FILE, 'model'], flags);
  const { columns, header, limit, implicit, top } = flags;
  const { train } = await readData(data, { header, limit, cells: 'texts', otherwise: 'table' }, terminal, signal);
  const takenFrom = implicit === true ? Number.NEGATIVE_INFINITY : implicit;
  const ratings = readRatings(train, { columns, takenFrom });
  const engine = await openEngine(flags);
  terminal.note(
    `Learning from ${ratings.values.length.toLocaleString('en')} ${ratings.form === 'ratings' ? 'ratings' : 'items taken'} by ${ratings.users.length.toLocaleString('en')} users → ${folder}`,
  );
  const progress = memberBar(terminal);
  const fitted = await fitRecommender({
    ratings,
    options: trainingOptions(flags),
    top,
    engine,
    random: createRandom(Number(flags.seed ?? 0)).fork('recommend'),
    clock: () => performance.now(),
    signal,
    onEvent: progress.onEvent,
  });
  progress.end();
  const { errors } = fitted;
  await makeFolder(folder);
  await writeFolder(folder, await recommenderFiles(fitted));
  const { file, first } = await writeAnswers(folder, fitted, flags);
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(report, recommendReport({ recommender: fitted, folder, file, first }));
  for (const line of [
    '',
    ...errorLines(fitted),
    '',
    ...placeLines({
      Recommendations: file,
      Report: report,
      Recommender: `${folder}  (autoencoder recommend ${folder} --user ${first[0].user})`,
    }),
  ])
    terminal.say(line);
  const { model, popularity, neighbours, measured } = errors;
  terminal.result({
    recommender: folder,
    data: ratings.name,
    form: ratings.form,
    ...sizesOf(fitted),
    recommendations: file,
    report,
    top,
    measured,
    results: model,
    baselines: { popularity, ...(neighbours ? { neighbours } : {}) },
    seconds: fitted.seconds,
  });
}

/** Lists that are shown. */
const SHOWN = 5;

/** The best items of every user, in a file; the first users' besides. */
async function writeAnswers(
  folder: string,
  recommender: Recommender,
  { top, format }: Flags,
): Promise<{ readonly file: string; readonly first: readonly Answer[] }> {
  const first: Answer[] = [];
  const [users, items, ranks, scores]: [string[], string[], number[], number[]] = [[], [], [], []];
  for await (const answer of answersFor(recommender, recommender.ratings.users, top)) {
    if (first.length < SHOWN) first.push(answer);
    for (const [at, { item, score }] of answer.items.entries()) {
      users.push(answer.user);
      ranks.push(at + 1);
      items.push(item);
      scores.push(Number(score.toPrecision(6)));
    }
  }
  const source: TableSource = {
    form: 'table',
    name: 'recommendations',
    rows: users.length,
    columns: [
      { type: 'category', name: 'user', values: users },
      { type: 'numeric', name: 'rank', values: Float64Array.from(ranks) },
      { type: 'category', name: 'item', values: items },
      { type: 'numeric', name: 'score', values: Float64Array.from(scores) },
    ],
  };
  const file = join(folder, `recommendations.${format}`);
  await writeFileAtomic(file, encodeSource(file, source));
  return { file, first };
}

function sizesOf({ ratings }: Recommender): Record<string, number> {
  return { users: ratings.users.length, items: ratings.items.length, ratings: ratings.values.length };
}

function sampleLines(first: readonly Answer[]): string[] {
  return ['', ...first.map(({ user, items }) => `${user}: ${items.map(({ item }) => item).join(', ')}`)];
}

function errorLines({ errors, held, ratings }: FittedRecommender): string[] {
  const { model, popularity, neighbours, measured, top } = errors;
  const row = (name: string, { rmse, ndcg, recall }: RecommendationErrors['model']): string[] => [
    name,
    ...[rmse, ndcg, recall].flatMap((value) => (value === undefined ? [] : [short(value)])),
  ];
  const isRated = ratings.form === 'ratings';
  return [
    isRated
      ? `${held.values.length.toLocaleString('en')} ratings held out:`
      : `${held.values.length.toLocaleString('en')} items held out, of ${measured.toLocaleString('en')} users; lists of ${top}:`,
    '',
    ...table([
      ['', ...(isRated ? ['RMSE'] : [`nDCG@${top}`, `recall@${top}`])],
      row('this model', model),
      row(isRated ? 'means of user and item' : 'what most have taken', popularity),
      ...(neighbours ? [row('nearest neighbours of items', neighbours)] : []),
    ]).map((line) => `  ${line}`),
  ];
}

/** @throws OptionError for options that say how a recommender is made, beside one that is. */
function refuseFitting(named: string | undefined, flags: Flags): void {
  if (named === undefined)
    throw new OptionError({
      where: 'autoencoder recommend',
      expected: 'the folder of a recommender, or --fit with data',
      got: 'neither',
      fix: 'try: autoencoder recommend --fit ratings.csv',
    });
  const [given] = [
    ...(['implicit', 'columns', 'label', 'header', 'limit'] as const).filter((name) => flags[name] !== undefined),
    ...Object.keys(trainingOptions(flags)),
  ];
  if (given === undefined) return;
  throw new OptionError({
    where: `--${given}`,
    expected: '--fit beside it: it says how a recommender is made',
    got: `${named}, which is made already`,
    fix: 'leave it out, or make a recommender with --fit DATA',
  });
}

function refuseLabel({ label }: Flags): void {
  if (label === undefined) return;
  throw new DataError({
    where: `--label ${label}`,
    expected: 'users, items and ratings alone',
    got: 'a label',
    fix: 'leave --label out',
  });
}
