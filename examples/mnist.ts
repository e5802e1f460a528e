/**
 * The 784-128-64-32 autoencoder of the Keras tutorials, on MNIST (or on the built-in digits where MNIST is not at hand).
 *
 *   npx tsx examples/mnist.ts            AUTOENCODER_EPOCHS=1 for a quick look
 */
import { autoencoder, loadData } from 'autoencoder';

const epochs = Number(process.env.AUTOENCODER_EPOCHS ?? 20);
const data = await loadData(process.env.AUTOENCODER_DATA ? 'mnist' : 'digits');

const model = autoencoder({ hidden: [128, 64], latent: 32, activation: 'relu' });
const { test, baselines } = await model.fit(data, { epochs, batchSize: 256, learningRate: 0.002 });
const codes = await model.encode(data);
await model.save('mnist.safetensors');

console.log(`test mse ${test?.mse.toFixed(4)} beside PCA's ${baselines.pca?.testMse?.toFixed(4)}`);
console.log(`codes: ${codes.shape.join(' × ')}`);
if (!test || !(test.mse < (baselines.pca?.testMse ?? 0) * 1.2)) throw new Error('it did not learn');
