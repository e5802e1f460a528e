/** The library's main object where there are files: saved to a path and loaded from one. */
import { type Autoencoder, type AutoencoderOptions, autoencoder, fromBytes } from './autoencoder.ts';
import { readBytes, writeFileAtomic } from './data/files.ts';
import type { Engine } from './engine/engine.ts';

/** An autoencoder that can be saved. */
export interface SavableAutoencoder extends Autoencoder {
  /** Writes `model.safetensors`. @throws FileError where it cannot be written. */
  save(path: string): Promise<void>;
}

/**
 * An autoencoder to be trained.
 *
 * @example
 * const model = autoencoder({ hidden: [128, 64], latent: 32, activation: 'relu' });
 * await model.fit(await loadData('digits'), { epochs: 20, batchSize: 256 });
 * const codes = await model.encode(await loadData('digits'));
 * await model.save('model.safetensors');
 * @throws OptionError for an option that this kind and network do not have.
 */
export function savableAutoencoder(options: AutoencoderOptions = {}): SavableAutoencoder {
  return savable(autoencoder(options));
}

/** A model from the bytes of its file. @throws ModelFileError for damaged ones. */
export async function savableFromBytes(
  bytes: Uint8Array,
  options: { readonly engine?: Engine; readonly name?: string } = {},
): Promise<SavableAutoencoder> {
  return savable(await fromBytes(bytes, options));
}

/** A saved model. @throws ModelFileError for a damaged file, FileError for a missing one. */
export async function load(path: string, options: { readonly engine?: Engine } = {}): Promise<SavableAutoencoder> {
  return savableFromBytes(await readBytes(path), { ...options, name: path });
}

function savable(model: Autoencoder): SavableAutoencoder {
  // Not a spread: `card` is looked up anew each time.
  return Object.assign(model, { save: async (path: string) => writeFileAtomic(path, await model.toBytes()) });
}
