/** `autoencoder complete`: how texts go on, by a model of texts like them; texts between two texts, and new ones. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { COMPLETION_PIECES, complete, type FittedCompleter, fitCompleter } from '../../applications/complete.ts';
import { betweenTexts, openTexts, sampleTexts } from '../../applications/text-model.ts';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Source } from '../../data/dataset.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { knownTexts, readTexts } from '../../data/texts.ts';
import { completeReport } from '../../report/complete-report.ts';
import { engineWords, openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { REPORT_FILE } from '../run-folder.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { giveBetween, giveSamples, giveTexts } from '../text-answer.ts';
import { readTextFolder, writeTextFolder } from '../text-folder.ts';
import {
  addTextFlags,
  openTextEngine,
  readTextData,
  refuseTraining,
  refuseTwoQuestions,
  STEPS,
  type TextFlags,
  type TextRun,
  textRun,
  trainingOf,
  trainTexts,
} from '../text-use.ts';

interface Flags extends TextFlags {
  readonly window?: number;
  readonly times: number;
  readonly further: number;
}

/** Pieces that a running text goes on by, where the user does not say. */
const FURTHER = 100;

export function addComplete(program: Command, signal: AbortSignal): void {
  const command = program
    .command('complete')
    .summary('how texts go on, and new ones')
    .description(
      'Writes on what has been begun, learned from texts of that sort: lines that each stand for themselves, or one running text (--window). With --fit, texts that nothing was learned from are measured, beside counted runs of pieces.',
    )
    .argument('[model]', 'the folder of a model of texts')
    .argument('[beginning...]', 'how texts begin')
    .option('--fit <data>', 'learn from these texts: a file of lines, or a table with a column of text')
    .option('--window <n>', 'the data is one running text, read through windows of n pieces', countParser('--window'))
    .option('--length <n>', 'pieces of a text at most (default: 98 of 100 texts fit)', countParser('--length'))
    .option('--times <n>', 'ways on from each beginning, drawn if more than one', countParser('--times'), 1)
    .option('--further <n>', 'pieces that a running text goes on by', countParser('--further'), FURTHER);
  addTextFlags(command, COMPLETION_PIECES);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder complete --fit sentences\n  autoencoder complete --fit captions.txt --out captions\n  autoencoder complete captions "a man in a blue" --times 3\n  autoencoder complete captions --sample 5\n  autoencoder complete captions --interpolate "a man sleeps" "two children run in the snow"\n  autoencoder complete --fit novel.txt --window 64 --pieces characters --out novel\n  autoencoder complete novel "It was" --further 300 --temperature 0.7',
  );
  command.action((model: string | undefined, texts: string[], flags: Flags) => run(model, texts, flags, signal));
}

async function run(model: string | undefined, texts: string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const words = model === undefined ? [] : [model, ...texts];
  const { window, length } = flags;
  if (window !== undefined && length !== undefined)
    throw new OptionError({
      where: '--length',
      expected: 'no --window beside it: that is how much of a running text is seen',
      got: 'both',
      fix: 'leave one of them out',
    });
  const how = { length: window ?? length, isRunning: window !== undefined };
  const training = await textRun('complete', words, flags, how);
  if (training) return made(training, terminal, signal);
  const named = refuseTraining('complete', model, flags);
  refuseTwoQuestions('complete', texts, flags);
  const completer = await readTextFolder(named, 'complete', await openEngine(flags));
  if (flags.sample !== undefined) return giveSamples(named, completer, flags, terminal);
  const face = openTexts(completer);
  if (flags.interpolate)
    return giveBetween(named, texts, (from, to) => betweenTexts(face, from, to, STEPS), flags, terminal);
  if (texts.length === 0)
    throw new OptionError({
      where: 'autoencoder complete',
      expected: 'how texts begin, --interpolate or --sample',
      got: 'nothing',
      fix: `for example: autoencoder complete ${named} "the old"`,
    });
  const { times, further, temperature = times > 1 ? 1 : 0 } = flags;
  const random = createRandom(Number(flags.seed ?? 0)).fork('complete');
  const begun = texts.flatMap((text) => new Array<string>(times).fill(text));
  const text = await complete(completer, face, begun, { temperature, random, pieces: further });
  await giveTexts({ model: named, what: 'texts', columns: { begun, text } }, flags, terminal);
}

