/**
 * Goes on with a training by ONNX Runtime alone: no autoencoder package is needed.
 *
 *   autoencoder train digits --out digits && autoencoder export digits --trainable --batch-size 64
 *   node learn-elsewhere.mjs digits/trainable more.npy          uint8 pictures, [count, 1, 28, 28]
 *   autoencoder import learned.npy --model digits --out digits-2.safetensors
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';

const [folder, file] = process.argv.slice(2);
const session = await ort.InferenceSession.create(readFileSync(`${folder}/step.onnx`));
const batch = session.inputMetadata.find(({ name }) => name === 'index').shape[1];

/** Of a .npy file: where its numbers begin, and its shape. */
const npy = (bytes) => {
  const start = 10 + bytes.readUInt16LE(8);
  const shape = /'shape': \(([\d, ]*)\)/
    .exec(bytes.toString('latin1', 10, start))[1]
    .split(',')
    .filter((length) => length.trim());
  return { start, shape: shape.map(Number), bytes: bytes.subarray(start) };
};
const saved = readFileSync(`${folder}/state.npy`);
let state = new Float32Array(Uint8Array.from(npy(saved).bytes).buffer);
const { shape, bytes } = npy(readFileSync(file));
const examples = new ort.Tensor('uint8', Uint8Array.from(bytes), shape);

const noise = crypto.getRandomValues(new Uint32Array(2));
const steps = Math.floor(shape[0] / batch);
for (let epoch = 0; epoch < 10; epoch++) {
  const order = Array.from({ length: shape[0] }, (_, row) => [Math.random(), BigInt(row)]).sort(([a], [b]) => a - b);
  const rows = BigInt64Array.from(order.slice(0, steps * batch), ([, row]) => row);
  const { next_state, loss } = await session.run({
    examples,
    index: new ort.Tensor('int64', rows, [steps, batch]),
    step: new ort.Tensor('int64', [BigInt(epoch * steps)], []),
    learning_rate: new ort.Tensor('float32', [1e-3], []),
    noise: new ort.Tensor('uint32', noise, [2]),
    state: new ort.Tensor('float32', state, [state.length]),
  });
  state = next_state.data;
  console.log(`epoch ${epoch + 1}: loss ${(loss.data.reduce((sum, each) => sum + each, 0) / steps).toFixed(4)}`);
}
const head = saved.subarray(0, npy(saved).start);
writeFileSync('learned.npy', Buffer.concat([head, new Uint8Array(state.buffer, state.byteOffset, state.byteLength)]));
