/** `autoencoder export MODEL`: a model, or its training, for other programs. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { detectorToOnnx, modelToOnnx, trainingToOnnx } from '../../applications/interchange/export-onnx.ts';
import type { InferenceFile } from '../../applications/interchange/inference-file.ts';
import { OptionError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeNpy } from '../../data/formats/npy.ts';
import type { OnnxValue } from '../../engine/onnx/protobuf.ts';
import { isDetectorFolder, readDetector } from '../detector-folder.ts';
import { openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { MODEL_FILE, readModel } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeFolder } from '../run-folder.ts';
import { makeTerminal, type Terminal } from '../terminal.ts';

interface Flags {
  readonly onnx?: boolean;
  readonly trainable?: boolean;
  readonly batchSize?: number;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const ONNX_FILE = 'model.onnx';
const TRAINING_FOLDER = 'trainable';
const [STEP_FILE, STATE_FILE] = ['step.onnx', 'state.npy'];

export function addExport(program: Command): void {
  program
    .command('export')
    .summary('write a model, or its training, for other programs')
    .description(
      'Writes a model as one ONNX file, for ONNX Runtime in any language: raw values go in; codes, reconstructions and scores come out. Scaling is inside, and so is the threshold of a detector. Or writes the step that it is trained by, to go on learning elsewhere. See docs/interchange.md.',
    )
    .argument('<model>', 'a model.safetensors, the folder of a run, or that of autoencoder anomalies --fit')
    .option('--onnx', 'the model at work, as an ONNX file')
    .option(
      '--trainable',
      `its training step as an ONNX file, and the state to begin with: ${STEP_FILE}, ${STATE_FILE}`,
    )
    .option(
      '--batch-size <n>',
      'of --trainable: examples per step (default: as it was trained)',
      countParser('--batch-size'),
    )
    .option(
      '--out <place>',
      `a file, or of --trainable a folder (default: ${ONNX_FILE}, or ${TRAINING_FOLDER}, beside the model)`,
    )
    .option('--overwrite', 'replace what is there already')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  autoencoder export runs/digits --onnx\n  autoencoder export runs/sensors-anomalies --onnx --out detector.onnx\n  autoencoder export runs/sensors --trainable --batch-size 64',
    )
    .action(async (path: string, flags: Flags) => {
      const terminal = makeTerminal(flags.json ?? false);
      if ((flags.onnx ?? false) === (flags.trainable ?? false)) throw notOneForm(flags);
      if (flags.batchSize !== undefined && !flags.trainable) throw batchOfNothing();
      await (flags.onnx ? exportModel(path, flags, terminal) : exportTraining(path, flags, terminal));
    });
}

async function exportModel(path: string, flags: Flags, terminal: Terminal): Promise<void> {
  const out = flags.out ?? join(folderOf(path), ONNX_FILE);
  await checkFolder(out);
  refuseExisting(out, flags);
  const { file, made } = await portable(path);
  await writeFileAtomic(out, made.bytes);
  const batched = (values: InferenceFile['inputs']): OnnxValue[] =>
    values.map((value) => ({ ...value, shape: ['batch', ...value.shape] }));
  terminal.say(`${out}: ${made.bytes.length.toLocaleString('en')} bytes, ONNX operators ${made.opset}`);
  show(terminal, batched(made.inputs), batched(made.outputs));
  const { bytes, ...rest } = made;
  terminal.result({ model: file, out, bytes: bytes.length, ...rest });
}

async function exportTraining(path: string, flags: Flags, terminal: Terminal): Promise<void> {
  const out = flags.out ?? join(folderOf(path), TRAINING_FOLDER);
  const [stepFile, stateFile] = [join(out, STEP_FILE), join(out, STATE_FILE)];
  for (const place of [stepFile, stateFile]) refuseExisting(place, flags);
  const { file, ...model } = await readModel(path);
  const { bytes, state, opset, batchSize, inputs, outputs } = trainingToOnnx(model, flags.batchSize);
  await makeFolder(out);
  await writeFileAtomic(stateFile, encodeNpy(state, [state.length]));
  await writeFileAtomic(stepFile, bytes);
  terminal.say(`${stepFile}: ${bytes.length.toLocaleString('en')} bytes, ONNX operators ${opset}`);
  terminal.say(`${stateFile}: ${state.length.toLocaleString('en')} numbers`);
  show(terminal, inputs, outputs);
  terminal.result({
    model: file,
    out,
    step: stepFile,
    state: stateFile,
    bytes: bytes.length,
    stateSize: state.length,
    opset,
    batchSize,
    inputs,
    outputs,
  });
}

function show(terminal: Terminal, inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): void {
  const shown = (values: readonly OnnxValue[]): string =>
    values.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(', ')}]`).join('; ');
  terminal.say(`takes  ${shown(inputs)}`);
  terminal.say(`gives  ${shown(outputs)}`);
}

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
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

function notOneForm({ onnx }: Flags): OptionError {
  return new OptionError({
    where: 'autoencoder export',
    expected: 'one form to export to: --onnx or --trainable',
    got: onnx ? 'both' : 'none',
    fix: onnx ? 'leave one of them out' : 'add --onnx',
  });
}

function batchOfNothing(): OptionError {
  return new OptionError({
    where: '--batch-size',
    expected: '--trainable beside it: models at work take batches of any size',
    got: '--onnx',
    fix: 'leave it out',
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
