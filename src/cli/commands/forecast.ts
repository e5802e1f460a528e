/** `autoencoder forecast`: the steps after the end of series, beside what needs no model. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ForecastError } from '../../applications/backtest.ts';
import { type Forecast, fitForecaster, forecast, heldOutFrom, seriesIn } from '../../applications/forecast.ts';
import type { Forecaster } from '../../applications/forecaster.ts';
import { FORECASTER_FILE, forecasterFiles, readForecaster } from '../../applications/forecaster-file.ts';
import { OptionError } from '../../base/errors.ts';
import { showTime } from '../../data/columns/time.ts';
import type { Column, TableSource } from '../../data/dataset.ts';
import { openFolder, writeFileAtomic, writeFolder } from '../../data/files.ts';
import { encodeCsv } from '../../data/formats/csv.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { forecastReport } from '../../report/forecast-report.ts';
import { readData } from '../data-flags.ts';
import { engineWords, openEngine } from '../engine-flags.ts';
import { countParser, parseList } from '../flags.ts';
import { addResultFlags, type ResultFlags } from '../result-flags.ts';
import { makeFolder, outputFolder, REPORT_FILE, requireUseFile } from '../run-folder.ts';
import { addSubjectFlags, namedModel, refuseWords, type SubjectFlags, trainingOptions } from '../subject.ts';
import { makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';

interface Flags extends SubjectFlags, ResultFlags {
  readonly steps?: number;
  readonly history?: number;
  readonly exogenous?: string[];
  readonly season?: number | 'auto';
  readonly interval?: number;
}

const [STEPS, INTERVAL] = [24, 0.9];

export function addForecast(program: Command, signal: AbortSignal): void {
  const command = program
    .command('forecast')
    .summary('what comes next in series, with intervals')
    .description(
      'Tells the steps after the end of series, with intervals; writes them with a report: how far such forecasts were off in the last part, which nothing was learned from, beside the last value and the season before. Rows are in the order of time.',
    )
    .option('--steps <n>', `steps to tell (default: ${STEPS})`, countParser('--steps'))
    .option(
      '--history <n>',
      'steps that they are told from (default: twice as many, 12 at least)',
      countParser('--history'),
    )
    .option('--exogenous <a,b,…>', 'columns that are shown but not forecast', parseList)
    .option('--season <n>', 'steps in a season, 0 for none, or auto: looked for (default: auto)', parseSeason)
    .option('--interval <share>', `share of the values that intervals hold (default: ${INTERVAL})`, parseShare);
  addResultFlags(command);
  addSubjectFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder forecast --fit waves --steps 24\n  autoencoder forecast --fit taxi.csv --time timestamp --steps 48 --season 336\n  autoencoder forecast runs/taxi-forecast taxi-until-today.csv --time timestamp',
  );
  command.action((model: string | undefined, data: string | undefined, flags: Flags) =>
    run({ command: 'forecast', model, data }, flags, signal),
  );
}

function parseSeason(text: string): number | 'auto' {
  return text === 'auto' ? text : text === '0' ? 0 : countParser('--season')(text);
}

function parseShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new OptionError({
    where: '--interval',
    expected: 'a share between 0 and 1',
    got: JSON.stringify(text),
    fix: 'for example 0.9',
  });
}

/** A forecaster, and the rows that it goes on from. */
interface Case {
  readonly forecaster: Forecaster;
  readonly rows: TableSource;
  readonly heldFrom: number;
  readonly modelFile: string;
}

async function run(
  words: { readonly command: string; readonly model?: string; readonly data?: string },
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const named = flags.fit ?? words.data ?? '';
  const folder = outputFolder(named, words.command, [REPORT_FILE, FORECASTER_FILE, 'model'], flags);
  const { forecaster, rows, heldFrom, modelFile } =
    flags.fit === undefined
      ? await known(namedModel(words, flags), flags, terminal, signal)
      : await fitted(flags.fit, words, flags, folder, terminal, signal);
  const found = await forecast(forecaster, rows, heldFrom);
  if (found.isIrregular)
    terminal.note('The rows are not equally far apart in time: forecasts count rows, their times go on as usual.');
  await makeFolder(folder);
  const file = join(folder, 'forecast.csv');
  await writeFileAtomic(file, encodeCsv(asTable(found, rows)));
  const report = join(folder, REPORT_FILE);
  const { interval, plan } = forecaster;
  await writeFileAtomic(report, forecastReport({ found, table: rows, interval, modelFile }));
  say(found, rows, interval, terminal);
  for (const line of [
    '',
    ...placeLines({
      Forecast: file,
      Report: report,
      Model: flags.fit === undefined ? undefined : `${folder}  (autoencoder forecast ${folder} DATA)`,
    }),
  ])
    terminal.say(line);
  terminal.result({
    model: modelFile,
    data: rows.name,
    forecast: file,
    report,
    ...plan,
    interval,
    origins: found.origins,
    results: found.results,
  });
}

