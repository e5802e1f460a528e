/** From a source of data to parts that are ready for the graph: split, and scaled as the training rows say. */
import { DataError, OptionError } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import type { ColumnScaling } from '../data/columns/form.ts';
import { applyScaling, fitScaling, fitTokens } from '../data/columns/scaling.ts';
import type { Dataset, Source, SourceWithTest } from '../data/dataset.ts';
import { sourceCount, splitSource } from '../data/split.ts';
import type { Recipe } from './recipe.ts';

export interface Parts {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test?: Dataset;
}

/** Validation examples beyond this tell nothing new. */
const MOST_VALIDATION = 5000;

/** What is known beforehand. */
export interface Given {
  readonly scaling?: ColumnScaling;
  /** Rows to validate on; all rows of the source are learned from then. */
  readonly validation?: Source;
}

/**
 * Splits and scales; what is learned about columns is learned on the training part, unless it is given.
 *
 * @throws DataError for too few examples or data that cannot be scaled, OptionError for options that do not fit each other.
 */
export function prepare(source: SourceWithTest, recipe: Recipe, given: Given = {}): Parts {
  const count = sourceCount(source.train);
  if (count < 2)
    throw new DataError({
      where: source.train.name,
      expected: 'at least 2 examples',
      got: `${count}`,
      fix: 'give more data',
    });
  const { train: rows, validation } = given.validation
    ? { train: source.train, validation: given.validation }
    : splitRandomly(source.train, recipe);
  const scaling = given.scaling ?? scalingFor(rows, recipe);
  return {
    train: applyScaling(scaling, rows),
    validation: applyScaling(scaling, validation),
    ...(source.test ? { test: applyScaling(scaling, source.test) } : {}),
  };
}

function splitRandomly(source: Source, { preparation, isOpen, training }: Recipe): ReturnType<typeof splitSource> {
  const { validation: share } = preparation;
  const fraction = isOpen.validation ? Math.min(share, MOST_VALIDATION / sourceCount(source)) : share;
  return splitSource(source, fraction, createRandom(training.seed).fork('split'));
}

/** @throws OptionError where tokens are to be scaled, or numbers to have a vocabulary. */
function scalingFor(rows: Source, { architecture: { loss }, preparation }: Recipe): ColumnScaling {
  const { scale, vocabulary } = preparation;
  if (loss === 'categorical') {
    if (scale === undefined || scale === 'none') return fitTokens(rows, vocabulary);
    throw new OptionError({
      where: `--scale ${scale}`,
      expected: 'no scaling beside --loss categorical: tokens are names, not amounts',
      got: scale,
      fix: 'leave --scale out',
    });
  }
  if (vocabulary !== undefined)
    throw new OptionError({
      where: '--vocabulary',
      expected: '--loss categorical beside it: only tokens have a vocabulary',
      got: `--loss ${loss}`,
      fix: 'add --loss categorical, or leave --vocabulary out',
    });
  return fitScaling(rows, scale ?? (loss === 'cross-entropy' ? 'minmax' : 'standard'));
}
