/** The scaling of raw values: learned on the training rows, applied to any data like them, and undone. */
export { applyScaling } from './apply.ts';
export { fitScaling } from './fit.ts';
export { categoryGroups, columnScalingSchema, constantColumns, featureCount, featureNames } from './form.ts';
export { fitTokens } from './tokens.ts';
export { undoScaling } from './undo.ts';