async function made(run: TextRun, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { folder, setup } = run;
  const { train, test } = await readTextData(setup.fit, setup, terminal, signal);
  const textsIn = (source: Source): string[] => knownTexts(readTexts(source, 1, setup.columns)[0], setup.isRunning);
  const texts = textsIn(train);
  const engine = await openTextEngine(setup);
  terminal.note(
    `Learning from ${texts.length.toLocaleString('en')} ${setup.isRunning ? 'lines of one text' : 'texts'} of ${train.name} (${engineWords(engine)}) → ${folder}`,
  );
  const fitted = await trainTexts(
    trainingOf(run, texts),
    (how) =>
      fitCompleter({
        ...how,
        name: train.name,
        texts,
        test: test && textsIn(test),
        size: setup.pieces ?? COMPLETION_PIECES,
        isRunning: setup.isRunning,
      }),
    engine,
    terminal,
    signal,
  );
  await writeTextFolder(folder, { use: 'complete', ...fitted });
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(
    report,
    completeReport({ completer: fitted, data: setup.fit, folder, ...(await shownTexts(fitted)) }),
  );
  tell(fitted, folder, report, terminal);
}

function tell(fitted: FittedCompleter, folder: string, report: string, terminal: Terminal): void {
  const { errors, result, leftOut, trained } = fitted;
  const { card } = trained;
  const row = (name: string, nats: number): string[] => [name, short(nats), short(nats / errors.charactersPerPiece)];
  for (const line of [
    '',
    `Learned in ${duration(result.seconds)}${leftOut > 0 ? `; ${leftOut.toLocaleString('en')} texts of more than ${card.blueprint.shape[0]} pieces left out` : ''}.`,
    '',
    `Surprise of the second half of ${errors.count.toLocaleString('en')} texts that nothing was learned from, given the first:`,
    '',
    ...table([
      ['', 'nats per piece', 'nats per character'],
      row('this model', errors.model),
      row(`runs of up to ${errors.order} pieces, counted`, errors.nGrams),
    ]).map((text) => `  ${text}`),
    '',
    ...errors.examples.slice(0, 4).map(({ begun, told }) => `  ${begun} …${told}`.replaceAll('\n', ' ⏎ ')),
    '',
    ...placeLines({ Report: report, Model: `${folder}  (autoencoder complete ${folder} "…")` }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    report,
    data: card.data.name,
    examples: card.data.examples,
    leftOut,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    measured: errors.count,
    results: { natsPerPiece: errors.model, natsPerCharacter: errors.model / errors.charactersPerPiece },
    baselines: {
      nGrams: {
        order: errors.order,
        natsPerPiece: errors.nGrams,
        natsPerCharacter: errors.nGrams / errors.charactersPerPiece,
      },
    },
    texts: errors.examples,
    seconds: result.seconds,
  });
}

/** Texts for the report: between two that were measured on, and new ones where the kind has a prior. */
async function shownTexts(
  fitted: FittedCompleter,
): Promise<{ readonly between: readonly string[]; readonly samples: readonly string[] }> {
  const face = openTexts(fitted);
  const [from, to = from] = fitted.errors.examples.map(({ begun, was }) => `${begun}${was}`);
  const written = fitted.isRunning ? [] : await betweenTexts(face, from, to, STEPS);
  await face.dispose();
  const samples = fitted.trained.model.prior ? await sampleTexts(fitted, 8, { random: createRandom(0) }) : [];
  return { between: written, samples };
}
