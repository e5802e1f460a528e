/** `autoencoder import WEIGHTS`: a model file of numbers that another program learned. */
import type { Command } from 'commander';
import { type Imported, importWeights } from '../../applications/interchange/import-weights.ts';
import { cardAfterElsewhere } from '../../applications/interchange/learned-elsewhere.ts';
import { parametersIn } from '../../applications/interchange/training-state.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { readBytes, writeFileAtomic } from '../../data/files.ts';
import { parseNpyNumbers } from '../../data/formats/npy.ts';
import { encodeModelFile, MODEL_FILE, type Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';
import { readModel } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags {
  readonly map?: string;
  readonly model?: string;
  readonly out: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .summary('make a model file of what another program learned')
    .description(
      'Writes a model with weights of PyTorch or Keras, by a map of names, or with the state of a training that autoencoder export --trainable began. See docs/interchange.md.',
    )
    .argument('<weights>', 'a .safetensors file with --map, or the last next_state as a .npy file')
    .option('--map <file>', 'JSON: which tensor is which parameter, and what the model is')
    .option('--model <model>', 'a model like it (a model.safetensors, or the folder of a run): that which was exported')
    .option('--out <file>', 'where the model goes', MODEL_FILE)
    .option('--overwrite', 'replace the file that is there already')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  autoencoder import learned.npy --model runs/sensors --out sensors-2.safetensors',
    )
    .action(async (weights: string, flags: Flags) => {
      const terminal = makeTerminal(flags.json ?? false);
      await checkFolder(flags.out);
      refuseExisting(flags.out, flags);
      const { card, model, parameters, unused } = await imported(weights, flags);
      await writeFileAtomic(flags.out, await encodeModelFile({ card, parameters }, model));
      const count = [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
      terminal.say(`${flags.out}: ${count.toLocaleString('en')} parameters out of ${weights}`);
      if (unused.length > 0) terminal.note(`Not used of it: ${unused.join(', ')}.`);
      terminal.result({ weights, out: flags.out, parameters: count, unused });
    });
}

async function imported(weights: string, { map, model: like }: Flags): Promise<Imported> {
  if (map === undefined) {
    if (like === undefined) throw nothingToGoBy();
    const { card, model } = await readModel(like);
    return { card: cardAfterElsewhere(card), model, parameters: await readState(weights, model), unused: [] };
  }
  const text = new TextDecoder().decode(await readBytes(map));
  return importWeights({
    weights: await readBytes(weights),
    where: weights,
    map: parseMap(text, map),
    ...(like === undefined ? {} : { like: (await readModel(like)).card }),
  });
}

function parseMap(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OptionError(
      { where: `--map ${where}`, expected: 'JSON', got: 'text that does not parse', fix: 'see docs/interchange.md' },
      { cause },
    );
  }
}

async function readState(path: string, model: Model): Promise<Parameters> {
  const { values, shape } = parseNpyNumbers(await readBytes(path), path);
  if (values instanceof Float32Array && shape.length === 1) return parametersIn(model, values, path);
  throw new DataError({
    where: path,
    expected: 'the state of a training: one list of float32',
    got: `${values instanceof Uint8Array ? 'bytes' : 'numbers'} of shape [${shape.join(', ')}]`,
    fix: 'save the last next_state, as it is: numpy.save("learned.npy", state)',
  });
}

function nothingToGoBy(): OptionError {
  return new OptionError({
    where: 'autoencoder import',
    expected: 'a map of names, or the model whose training the state is of',
    got: 'neither',
    fix: 'add --map FILE for weights of another program, or --model MODEL for a state',
  });
}
