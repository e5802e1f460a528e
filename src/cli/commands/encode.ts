/** `autoencoder encode MODEL DATA`: examples to codes. */
import type { Command } from 'commander';
import { makeRunner } from '../../model/runner.ts';
import { addDataFlags, addFromFlag, type DataFlags, examplesFor, type RowPlace, readData } from '../data-flags.ts';
import { addEngineFlags, besideReading, type EngineFlags, openEngine } from '../engine-flags.ts';
import { readModel } from '../model-argument.ts';
import { asArray, checkOutput, writeOutput } from '../output-file.ts';
import { rowFilesInto, rowsThrough, rowsWords } from '../row-files.ts';
import { makeTerminal, type Terminal } from '../terminal.ts';

interface Flags extends DataFlags, EngineFlags {
  readonly from: RowPlace;
  readonly out?: string;
  readonly json?: boolean;
}

export function addEncode(program: Command, signal: AbortSignal): void {
  const command = program
    .command('encode')
    .summary('turn examples into codes')
    .description('Writes one code a row, in the order of the data.')
    .argument('<model>', 'a model.safetensors, or the folder of a run')
    .argument('<data>', 'data like that the model was trained on')
    .option('--out <file>', 'a .npy, .csv, .jsonl, .parquet or .arrow file (default: CSV on standard output)')
    .option('--json', 'print one JSON object');
  addDataFlags(command);
  addFromFlag(command);
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder encode runs/digits digits --out codes.npy\n  autoencoder encode runs/sensors today.csv > codes.csv\n  autoencoder encode runs/sensors "days/*.parquet" --out codes.parquet',
  );
  command.action(async (path: string, dataName: string, flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    await checkOutput(flags.out);
    const files = await rowFilesInto(flags.out, dataName, flags.from, terminal);
    if (files) return encodeRows(path, files, flags, terminal, signal);
    const { file, card, model, parameters } = await readModel(path);
    const { train: source } = await readData(dataName, flags, terminal, signal);
    const data = examplesFor(card, source, file, terminal);
    const { code } = await makeRunner(await openEngine(flags), model).encode(parameters, data);
    const { latent } = model.blueprint;
    await writeOutput(asArray('codes', code, latent), flags.out, terminal);
    terminal.result({
      model: file,
      data: source.name,
      shape: [data.count, latent],
      ...(flags.out === undefined ? { codes: rowsOf(code, latent) } : { out: flags.out }),
    });
  });
}

async function encodeRows(
  path: string,
  files: readonly string[],
  flags: Flags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { file, card, model, parameters } = await readModel(path);
  const runner = makeRunner(await openEngine(besideReading(flags)), model);
  const { latent } = model.blueprint;
  const done = await rowsThrough({
    files,
    flags,
    as: { cards: [card], takes: 'as trained' },
    out: flags.out,
    terminal,
    signal,
    work: async ({ parts: [{ data }] }) => asArray('codes', (await runner.encode(parameters, data)).code, latent),
  });
  await runner.dispose();
  terminal.note(rowsWords(done));
  terminal.result({ model: file, shape: [done.rows, latent], ...done, out: flags.out });
}

function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}
