/** `autoencoder export MODEL --onnx`: a model for other programs. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { detectorToOnnx, modelToOnnx } from '../../applications/interchange/export-onnx.ts';
import type { InferenceFile } from '../../applications/interchange/inference-file.ts';
import { OptionError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { isDetectorFolder, readDetector } from '../detector-folder.ts';
import { openEngine } from '../engine-flags.ts';
import { MODEL_FILE, readModel } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags {
  readonly onnx?: boolean;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const ONNX_FILE = 'model.onnx';

export function addExport(program: Command): void {
  program
    .command('export')
    .summary('write a model for other programs')
    .description(
      'Writes a model as one ONNX file, for ONNX Runtime in any language: raw values go in; codes, reconstructions and scores come out. Scaling is inside, and so is the threshold of a detector. See docs/interchange.md.',
    )
    .argument('<model>', 'a model.safetensors, the folder of a run, or that of autoencoder anomalies --fit')
    .option('--onnx', 'an ONNX file')
    .option('--out <file>', `where it goes (default: ${ONNX_FILE} beside the model)`)
    .option('--overwrite', 'replace the file that is there already')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  autoencoder export runs/digits --onnx\n  autoencoder export runs/sensors-anomalies --onnx --out detector.onnx',
    )
    .action(async (path: string, flags: Flags) => {
      const terminal = makeTerminal(flags.json ?? false);
      if (!flags.onnx) throw nothingAsked();
      const out = flags.out ?? join(isFolder(path) ? path : dirname(path), ONNX_FILE);
      await checkFolder(out);
      refuseExisting(out, flags);
      const { file, made } = await portable(path);
      await writeFileAtomic(out, made.bytes);
      const shown = (values: InferenceFile['inputs']): string =>
        values.map(({ name, dtype, shape }) => `${name} ${dtype} [${['batch', ...shape].join(', ')}]`).join('; ');
      terminal.say(`${out}: ${made.bytes.length.toLocaleString('en')} bytes, ONNX operators ${made.opset}`);
      terminal.say(`takes  ${shown(made.inputs)}`);
      terminal.say(`gives  ${shown(made.outputs)}`);
      const { bytes, ...rest } = made;
      terminal.result({ model: file, out, bytes: bytes.length, ...rest });
    });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function portable(path: string): Promise<{ readonly file: string; readonly made: InferenceFile }> {
  if (isDetectorFolder(path)) {
    const { detector, threshold } = await readDetector(path, await openEngine({ engine: 'node' }));
    return { file: path, made: detectorToOnnx(detector, threshold) };
  }
  if (!existsSync(join(path, MODEL_FILE)) && existsSync(join(path, 'model'))) throw otherUse(path);
  const { file, ...model } = await readModel(path);
  return { file, made: modelToOnnx(model) };
}

function nothingAsked(): OptionError {
  return new OptionError({
    where: 'autoencoder export',
    expected: 'the form to export to',
    got: 'none',
    fix: 'add --onnx',
  });
}

/** Translators, recommenders and the like do more than their models. */
function otherUse(path: string): OptionError {
  return new OptionError({
    where: path,
    expected: 'a model, or a detector of anomalies',
    got: 'the folder of another use, which does more than its model',
    fix: `export the model alone: autoencoder export ${join(path, 'model')}`,
  });
}
