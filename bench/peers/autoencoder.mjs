/**
 * This package, measured as its users run it: the training loop with its shuffling, gathering, progress and checkpoints off.
 * `node bench/peers/autoencoder.mjs --net seed --threads 1 --seconds 5 [--engine web]` after `npm run build`.
 *
 * `startToFirstStepSeconds` runs from the start of the process to the end of the first step, the making of data left out.
 */
import { parseArgs } from 'node:util';
import { architectureSchema, makeBlueprint } from '../../dist/model/blueprint.js';
import { makeModel } from '../../dist/model/model.js';
import { makeRunner } from '../../dist/model/runner.js';
import { trainingSchema } from '../../dist/training/options.js';
import { train } from '../../dist/training/train.js';
import { peakMemoryMB, readSetup } from './measure.mjs';

const { values: flags } = parseArgs({ options: { engine: { type: 'string', default: 'node' } }, strict: false });
const setup = readSetup();
const { widths, channels, kind, batch, data, examples, threads } = setup;
const middle = (widths.length - 1) / 2;
const engine =
  flags.engine === 'web'
    ? (await import('../../dist/engine/web.js')).webEngine({ threads })
    : (await import('../../dist/engine/node.js')).nodeEngine({ threads });
const blueprint = makeBlueprint(
  architectureSchema.parse({
    kind,
    latent: widths[middle],
    network: channels ? 'convolutional' : 'dense',
    ...(kind === 'variational' ? { loss: 'cross-entropy' } : {}),
  }),
  {
    kind: kind === 'vanilla' ? { codeActivation: 'relu' } : {},
    network: { hidden: widths.slice(1, middle), activation: 'relu', ...(channels ? { channels } : {}) },
  },
  { shape: channels ? [1, 28, 28] : [widths[0]], hasMissing: false, isBytes: true, isUnitRange: true },
);
const model = makeModel(blueprint);
const run = train({
  engine,
  model,
  runner: makeRunner(engine, model),
  train: { values: data, count: examples },
  validation: { values: data.subarray(0, 256 * widths[0]), count: 256 },
  options: trainingSchema.parse({ epochs: 100_000, batchSize: batch, schedule: 'constant', patience: 0 }),
  clock: () => performance.now(),
});

let startToFirstStepSeconds;
let began;
let firstStep = 0;
let loss = 0;
for (;;) {
  const { value: event } = await run.next();
  if (event.type !== 'progress') continue;
  startToFirstStepSeconds ??= (performance.now() - setup.dataMs) / 1000;
  loss = event.loss;
  // Blocks grow to their full length first: that is the warm-up.
  if (began === undefined) {
    if (event.step >= 5 && performance.now() - setup.dataMs > 1000)
      [began, firstStep] = [performance.now(), event.step];
    continue;
  }
  const elapsed = performance.now() - began;
  if (elapsed < setup.seconds * 1000) continue;
  const stepsPerSecond = ((event.step - firstStep) / elapsed) * 1000;
  console.log(
    JSON.stringify({
      peer: flags.engine === 'web' ? 'autoencoder-wasm' : 'autoencoder',
      net: setup.net,
      threads,
      stepsPerSecond,
      examplesPerSecond: stepsPerSecond * batch,
      startToFirstStepSeconds,
      peakMemoryMB: peakMemoryMB(),
      // Squared error is half the sum of squares here, and their mean to the others.
      finalLoss: kind === 'vanilla' ? (loss * 2) / widths[0] : loss,
      version: `onnxruntime ${engine.version}`,
    }),
  );
  process.exit(0);
}
