/** `autoencoder decode MODEL CODES`: codes to examples. */
import type { Command } from 'commander';
import { undoScaling } from '../../data/columns/scaling.ts';
import { makeRunner } from '../../model/runner.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { readModel } from '../model-argument.ts';
import { checkOutput, writeOutput } from '../output-file.ts';
import { readCodes } from '../read-codes.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags extends EngineFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function addDecode(program: Command, signal: AbortSignal): void {
  const command = program
    .command('decode')
    .summary('turn codes into examples')
    .description('Rebuilds examples, in the units of the data the model was trained on, from one code a row.')
    .argument('<model>', 'a model.safetensors, or the folder of a run')
    .argument('<codes>', 'a .npy, .csv or .jsonl file of codes')
    .option('--out <file>', 'a .npy, .csv, .jsonl, .parquet, .arrow or .png file (default: CSV on standard output)')
    .option('--json', 'print one JSON object');
  addEngineFlags(command);
  command.addHelpText('after', '\nExample:\n  autoencoder decode runs/digits codes.npy --out rebuilt.png');
  command.action(async (path: string, codesName: string, flags: Flags) => {
    const terminal = makeTerminal(flags.json ?? false);
    await checkOutput(flags.out);
    const { file, card, model, parameters } = await readModel(path);
    const { latent } = model.blueprint;
    const codes = await readCodes(codesName, { latent, modelFile: file }, terminal, signal);
    const values = await makeRunner(await openEngine(flags), model).decode(parameters, codes.values);
    const rebuilt = undoScaling(card.scaling, values, codes.count, 'decoded');
    await writeOutput(rebuilt, flags.out, terminal);
    terminal.result({
      model: file,
      codes: codesName,
      shape: [codes.count, ...model.blueprint.shape],
      ...(flags.out === undefined ? {} : { out: flags.out }),
    });
  });
}
