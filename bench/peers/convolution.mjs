/**
 * This package's convolution, forward and backward: `node bench/peers/convolution.mjs --threads 1 --seconds 3` after `npm run build`.
 * 64 to 64 channels, 3×3, on 32×32, batch 32: the result, and the gradients of input, kernel and bias for a given gradient of the result.
 * convolution.py is the same in PyTorch. Everything is computed, but of result and input gradient only one example is handed to
 * JavaScript: in a training step they stay where they are.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../../dist/base/random.js';
import { nodeEngine } from '../../dist/engine/node.js';
import { gradient } from '../../dist/graph/gradient.js';
import { multiply } from '../../dist/graph/ops/arithmetic.js';
import { sum } from '../../dist/graph/ops/broadcast.js';
import { convolve } from '../../dist/graph/ops/convolution.js';
import { input } from '../../dist/graph/ops/input.js';
import { slice } from '../../dist/graph/ops/shape.js';
import { measureMilliseconds } from './measure.mjs';

const { values: flags } = parseArgs({
  options: { threads: { type: 'string', default: '1' }, seconds: { type: 'string', default: '3' } },
});
const threads = Number(flags.threads);
const [batch, channels, size] = [32, 64, 32];
const example = (pictures) => slice(pictures, 0, 0, 1);

const began = performance.now();
const x = input('x', 'float32', [batch, channels, size, size]);
const kernel = input('kernel', 'float32', [channels, channels, 3, 3]);
const bias = input('bias', 'float32', [channels]);
const upstream = input('upstream', 'float32', x.shape);
const y = convolve(x, kernel, { padding: [1, 1, 1, 1] }, bias);
const [dx, dKernel, dBias] = gradient(sum(multiply(y, upstream)), [x, kernel, bias]);
const engine = nodeEngine({ threads });
const program = await engine.compile({ y: example(y), dx: example(dx), dKernel, dBias });
const buildMs = performance.now() - began;

const random = createRandom(1);
const feeds = Object.fromEntries(
  Object.entries({ x, kernel, bias, upstream }).map(([name, { shape }]) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    return [name, { data: Float32Array.from({ length }, () => random.uniform() - 0.5), shape }];
  }),
);
const version = `onnxruntime ${engine.version}`;
await measureMilliseconds(() => program.run(feeds), Number(flags.seconds), { threads, buildMs, version });
