/** The scaling of raw values: learned on the training rows, applied to any data like them, and undone. */
export { applyScaling } from './apply.ts';
export { fitScaling } from './fit.ts';
export {
  type ColumnRule,
  type ColumnScaling,
  columnScalingSchema,
  constantColumns,
  featureCount,
  featureNames,
  type ScalingMethod,
  scaledShape,
} from './form.ts';
export { undoScaling } from './undo.ts';
