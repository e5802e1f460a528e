/** The public surface of the package. */

import type { SourceWithTest } from './data/dataset.ts';
import { dataEnvironment, type LoadOptions, loadData as loadFrom } from './data/load.ts';

export type { Anomalies, Ranking } from './applications/anomalies.ts';
export type { Answer, NamedRecommendation } from './applications/answers.ts';
export { bdRate, type RatePoint } from './applications/codec/bd-rate.ts';
export { curveOfFormat as formatCurve } from './applications/codec/beside.ts';
export type { CodecFiles } from './applications/codec/codec-packing.ts';
export type { CompletionErrors } from './applications/complete.ts';
export { denoise, type Noise } from './applications/denoise.ts';
export type { Features, Score, TaskResults } from './applications/features.ts';
export type { Forecast, SeriesResult } from './applications/forecast.ts';
export type { FillingError, FillingErrors } from './applications/imputation-error.ts';
export { imputeDefaults } from './applications/impute.ts';
export { type Holes, inpaint } from './applications/inpaint.ts';
export type { LabelErrors } from './applications/label-errors.ts';
export type { FrameErrors } from './applications/next-frame.ts';
export type { ChangeQuality, PathQuality } from './applications/path-quality.ts';
export { type PictureQuality, pictureQuality } from './applications/picture-quality.ts';
export type { RatingFigures, RecommendationErrors } from './applications/recommendation-error.ts';
export type { MapQuality, Reduced } from './applications/reduce.ts';
export type { Restoration, TrialResult } from './applications/restoration.ts';
export type { RestorerFiles } from './applications/restoration-file.ts';
export type { SampleQuality } from './applications/sample-quality.ts';
export type { Precision, SearchQuality } from './applications/search-quality.ts';
export type { TwoSets } from './applications/swap.ts';
export type { DetectionQuality } from './applications/swap-detector.ts';
export type { SwapQuality } from './applications/swap-quality.ts';
export type { TranslationErrors } from './applications/translate.ts';
export { type Enlarging, upscale } from './applications/upscale.ts';
export type {
  AutoencoderOptions,
  Examples,
  FitOptions,
  FitResult,
  LearnableRows,
  NumericArray,
} from './autoencoder.ts';
export {
  AutoencoderError,
  DataError,
  DivergenceError,
  EngineError,
  FileError,
  InterruptedError,
  ModelFileError,
  OptionError,
  ShapeError,
} from './base/errors.ts';
export { createRandom, type Random } from './base/random.ts';
export {
  type FrameTeller,
  frameTeller,
  type NextFrameOptions,
  openFrameTeller,
  type TrainedFrameTeller,
} from './clips.ts';
export {
  type CodecOptions,
  openPictureCodec,
  openPictureSetCodec,
  type PictureCodec,
  type PictureSetCodec,
  pictureCodec,
  pictureSetCodec,
  type SetCodecOptions,
} from './compression.ts';
export { bouncingClips, type Clip, readClips } from './data/clips.ts';
export type { ArraySource, Column, Labels, Source, SourceWithTest, TableSource } from './data/dataset.ts';
export { openFolder, writeFolder } from './data/files.ts';
export type { Folder, FolderFiles } from './data/folder.ts';
export { encodeSource } from './data/formats/formats.ts';
export { drawn, grey, type Picture, picturesOf } from './data/picture.ts';
export { encodePicture, readPictureFiles as readPictures } from './data/picture-files.ts';
export { joinRanks, type RankSession } from './distributed/mpi/session.ts';
export type { Engine, EngineOptions, HostTensor, Program } from './engine/engine.ts';
export { nodeEngine } from './engine/node.ts';
export { augment, generationQuality } from './generate.ts';
export {
  type ExportedTraining,
  exportHuggingFace,
  exportOnnx,
  exportTraining,
  importWeights,
  withState,
} from './interchange.ts';
export {
  changeClass,
  classChangeQuality,
  interpolate,
  interpolationQuality,
  type WayOptions,
} from './interpolate.ts';
export type { ModelCard } from './model/file/model-file.ts';
export {
  load,
  type SavableAutoencoder as Autoencoder,
  savableAutoencoder as autoencoder,
  savableFromBytes as fromBytes,
} from './model-files.ts';
export {
  type ItemRecommender,
  openRecommender,
  type RecommenderOptions,
  recommender,
  type TrainedItemRecommender,
} from './recommender.ts';
export {
  openPictureRestorer,
  type PictureRestorer,
  type RestorationOptions,
  restorer,
  type TrainedPictureRestorer,
} from './restoration.ts';
export { type RowFiles, type RowFilesOptions, rowFiles } from './row-files.ts';
export { type ExampleIndex, type Found, openSearchIndex, searchIndex, searchPrecision } from './search.ts';
export { openSwapper, type SwapOptions, type Swapper, swapper, type TrainedSwapper } from './swap.ts';
export {
  completer,
  openCompleter,
  openTranslator,
  type TextCompleter,
  type TextOptions,
  type TextWriter,
  type TrainedTextCompleter,
  type TrainedTranslator,
  type Translator,
  translator,
} from './texts.ts';
export type { EpochRecord, TrainingEvent } from './training/events.ts';
export type { RankGroup } from './training/ranks.ts';
export { type TuneOptions, type TuneResult, tune } from './tune.ts';
export {
  type AnomalyDetector,
  type AnomalyDetectorOptions,
  anomalyDetector,
  anomalyDetectorOf,
  type ForecasterOptions,
  features,
  forecaster,
  type ImputeOptions,
  impute,
  labelErrors,
  openAnomalyDetector,
  openForecaster,
  reduce,
  type SeriesForecaster,
} from './uses.ts';

/**
 * Data by name: a built-in or fetched set, a file, a folder of pictures. Folders come from `AUTOENCODER_DATA` and
 * `AUTOENCODER_CACHE` unless `environment` says otherwise.
 *
 * @example await loadData('sensors.csv', { columns: ['temperature', 'pressure'] })
 * @throws DataError with file, row and column; FileError when it cannot be read.
 */
export function loadData(name: string, options: Partial<LoadOptions> = {}): Promise<SourceWithTest> {
  return loadFrom(name, { ...options, environment: options.environment ?? dataEnvironment(process.env) });
}
