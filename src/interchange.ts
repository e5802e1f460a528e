/** Models for other programs. */
import { detectorToOnnx, modelToOnnx } from './applications/interchange/export-onnx.ts';
import { parseThreshold } from './applications/threshold.ts';
import type { Autoencoder } from './autoencoder.ts';
import type { AnomalyDetector } from './uses.ts';

/**
 * The bytes of an ONNX file (operators of version 20, for ONNX Runtime 1.17 and later) with everything inside: raw values go in, any number
 * of them at once; `code`, `reconstruction` in the units of the data, `score`, and of tables `column_errors` come out. Of a detector, scores
 * are its own, and `is_anomaly` says which are above the threshold (`quantile:0.99` when absent, or another rule that needs no
 * labels). What goes in and out is described in the file: see docs/interchange.md.
 *
 * @example await writeFile('model.onnx', await exportOnnx(model));
 * @throws OptionError before `fit`, for a detector of series, and for a threshold that depends on what is scored.
 */
export async function exportOnnx(
  subject: Autoencoder | AnomalyDetector,
  options: { readonly threshold?: string } = {},
): Promise<Uint8Array> {
  if ('detector' in subject) {
    const rule = options.threshold === undefined ? undefined : parseThreshold(options.threshold);
    return detectorToOnnx(subject.detector, rule).bytes;
  }
  return modelToOnnx(await subject.trained()).bytes;
}
