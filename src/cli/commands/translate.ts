/** `autoencoder translate`: lines in another language, by a model trained on pairs; lines between two lines, and new ones. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { bleu } from '../../applications/bleu.ts';
import { betweenTexts, openTexts, sampleTexts, type TextFace } from '../../applications/text-model.ts';
import { type FittedTranslator, fitTranslator, TRANSLATION_PIECES, translate } from '../../applications/translate.ts';
import { DataError, InterruptedError, OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Source } from '../../data/dataset.ts';
import { openFile, writeFileAtomic } from '../../data/files.ts';
import { linesOf } from '../../data/formats/text.ts';
import { pairTexts, readTexts, type TextPair, type Texts } from '../../data/texts.ts';
import { translateReport } from '../../report/translate-report.ts';
import { engineWords, openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { REPORT_FILE } from '../run-folder.ts';
import { duration, makeTerminal, placeLines, short, type Terminal, table } from '../terminal.ts';
import { giveBetween, giveSamples, giveTexts, refuseFormat } from '../text-answer.ts';
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
  readonly into?: string;
  readonly lines?: string;
  readonly reference?: string;
}

export function addTranslate(program: Command, signal: AbortSignal): void {
  const command = program
    .command('translate')
    .summary('lines in another language, learned from pairs')
    .description(
      'Translates lines, learned from pairs of them: any two ways of saying the same. With --fit, lines that nothing was learned from are measured by BLEU, beside translating word for word and the nearest known line.',
    )
    .argument('[model]', 'the folder of a translator')
    .argument('[line...]', 'lines to translate')
    .option('--fit <data>', 'learn from these pairs: a table with two columns of text, or a file of lines (--into)')
    .option('--into <file>', 'the translations of the lines in --fit, line by line')
    .option('--lines <file>', 'translate the lines of a file, or of standard input (-)')
    .option('--reference <file>', 'translations of --lines by people: tells the BLEU of the model’s')
    .option('--length <n>', 'pieces of a text at most (default: 98 of 100 texts fit)', countParser('--length'));
  addTextFlags(command, TRANSLATION_PIECES);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder translate --fit sentences\n  autoencoder translate --fit pairs.csv --columns english,french --out en-fr\n  autoencoder translate --fit train.en.gz --into train.fr.gz --out en-fr\n  autoencoder translate en-fr "two dogs play in the snow"\n  autoencoder translate en-fr --lines test.en --reference test.fr > told.fr\n  autoencoder translate en-fr --interpolate "a man sleeps" "two children run"',
  );
  command.action((model: string | undefined, lines: string[], flags: Flags) => run(model, lines, flags, signal));
}

async function run(model: string | undefined, lines: string[], flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const words = model === undefined ? [] : [model, ...lines];
  const { into, length } = flags;
  const training = await textRun('translate', words, flags, { into, length, isRunning: false });
  if (training) return made(training, terminal, signal);
  const named = refuseTraining('translate', model, flags);
  refuseTwoQuestions('translate', lines, flags);
  if (flags.reference !== undefined && flags.lines === undefined)
    throw new OptionError({
      where: '--reference',
      expected: '--lines beside it, that it has the translations of',
      got: 'none',
      fix: 'add --lines FILE, or leave it out',
    });
  const translator = await readTextFolder(named, 'translate', await openEngine(flags));
  if (flags.sample !== undefined) return giveSamples(named, translator, flags, terminal);
  const face = openTexts(translator);
  if (flags.interpolate)
    return giveBetween(named, lines, (from, to) => betweenTexts(face, from, to, STEPS), flags, terminal);
  if (flags.lines !== undefined) return translateFile({ named, face, file: flags.lines }, flags, terminal, signal);
  if (lines.length === 0) throw nothingToDo();
  const columns = { text: lines, translation: await translate(face, lines) };
  await giveTexts({ model: named, what: 'translations', columns }, flags, terminal);
}

async function made(run: TextRun, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { folder, setup } = run;
  const { train, test } = await readTextData(setup.fit, setup, terminal, signal);
  const pairs = await pairsOf(train, run, terminal, signal);
  const engine = await openTextEngine(setup);
  terminal.note(
    `Learning from ${pairs.length.toLocaleString('en')} pairs of ${train.name} (${engineWords(engine)}) → ${folder}`,
  );
  const fitted = await trainTexts(
    trainingOf(
      run,
      pairs.flatMap(({ from, to }) => [from, to]),
    ),
    (how) =>
      fitTranslator({
        ...how,
        name: train.name,
        pairs,
        size: setup.pieces ?? TRANSLATION_PIECES,
        test: test && pairsIn(test, setup.columns),
      }),
    engine,
    terminal,
    signal,
  );
  await writeTextFolder(folder, { use: 'translate', isRunning: false, ...fitted });
  const { errors, result, leftOut, trained } = fitted;
  const report = join(folder, REPORT_FILE);
  await writeFileAtomic(
    report,
    translateReport({ translator: fitted, data: setup.fit, folder, ...(await shownTexts(fitted)) }),
  );
  const [length] = trained.card.blueprint.shape;
  for (const line of [
    '',
    `Learned from ${trained.card.data.examples.toLocaleString('en')} pairs in ${duration(result.seconds)}${leftOut > 0 ? `; ${leftOut.toLocaleString('en')} of more than ${length} pieces left out` : ''}.`,
    '',
    `BLEU on ${errors.count.toLocaleString('en')} lines that nothing was learned from:`,
    '',
    ...table([
      ['this model', short(errors.model)],
      ['word for word', short(errors.wordByWord)],
      ['nearest known line', short(errors.memory)],
    ]).map((row) => `  ${row}`),
    '',
    ...errors.examples.slice(0, 4).flatMap(({ from, told }) => [`  ${from}`, `  → ${told}`]),
    '',
    ...placeLines({ Report: report, Model: `${folder}  (autoencoder translate ${folder} "…")` }),
  ])
    terminal.say(line);
  terminal.result({
    model: folder,
    report,
    data: train.name,
    pairs: trained.card.data.examples,
    leftOut,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    measured: errors.count,
    results: { bleu: errors.model },
    baselines: { wordByWord: { bleu: errors.wordByWord }, memory: { bleu: errors.memory } },
    examples: errors.examples,
    seconds: result.seconds,
  });
}

/** Two columns of the data, or its first one and the lines of a second file. */
async function pairsOf(
  train: Source,
  { setup }: TextRun,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TextPair[]> {
  if (setup.into === undefined) return pairsIn(train, setup.columns);
  const { train: other } = await readTextData(setup.into, { limit: setup.limit }, terminal, signal);
  const [[from], [to]] = [readTexts(train, 1, setup.columns), readTexts(other, 1)];
  return pairTexts(from, to);
}

function pairsIn(source: Source, columns?: readonly string[]): TextPair[] {
  const [from, to] = readTexts(source, 2, columns);
  return pairTexts(from, to);
}

/** Lines for the report: between two that were measured on, and new ones where the kind has a prior. */
async function shownTexts(
  fitted: FittedTranslator,
): Promise<{ readonly between: readonly string[]; readonly samples: readonly string[] }> {
  const face = openTexts(fitted);
  const [from, to = from] = fitted.errors.examples.map((example) => example.from);
  const written = await betweenTexts(face, from, to, STEPS);
  await face.dispose();
  const samples = fitted.trained.model.prior ? await sampleTexts(fitted, 8, { random: createRandom(0) }) : [];
  return { between: written, samples };
}

/** Lines that are translated at a time. */
const BLOCK = 256;

async function translateFile(
  { named, face, file }: { readonly named: string; readonly face: TextFace; readonly file: string },
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const reference =
    flags.reference === undefined
      ? undefined
      : readTexts((await readTextData(flags.reference, {}, terminal, signal)).train, 1)[0];
  refuseFormat(flags);
  const isSaid = !terminal.isJson && flags.out === undefined;
  const lines: string[] = [];
  const all: string[] = [];
  let block: string[] = [];
  const flush = async (): Promise<void> => {
    // A line without text stays one.
    const told = await translate(face, block.filter(hasText));
    let next = 0;
    for (const line of block) {
      const answer = hasText(line) ? told[next++] : '';
      if (isSaid) terminal.say(answer);
      lines.push(line);
      all.push(answer);
    }
    block = [];
  };
  const stream =
    file === '-' ? { name: 'standard input', chunks: process.stdin, mostBytes: Infinity } : await openFile(file);
  for await (const line of linesOf(stream)) {
    if (signal.aborted) throw new InterruptedError(`translation interrupted after ${all.length} lines`);
    block.push(line);
    if (block.length === BLOCK) await flush();
  }
  await flush();
  const facts = reference ? besideReference(reference, all, file, terminal) : {};
  const columns = { text: lines, translation: all };
  await giveTexts(
    { model: named, what: 'translations', columns, isSaid, facts: { lines: file, ...facts } },
    flags,
    terminal,
  );
}

/** BLEU beside translations by people. @throws DataError where there are not as many. */
function besideReference(
  reference: Texts,
  told: readonly string[],
  file: string,
  terminal: Terminal,
): Readonly<Record<string, unknown>> {
  if (reference.texts.length !== told.length)
    throw new DataError({
      where: reference.name,
      expected: `${told.length} lines, as in ${file}`,
      got: `${reference.texts.length}`,
      fix: 'give the translations of these lines',
    });
  const value = bleu(
    told,
    reference.texts.map((text) => text ?? ''),
  );
  terminal.note(`BLEU beside ${reference.name}: ${short(value)} (${told.length.toLocaleString('en')} lines)`);
  return { reference: reference.name, results: { bleu: value } };
}

function hasText(line: string): boolean {
  return line.trim() !== '';
}

function nothingToDo(): OptionError {
  return new OptionError({
    where: 'autoencoder translate',
    expected: 'lines to translate, --lines with a file of them, --interpolate or --sample',
    got: 'nothing',
    fix: 'for example: autoencoder translate FOLDER "two dogs play in the snow"',
  });
}
