/**
 * This package's recurrent layer, forward and backward: `node bench/peers/recurrence.mjs --cell lstm --threads 1 --seconds 3` after
 * `npm run build`. 140 steps of one channel, 64 units, batch 32; the gradients of all parameters. recurrence.py is the same in PyTorch.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../../dist/base/random.js';
import { nodeEngine } from '../../dist/engine/node.js';
import { gradient } from '../../dist/graph/gradient.js';
import { sum } from '../../dist/graph/ops/broadcast.js';
import { input } from '../../dist/graph/ops/input.js';
import { gru } from '../../dist/model/layers/gru.js';
import { lstm } from '../../dist/model/layers/lstm.js';
import { recurrence } from '../../dist/model/layers/recurrence.js';
import { collectParameters, traceWith } from '../../dist/model/trace.js';
import { measureMilliseconds } from './measure.mjs';

const { values: flags } = parseArgs({
  options: {
    cell: { type: 'string', default: 'lstm' },
    threads: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '3' },
  },
});
const cell = { lstm, gru }[flags.cell];
const threads = Number(flags.threads);
const [time, batch, units] = [140, 32, 64];

const began = performance.now();
const x = input('x', 'float32', [time, batch, 1]);
const build = (trace) => recurrence(trace, cell, x, { units }).outputs;
const specs = collectParameters(build);
const parameters = new Map(specs.map(({ name, shape }) => [name, input(name, 'float32', shape)]));
const outputs = build(traceWith(parameters, { purpose: 'training', key: input('key', 'uint32', [2]) }));
const slopes = gradient(sum(outputs), [...parameters.values()]);
const engine = nodeEngine({ threads });
const program = await engine.compile(Object.fromEntries(slopes.map((slope, at) => [specs[at].name, slope])));
const buildMs = performance.now() - began;

const random = createRandom(1);
const feeds = { x: { data: Float32Array.from({ length: time * batch }, () => random.uniform()), shape: x.shape } };
for (const { name, shape, initialise } of specs) feeds[name] = { data: initialise(shape, random), shape };
await measureMilliseconds(() => program.run(feeds), Number(flags.seconds), {
  cell: flags.cell,
  threads,
  buildMs,
  version: `onnxruntime ${engine.version}`,
});
