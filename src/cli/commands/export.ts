/** `autoencoder export MODEL`: a model, or its training, for other programs and people. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { isDetectorFolder, readDetectorFolder } from '../../applications/detector-folder.ts';
import { detectorToOnnx, modelToOnnx, trainingToOnnx } from '../../applications/interchange/export-onnx.ts';
import { huggingFaceFiles } from '../../applications/interchange/hugging-face.ts';
import type { InferenceFile } from '../../applications/interchange/inference-file.ts';
import { OptionError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../data/files.ts';
import { encodeNpy } from '../../data/formats/npy.ts';
import type { OnnxValue } from '../../engine/onnx/protobuf.ts';
import { MODEL_FILE } from '../../model/file/model-file.ts';
import { openEngine } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { readModel } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeFolder } from '../run-folder.ts';
import { makeTerminal, type Terminal } from '../terminal.ts';

interface Flags {
  readonly onnx?: boolean;
  readonly trainable?: boolean;
  /** A folder. */
  readonly huggingFace?: string;
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
      '--hugging-face <folder>',
      'a folder for model hubs: model.safetensors, config.json and a README.md with its card',
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
      '\nExamples:\n  autoencoder export runs/digits --onnx\n  autoencoder export runs/sensors-anomalies --onnx --out detector.onnx\n  autoencoder export runs/sensors --trainable --batch-size 64\n  autoencoder export runs/digits --hugging-face digits-autoencoder',
    )
    .action(async (path: string, flags: Flags) => {
      const terminal = makeTerminal(flags.json ?? false);
      checkForms(flags);
      if (flags.onnx) await exportModel(path, flags, terminal);
      else if (flags.trainable) await exportTraining(path, flags, terminal);
      else if (flags.huggingFace !== undefined) await exportFolder(path, flags.huggingFace, flags, terminal);
    });
}

/** @throws OptionError unless one form is named, with the options that are its own. */
function checkForms(flags: Flags): void {
  const { onnx, trainable, huggingFace, batchSize, out } = flags;
  const given = [onnx && '--onnx', trainable && '--trainable', huggingFace !== undefined && '--hugging-face'];
  const forms = given.filter((form) => typeof form === 'string');
  const stray =
    batchSize !== undefined && !trainable
      ? '--batch-size'
      : out !== undefined && huggingFace !== undefined
        ? '--out'
        : undefined;
  if (forms.length !== 1)
    throw new OptionError({
      where: 'autoencoder export',
      expected: 'one form to export to: --onnx, --trainable or --hugging-face FOLDER',
      got: forms.join(' and ') || 'none',
      fix: forms.length > 1 ? 'leave all but one of them out' : 'add --onnx',
    });
  if (stray !== undefined)
    throw new OptionError({
      where: stray,
      expected:
        stray === '--out'
          ? 'one place: --hugging-face names it'
          : '--trainable beside it: models at work take batches of any size',
      got: forms[0],
      fix: 'leave it out',
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

async function exportFolder(path: string, out: string, flags: Flags, terminal: Terminal): Promise<void> {
  const { file, ...model } = await readModel(path);
  const files = Object.entries(await huggingFaceFiles(model));
  for (const [name] of files) refuseExisting(join(out, name), flags);
  await makeFolder(out);
  for (const [name, content] of files) await writeFileAtomic(join(out, name), content);
  terminal.say(`${out}: ${files.map(([name]) => name).join(', ')}`);
  terminal.result({ model: file, out, files: files.map(([name]) => join(out, name)) });
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
    const { open, threshold } = await readDetectorFolder(path);
    return { file: path, made: detectorToOnnx(open(await openEngine({ engine: 'node' })), threshold) };
  }
  if (!existsSync(join(path, MODEL_FILE)) && existsSync(join(path, 'model'))) throw otherUse(path);
  const { file, ...model } = await readModel(path);
  return { file, made: modelToOnnx(model) };
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
