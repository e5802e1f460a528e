/** Codes from a file, for a model to decode. */
import { DataError } from '../base/errors.ts';
import { applyScaling, fitScaling } from '../data/columns/scaling.ts';
import { readData } from './data-flags.ts';
import type { Terminal } from './terminal.ts';

/** `[count, latent]` of a file called `name`. @throws DataError for rows of another length than the codes of `modelFile`. */
export async function readCodes(
  name: string,
  { latent, modelFile }: { readonly latent: number; readonly modelFile: string },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ readonly values: Float32Array; readonly count: number }> {
  const { train: source } = await readData(name, {}, terminal, signal);
  const { values, count, hasMissing } = applyScaling(fitScaling(source, 'none'), source);
  if (values.length === count * latent && !(values instanceof Uint8Array) && !hasMissing) return { values, count };
  throw new DataError({
    where: name,
    expected: `rows of ${latent} numbers, the code size of ${modelFile}`,
    got: hasMissing ? 'missing values' : `rows of ${values.length / count}`,
    fix: 'give codes written by autoencoder encode',
  });
}