async function known(
  { model: folder, data }: { readonly model: string; readonly data: string },
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Case> {
  const [only] = (['steps', 'history', 'exogenous', 'season', 'interval', 'columns'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (only !== undefined)
    throw new OptionError({
      where: `--${only}`,
      expected: '--fit beside it: it says how a forecaster is made',
      got: `${folder}, which is made already`,
      fix: `leave --${only} out, or make another one with --fit`,
    });
  requireUseFile(folder, FORECASTER_FILE, 'forecast', 'DATA --steps N');
  const { forecaster, modelFile } = await readForecaster(openFolder(folder), await openEngine(flags));
  const { rows } = seriesIn(await readData(data, flags, terminal, signal));
  return { forecaster, rows, heldFrom: heldOutFrom(rows, forecaster), modelFile };
}

async function fitted(
  name: string,
  words: { readonly command: string; readonly model?: string },
  flags: Flags,
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Case> {
  refuseWords(words);
  const { steps = STEPS, history, season, interval = INTERVAL, columns: series, exogenous } = flags;
  const columns = series && [...series, ...(exogenous ?? [])];
  const { rows, heldFrom } = seriesIn(await readData(name, { ...flags, columns }, terminal, signal));
  const engine = await openEngine(flags);
  terminal.note(
    `Learning from ${heldFrom.toLocaleString('en')} of ${rows.rows.toLocaleString('en')} rows of ${rows.name} (${engineWords(engine)}) → ${folder}`,
  );
  let bar: ReturnType<Terminal['bar']> | undefined;
  const forecaster = await fitForecaster({
    engine,
    table: rows,
    heldFrom,
    steps,
    history,
    series,
    exogenous,
    season: season === 'auto' ? undefined : season,
    interval,
    options: trainingOptions(flags),
    clock: () => performance.now(),
    signal,
    onEvent: (event) => {
      if (event.type !== 'progress') return;
      bar ??= terminal.bar(event.steps);
      bar.to(event.step, `epoch ${event.epoch}/${event.epochs}  loss ${short(event.loss)}`);
    },
  });
  bar?.end('Trained.');
  await makeFolder(folder);
  await writeFolder(folder, await forecasterFiles(forecaster));
  return { forecaster, rows, heldFrom, modelFile: join(folder, 'model', MODEL_FILE) };
}

function say(
  { plan, results, origins, ...found }: Forecast,
  rows: TableSource,
  interval: number,
  terminal: Terminal,
): void {
  const { steps, season, series } = plan;
  const what = `${rows.name}, ${rows.rows.toLocaleString('en')} rows, ${steps} steps ahead${season > 0 ? `, seasons of ${season}` : ''}`;
  const lines = [
    '',
    results.length > 0
      ? `${what}; measured from ${origins.toLocaleString('en')} moments of the last part:`
      : `${what}; nothing follows what was learned from, to measure on.`,
  ];
  const row = (name: string, { mae, rmse, mase }: ForecastError, coverage?: number): string[] => [
    name,
    ...[mae, rmse, mase].map(short),
    coverage === undefined ? '' : `${short(100 * coverage)} %`,
  ];
  if (results.length > 0)
    lines.push(
      '',
      ...table([
        ['', 'MAE', 'RMSE', 'MASE', `in ${short(100 * interval)} % interval`],
        ...results.flatMap(({ name, model, coverage, lastValue, seasonBefore }) => [
          row(`${name}, this model`, model, coverage),
          ...(seasonBefore ? [row(`${name}, season before`, seasonBefore)] : []),
          row(`${name}, last value`, lastValue),
        ]),
      ]).map((line) => `  ${line}`),
    );
  const at = (step: number): string => (found.times ? showTime(found.times[step]) : `step ${step + 1}`);
  const between = (place: number): string =>
    `${short(found.told[place])} (${short(found.lower[place])} … ${short(found.upper[place])})`;
  lines.push(
    '',
    ...table([
      ['', ...series],
      ...[...new Set([0, steps - 1])].map((step) => [
        at(step),
        ...series.map((_, own) => between(step * series.length + own)),
      ]),
    ]).map((line) => `  ${line}`),
  );
  for (const line of lines) terminal.say(line);
}

/** When, what is expected of each series, and its interval. */
function asTable({ plan: { series, steps }, told, lower, upper, times }: Forecast, { time }: TableSource): TableSource {
  const column = (name: string, of: Float64Array, at: number): Column => ({
    type: 'numeric',
    name,
    values: Float64Array.from({ length: steps }, (_, step) => Number(of[step * series.length + at].toPrecision(7))),
  });
  const when: Column =
    times && time
      ? { type: 'category', name: time.name, values: Array.from(times, showTime) }
      : { type: 'numeric', name: 'step', values: Float64Array.from({ length: steps }, (_, step) => step + 1) };
  return {
    form: 'table',
    name: 'forecast',
    rows: steps,
    columns: [
      when,
      ...series.flatMap((name, at) => [
        column(name, told, at),
        column(`${name} lower`, lower, at),
        column(`${name} upper`, upper, at),
      ]),
    ],
  };
}
