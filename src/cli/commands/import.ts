/** `autoencoder import WEIGHTS`: a model file of numbers that another program learned. */
import type { Command } from 'commander';
import { cardAfterElsewhere } from '../../applications/interchange/learned-elsewhere.ts';
import { parametersIn } from '../../applications/interchange/training-state.ts';
import { DataError, OptionError } from '../../base/errors.ts';
import { readBytes, writeFileAtomic } from '../../data/files.ts';
import { parseNpyNumbers } from '../../data/formats/npy.ts';
import { encodeModelFile, type Parameters } from '../../model/file/model-file.ts';
import type { Model } from '../../model/model.ts';
import { MODEL_FILE, readModel } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags {
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
      'Writes a model with the numbers of a training that went on elsewhere, from the state of autoencoder export --trainable. See docs/interchange.md.',
    )
    .argument('<weights>', 'the last next_state, as a .npy file')
    .option('--model <model>', 'the model that was exported: a model.safetensors, or the folder of a run')
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
      if (flags.model === undefined) throw modelMissing();
      const { card, model } = await readModel(flags.model);
      const parameters = await readState(weights, model);
      await writeFileAtomic(flags.out, await encodeModelFile({ card: cardAfterElsewhere(card), parameters }, model));
      const count = [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
      terminal.say(`${flags.out}: ${count.toLocaleString('en')} parameters out of ${weights}`);
      terminal.result({ weights, out: flags.out, parameters: count });
    });
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

function modelMissing(): OptionError {
  return new OptionError({
    where: 'autoencoder import',
    expected: 'the model whose training the state is of',
    got: 'none',
    fix: 'name it: --model MODEL',
  });
}
