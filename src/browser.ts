/**
 * The public surface for pages: the library without files of this machine, on the portable engine, and the parts that a page needs to show
 * a training while it runs. What the studio is built on.
 */
export type { Anomalies, Ranking } from './applications/anomalies.ts';
export { applyPca, fitPca, type Pca } from './applications/baselines/pca.ts';
export { type Learning, planLearning } from './applications/begin-learning.ts';
export { bdRate, type RatePoint } from './applications/codec/bd-rate.ts';
export { type Codec, openCodec } from './applications/codec/codec.ts';
export { codecFiles, readCodec } from './applications/codec/codec-file.ts';
export { fitCodec } from './applications/codec/fit-codec.ts';
export { denoise } from './applications/denoise.ts';
export type { FillingErrors } from './applications/imputation-error.ts';
export { inpaint } from './applications/inpaint.ts';
export {
  codebookUse,
  datasetFor,
  klOf,
  type Learned,
  learn,
  varianceOf,
} from './applications/learn.ts';
export { pictureQuality } from './applications/picture-quality.ts';
export { commonSchema, makeRecipe, type Recipe } from './applications/recipe.ts';
export type { MapQuality, Reduced } from './applications/reduce.ts';
export type { Restoration } from './applications/restoration.ts';
export { openRestorer } from './applications/restorer.ts';
export type { SampleQuality } from './applications/sample-quality.ts';
export type { TwoSets } from './applications/swap.ts';
export { upscale } from './applications/upscale.ts';
export {
  type Autoencoder,
  type AutoencoderOptions,
  autoencoder,
  type Examples,
  type FitOptions,
  type FitResult,
  fromBytes,
  type NumericArray,
} from './autoencoder.ts';
export { fromBase64, toBase64 } from './base/base64.ts';
export {
  AutoencoderError,
  DataError,
  DivergenceError,
  EngineError,
  InterruptedError,
  ModelFileError,
  OptionError,
  ShapeError,
} from './base/errors.ts';
export { flagOf } from './base/options.ts';
export { createRandom, type Random } from './base/random.ts';
export { type BuiltIn, builtIns } from './data/builtin/builtin.ts';
export { byteStream } from './data/bytes.ts';
export { undoScaling } from './data/columns/scaling.ts';
export type { ArraySource, Column, Dataset, Labels, Source, SourceWithTest, TableSource } from './data/dataset.ts';
export { type Folder, type FolderFiles, folderOf } from './data/folder.ts';
export { encodeCsv } from './data/formats/csv.ts';
export type { ReadOptions } from './data/formats/format.ts';
export { encodeSource, formatOf } from './data/formats/formats.ts';
export { type ImageDecoder, type ImageFile, imageFiles, readImages } from './data/formats/images.ts';
export { encodeNpySource } from './data/formats/npy.ts';
export { encodePngGrid } from './data/formats/png.ts';
export { makeBuiltIn } from './data/made.ts';
export { bytesOf, grey, type Picture, picturesOf, striped } from './data/picture.ts';
export { sourceCount, takeExamples, takeRows } from './data/split.ts';
export type { Engine, EngineOptions } from './engine/engine.ts';
export { plainEngine } from './engine/plain.ts';
export { type WebEngineOptions, webEngine } from './engine/web.ts';
export { hasWebgpu, type WebgpuEngineOptions, webgpuEngine } from './engine/webgpu.ts';
export { augment, generationQuality } from './generate.ts';
export {
  type ExportedTraining,
  exportHuggingFace,
  exportOnnx,
  exportTraining,
  importWeights,
  withState,
} from './interchange.ts';
export { interpolate } from './interpolate.ts';
export { activationsOf } from './model/activations.ts';
export { decodeModelFile, encodeModelFile, type ModelCard } from './model/file/model-file.ts';
export { kinds } from './model/kinds/kinds.ts';
export { networkFamilies } from './model/networks/networks.ts';
export { type OutlinedLayer, outline } from './model/outline.ts';
export { makeRunner } from './model/runner.ts';
export { type ItemRecommender, openRecommender, recommender } from './recommender.ts';
export { openPictureRestorer, restorer } from './restoration.ts';
export { openSearchIndex, searchIndex, searchPrecision } from './search.ts';
export { openSwapper, swapper } from './swap.ts';
export { completer, openCompleter, openTranslator, type TextCompleter, type Translator, translator } from './texts.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.ts';
export type { EpochRecord, TrainingEvent } from './training/events.ts';
export { parametersOf, type TrainingState } from './training/state.ts';
export {
  type AnomalyDetector,
  anomalyDetector,
  anomalyDetectorOf,
  forecaster,
  impute,
  labelErrors,
  openAnomalyDetector,
  openForecaster,
  reduce,
  type SeriesForecaster,
} from './uses.ts';
