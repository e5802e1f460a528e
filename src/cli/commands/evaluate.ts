/** `autoencoder evaluate MODEL DATA`: how well a model fits data. */
import type { Command } from 'commander';
import { OptionError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Blueprint } from '../../model/blueprint.ts';
import { observedCount } from '../../model/examples.ts';
import { makeRunner, meanSquaredError, type Runner } from '../../model/runner.ts';
import { averageLosses } from '../../training/measure.ts';
import { addDataFlags, addFromFlag, type DataFlags, examplesFor, type RowPlace, readData } from '../data-flags.ts';
import { addEngineFlags, besideReading, type EngineFlags, openEngine } from '../engine-flags.ts';
import { amountParser, countParser, oneOf } from '../flags.ts';
import { readModel } from '../model-argument.ts';
import { rowFilesOf, rowsThrough, rowsWords } from '../row-files.ts';
import { makeTerminal, short, type Terminal } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly from: RowPlace;
  readonly part: 'auto' | 'train' | 'test';
  readonly samples?: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function addEvaluate(program: Command, signal: AbortSignal): void {
  const command = program
    .command('evaluate')
    .summary('measure a model on data')
    .description('Measures loss, mean squared error, and, for a denoising model, what it gains over its noisy input.')
    .argument('<model>', 'a model.safetensors, or the folder of a run')
    .argument('<data>', 'data like that the model was trained on')
    .addOption(
      oneOf(program.createOption('--part <name>', 'part of a named set'), ['auto', 'train', 'test']).default(
        'auto',
        'test where there is one',
      ),
    )
    .option(
      '--samples <n>',
      'estimate log p(x) of a variational model with n samples an example',
      countParser('--samples'),
    )
    .option('--seed <n>', 'of the noise', amountParser('--seed'), 0)
    .option('--json', 'print one JSON object');
  addDataFlags(command);
  addFromFlag(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder evaluate runs/digits digits\n  autoencoder evaluate runs/vae mnist --limit 1000 --samples 5000',
  );
  command.action((model: string, data: string, flags: Flags) => run(model, data, flags, signal));
}

async function run(path: string, dataName: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const terminal = makeTerminal(flags.json ?? false);
  const files = flags.samples === undefined ? await rowFilesOf(dataName, flags.from, terminal) : undefined;
  if (files) return evaluateRows(path, dataName, files, flags, terminal, signal);
  const { file, card, model, parameters } = await readModel(path);
  const source = await readData(dataName, flags, terminal, signal);
  const part = flags.part === 'auto' ? (source.test ? 'test' : 'train') : flags.part;
  const chosen = source[part];
  if (!chosen)
    throw new OptionError({
      where: '--part test',
      expected: 'data with a test part',
      got: dataName,
      fix: 'leave --part out',
    });
  if (flags.samples !== undefined && model.kind.sample === undefined)
    throw new OptionError({
      where: '--samples',
      expected: 'a model whose code is a distribution (variational)',
      got: model.blueprint.kind.name,
      fix: 'leave --samples out',
    });
  const data = examplesFor(card, chosen, file, terminal);
  const runner = makeRunner(await openEngine(flags), model);
  const random = createRandom(flags.seed);

  const averages = await averageLosses({ runner, model }, data, parameters, random.fork('evaluate'), {
    share: 1,
    epoch: Infinity,
  });
  // Tokens have no peak for noise to be measured against.
  const denoised =
    model.kind.corrupt && model.blueprint.vocabulary === 0
      ? await denoisingGain(runner, parameters, data, random, model.blueprint)
      : undefined;
  const likelihoods =
    flags.samples === undefined
      ? undefined
      : await runner.logLikelihood(parameters, data, flags.samples, random.fork('samples'));
  const nll = likelihoods && -likelihoods.reduce((total, value) => total + value, 0) / data.count;

  const figures: Record<string, number> = {
    ...averages,
    ...denoised,
    ...(nll === undefined ? {} : { nll }),
  };
  terminal.say(
    `${file} on ${chosen.name}${source.test ? ` (${part} part)` : ''}, ${data.count.toLocaleString('en')} examples:`,
  );
  for (const [name, value] of Object.entries(figures))
    terminal.say(`  ${name.padEnd(16)} ${short(value)} ${units[name] ?? 'nats/example'}`);
  terminal.result({
    model: file,
    data: chosen.name,
    part: source.test ? part : 'all',
    examples: data.count,
    ...figures,
  });
}

/** Averages over chunks, each by its number of rows, and of what is told of values by the number of these. */
async function evaluateRows(
  path: string,
  dataName: string,
  files: readonly string[],
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { file, card, model, parameters } = await readModel(path);
  const runner = makeRunner(await openEngine(besideReading(flags)), model);
  const random = createRandom(flags.seed).fork('evaluate');
  const sums: Record<string, number> = {};
  let observed = 0;
  const done = await rowsThrough({
    files,
    flags,
    as: { cards: [card], takes: 'as trained' },
    terminal,
    signal,
    async work({ from, parts: [{ data }] }) {
      const noise = from === 0 ? random : random.fork(`row ${from}`);
      const averages = await averageLosses({ runner, model }, data, parameters, noise, { share: 1, epoch: Infinity });
      const there = observedCount(data);
      observed += there;
      for (const [name, value] of Object.entries(averages)) {
        const weight = name === 'mse' ? there : data.count;
        if (weight > 0) sums[name] = (sums[name] ?? 0) + value * weight;
      }
      return undefined;
    },
  });
  await runner.dispose();
  const figures = Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, sum / (name === 'mse' ? observed : done.rows)]),
  );
  terminal.note(rowsWords(done));
  terminal.say(`${file} on ${dataName}, ${done.rows.toLocaleString('en')} examples:`);
  for (const [name, value] of Object.entries(figures))
    terminal.say(`  ${name.padEnd(16)} ${short(value)} ${units[name] ?? 'nats/example'}`);
  terminal.result({ model: file, data: dataName, part: 'all', examples: done.rows, ...done, ...figures });
}

const units: Readonly<Record<string, string>> = {
  mse: 'per feature, scaled units; of tokens, the share told wrongly',
  noisyPsnr: 'dB, noisy input beside the clean one (peak 1)',
  denoisedPsnr: 'dB, denoised beside the clean one',
  gain: 'dB',
  nll: 'nats/example, by importance sampling',
};

/** Peak signal-to-noise ratios for a peak of 1, before and after. */
async function denoisingGain(
  runner: Runner,
  parameters: Parameters<Runner['denoise']>[0],
  data: Dataset,
  random: ReturnType<typeof createRandom>,
  blueprint: Blueprint,
): Promise<Record<string, number>> {
  const { corrupted, reconstruction } = await runner.denoise(parameters, data, random.fork('noise'));
  const psnr = (values: Float32Array): number => -10 * Math.log10(meanSquaredError(data, values, blueprint));
  const [noisyPsnr, denoisedPsnr] = [psnr(corrupted), psnr(reconstruction)];
  return { noisyPsnr, denoisedPsnr, gain: denoisedPsnr - noisyPsnr };
}
