/** `autoencoder reconstruct MODEL DATA`: examples through the code and back. */
import type { Command } from 'commander';
import { undoScaling } from '../../data/columns/scaling.ts';
import type { Source } from '../../data/dataset.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodePngGrid } from '../../data/formats/png.ts';
import { observedCount } from '../../model/examples.ts';
import { makeRunner, meanSquaredError } from '../../model/runner.ts';
import { addDataFlags, addFromFlag, type DataFlags, examplesFor, type RowPlace, readData } from '../data-flags.ts';
import { addEngineFlags, besideReading, type EngineFlags, openEngine } from '../engine-flags.ts';
import { readModel } from '../model-argument.ts';
import { checkOutput, writeOutput } from '../output-file.ts';
import { rowFilesInto, rowsThrough, rowsWords } from '../row-files.ts';
import { makeTerminal, short, type Terminal } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly from: RowPlace;
  readonly out?: string;
  readonly json?: boolean;
}

/** Pictures in a row of the contact sheet. */
const PER_ROW = 16;

export function addReconstruct(program: Command, signal: AbortSignal): void {
  const command = program
    .command('reconstruct')
    .summary('rebuild examples through their codes')
    .description(
      'Writes what the model rebuilds, in the units of the data. A .png shows originals above reconstructions.',
    )
    .argument('<model>', 'a model.safetensors, or the folder of a run')
    .argument('<data>', 'data like that the model was trained on')
    .option('--out <file>', 'a .npy, .csv, .jsonl, .parquet, .arrow or .png file (default: CSV on standard output)')
    .option('--json', 'print one JSON object');
  addDataFlags(command);
  addFromFlag(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder reconstruct runs/digits digits --limit 64 --out digits.png\n  autoencoder reconstruct runs/sensors today.csv --out rebuilt.csv',
  );
  command.action(async (path: string, dataName: string, flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    await checkOutput(flags.out);
    const files = await rowFilesInto(flags.out, dataName, flags.from, terminal);
    if (files) return reconstructRows(path, files, flags, terminal, signal);
    const { file, card, model, parameters } = await readModel(path);
    const { train: source } = await readData(dataName, flags, terminal, signal);
    const data = examplesFor(card, source, file, terminal);
    const { reconstruction } = await makeRunner(await openEngine(flags), model).reconstruct(parameters, data);
    const rebuilt = undoScaling(card.scaling, reconstruction, data.count);
    if (flags.out?.toLowerCase().endsWith('.png'))
      await writeFileAtomic(flags.out, encodePngGrid(interleaved(source, rebuilt), PER_ROW));
    else await writeOutput(rebuilt, flags.out, terminal);
    const mse = meanSquaredError(data, reconstruction, model.blueprint);
    terminal.note(`Mean squared error ${short(mse)} per feature (scaled units) over ${data.count} examples.`);
    terminal.result({
      model: file,
      data: source.name,
      shape: [data.count, ...data.shape],
      mse,
      ...(flags.out === undefined ? {} : { out: flags.out }),
    });
  });
}

async function reconstructRows(
  path: string,
  files: readonly string[],
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { file, card, model, parameters } = await readModel(path);
  const runner = makeRunner(await openEngine(besideReading(flags)), model);
  let [squares, observed] = [0, 0];
  const done = await rowsThrough({
    files,
    flags,
    as: { cards: [card], takes: 'as trained' },
    out: flags.out,
    terminal,
    signal,
    async work({ parts: [{ data }] }) {
      const { reconstruction } = await runner.reconstruct(parameters, data);
      const there = observedCount(data);
      if (there > 0) squares += there * meanSquaredError(data, reconstruction, model.blueprint);
      observed += there;
      return undoScaling(card.scaling, reconstruction, data.count);
    },
  });
  await runner.dispose();
  const mse = squares / observed;
  terminal.note(rowsWords(done));
  terminal.note(`Mean squared error ${short(mse)} per feature (scaled units) over ${done.rows} examples.`);
  terminal.result({ model: file, mse, ...done, out: flags.out });
}

/** A row of originals, the row of their reconstructions, the next row of originals, … */
function interleaved(original: Source, rebuilt: Source): Source {
  if (original.form !== 'array' || rebuilt.form !== 'array') return rebuilt;
  const [count, ...shape] = rebuilt.shape;
  const size = rebuilt.values.length / count;
  const rows = Math.ceil(count / PER_ROW);
  const values = new Uint8Array(2 * rows * PER_ROW * size);
  for (let i = 0; i < count; i++) {
    const at = 2 * Math.floor(i / PER_ROW) * PER_ROW + (i % PER_ROW);
    values.set(original.values.subarray(i * size, (i + 1) * size), at * size);
    values.set(rebuilt.values.subarray(i * size, (i + 1) * size), (at + PER_ROW) * size);
  }
  return { ...rebuilt, values, shape: [2 * rows * PER_ROW, ...shape] };
}
