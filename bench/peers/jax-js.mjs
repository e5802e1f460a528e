/**
 * The peer jax-js on its WASM backend: `node bench/peers/jax-js.mjs --net seed --threads 1 --seconds 5`.
 *
 * The whole step — loss, gradients and an Adam written with the library's arrays — is one `jit`ted function, as its
 * documentation advises. The batch is gathered in plain JavaScript and handed over as one array, which is faster than
 * gathering inside. Threads: the backend needs a global `Worker`, which Node has not, so one is used; `threadsUsed`
 * says so. Arrays are reference-counted by hand: `.ref` keeps one that a call would otherwise consume.
 */
import { readFileSync } from 'node:fs';
import { init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { initialParameters, measure, readSetup } from './measure.mjs';

const setup = readSetup();
if (setup.channels || setup.kind !== 'vanilla') throw new Error('only plain dense nets are written out here');
await init('wasm');
const { widths, batch, data } = setup;
const features = widths[0];

let parameters = initialParameters(widths).map(({ inputs, outputs, weight, bias }) => ({
  weight: np.array(weight).reshape([inputs, outputs]),
  bias: np.array(bias),
}));
let moment1 = tree.map((p) => np.zerosLike(p.ref), parameters);
let moment2 = tree.map((p) => np.zerosLike(p.ref), parameters);
let stepNumber = 0;

function lossOf(layers, x) {
  let h = x.ref;
  for (const [i, { weight, bias }] of layers.entries()) {
    const z = np.matmul(h, weight).add(bias);
    h = i < layers.length - 1 ? nn.relu(z) : nn.sigmoid(z);
  }
  return np.square(h.sub(x)).mean();
}

/** Adam with the bias corrections 1/(1−β₁ᵗ) and 1/(1−β₂ᵗ) as inputs. */
const train = jit((layers, m, v, x, correction1, correction2) => {
  const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(layers), x);
  const newM = tree.map((m, g) => m.mul(0.9).add(g.ref.mul(0.1)), m, tree.ref(gradients));
  const newV = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), v, gradients);
  const update = (p, m, v) =>
    p.sub(
      m
        .mul(correction1.ref)
        .mul(1e-3)
        .div(np.sqrt(v.mul(correction2.ref)).add(1e-8)),
    );
  const newLayers = tree.map(update, layers, tree.ref(newM), tree.ref(newV));
  correction1.dispose();
  correction2.dispose();
  return [loss, newLayers, newM, newV];
});

let last;
await measure(setup, {
  peer: 'jax-js-wasm',
  version: JSON.parse(readFileSync(new URL('../node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'))
    .version,
  step(indices) {
    const values = new Float32Array(batch * features);
    for (let row = 0; row < batch; row++) {
      const from = indices[row] * features;
      for (let i = 0; i < features; i++) values[row * features + i] = data[from + i] / 255;
    }
    stepNumber += 1;
    last?.dispose();
    [last, parameters, moment1, moment2] = train(
      parameters,
      moment1,
      moment2,
      np.array(values).reshape([batch, features]),
      np.array(1 / (1 - 0.9 ** stepNumber)),
      np.array(1 / (1 - 0.999 ** stepNumber)),
    );
    return last;
  },
  settle: (loss) => loss.blockUntilReady(),
  read: (loss) => loss.ref.jsAsync(),
  extra: { threadsUsed: 1 },
});
process.exit(0);
