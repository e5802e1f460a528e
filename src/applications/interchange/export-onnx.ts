/** What of a trained model or of a detector goes into an ONNX file, and what cannot. */
import { OptionError } from '../../base/errors.ts';
import { optionNames, parseOptions } from '../../base/options.ts';
import { trainingSchema } from '../../training/options.ts';
import type { Detector } from '../detector.ts';
import { chooseThreshold, type ThresholdRule, usualThreshold } from '../threshold.ts';
import { type InferenceFile, inferenceFile } from './inference-file.ts';
import type { PortableMember } from './inference-graph.ts';
import { type TrainingFile, trainingFile } from './training-file.ts';

export function modelToOnnx({ card, model, parameters }: Omit<PortableMember, 'calibration'>): InferenceFile {
  return inferenceFile({ members: [{ card, model, parameters }] });
}

/**
 * The step that a model was trained by, from where it is now.
 *
 * @param batchSize that of its training when absent.
 * @throws OptionError for a recommender.
 */
export function trainingToOnnx(
  { card, model, parameters }: Omit<PortableMember, 'calibration'>,
  batchSize?: number,
): TrainingFile {
  const known = optionNames(trainingSchema);
  const kept = Object.entries(card.training.options).filter(([name]) => known.includes(name));
  const given = { ...Object.fromEntries(kept), ...(batchSize === undefined ? {} : { batchSize }) };
  return trainingFile({ card, model, parameters, options: parseOptions(trainingSchema, given, 'training') });
}

/**
 * @param threshold a score, or a rule that asks for no labels.
 * @throws OptionError for a detector of series, or a rule that scores or labels would be needed for.
 */
export function detectorToOnnx(
  { members, windows, reference }: Detector,
  threshold: number | ThresholdRule = usualThreshold(false),
): InferenceFile {
  if (windows)
    throw new OptionError({
      where: 'export',
      expected: 'a detector of rows or of pictures',
      got: 'one of the rows of a series, whose scores are joined from windows that overlap',
      fix: 'export one of the models in its folder, which take windows',
    });
  if (typeof threshold !== 'number' && threshold.by === 'share')
    throw new OptionError({
      where: '--threshold share',
      expected: 'a threshold that is the same whatever is scored',
      got: 'a share of the examples that are scored',
      fix: 'choose quantile:0.99, deviations:2.5, or a score',
    });
  const score =
    typeof threshold === 'number' ? threshold : chooseThreshold(threshold, { reference, scores: reference });
  return inferenceFile({ members, threshold: score });
}
