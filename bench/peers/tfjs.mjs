/**
 * The peer TensorFlow.js on its WASM backend (SIMD): `node bench/peers/tfjs.mjs --net seed --threads 1 --seconds 5`.
 *
 * The whole data set is one tensor of scaled floats; a step gathers its rows by shuffled index and minimises with the
 * library's own Adam. `tf.train` rather than `model.fit`, which is slower. Threads: the backend has none under Node
 * (its flag WASM_HAS_MULTITHREAD_SUPPORT is false there), and the line printed says how many were really used.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { initialParameters, measure, readSetup } from './measure.mjs';

const setup = readSetup();
if (setup.channels) throw new Error('only dense nets are written out here');
const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
setWasmPaths(join(wasmFolder, '/'));
setThreadsCount(setup.threads);
await tf.setBackend('wasm');
await tf.ready();

const { widths, kind } = setup;
const middle = (widths.length - 1) / 2;
const scaled = new Float32Array(setup.data.length);
for (let i = 0; i < scaled.length; i++) scaled[i] = setup.data[i] / 255;
const data = tf.tensor2d(scaled, [setup.examples, widths[0]]);
const layers = parametersOf(kind).map(({ inputs, outputs, weight, bias }) => ({
  weight: tf.variable(tf.tensor2d(weight, [inputs, outputs])),
  bias: tf.variable(tf.tensor1d(bias)),
}));
const optimizer = tf.train.adam(1e-3);

/** Of a variational net the encoder ends in a mean and a logarithm of the variance for each number of the code. */
function parametersOf(kind) {
  if (kind === 'vanilla') return initialParameters(widths);
  const encoder = [...widths.slice(0, middle), 2 * widths[middle]];
  return [...initialParameters(encoder), ...initialParameters(widths.slice(middle))];
}

function apply(part, x) {
  let h = x;
  for (const [i, { weight, bias }] of part.entries()) {
    const z = tf.add(tf.matMul(h, weight), bias);
    h = i < part.length - 1 ? tf.relu(z) : z;
  }
  return h;
}

function lossOf(x) {
  return kind === 'vanilla'
    ? tf.mean(tf.squaredDifference(tf.sigmoid(apply(layers, x)), x))
    : variationalLoss(x, layers.slice(0, middle), layers.slice(middle));
}

/** −log p(x | z) + KL, summed over features, averaged over the batch. */
function variationalLoss(x, encoder, decoder) {
  const [mean, logVariance] = tf.split(apply(encoder, x), 2, 1);
  const spread = tf.exp(tf.mul(logVariance, 0.5));
  const logits = apply(decoder, tf.add(mean, tf.mul(spread, tf.randomNormal(mean.shape))));
  const surprise = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)));
  const kl = tf.sum(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1)));
  return tf.div(tf.add(surprise, tf.mul(kl, 0.5)), x.shape[0]);
}

let last;
const multithreaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
await measure(setup, {
  peer: 'tfjs-wasm',
  version: tf.version.tfjs,
  step(indices) {
    last?.dispose();
    last = tf.tidy(() => {
      const x = tf.gather(data, tf.tensor1d(indices, 'int32'));
      return optimizer.minimize(() => lossOf(x), true);
    });
    return last;
  },
  read: async (loss) => (await loss.data())[0],
  extra: { threadsUsed: multithreaded ? getThreadsCount() : 1 },
});
process.exit(0);
