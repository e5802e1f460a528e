/** What a training run should tell its user about, found from figures that are there anyway. */
import type { EpochRecord } from './events.ts';

export interface Warning {
  /** Stable identifier, e.g. `posterior-collapse`. */
  readonly name: string;
  /** What was seen. */
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
}

export interface Findings {
  readonly history: readonly EpochRecord[];
  readonly validationExamples: number;
  /** Variance of every code dimension over the validation part. */
  readonly codeVariances: Float64Array;
  /** KL of every code dimension from the prior, averaged over the validation part; for kinds that have one. */
  readonly klPerDimension?: Float64Array;
  /** Mean squared errors on the validation part. */
  readonly mse: number;
  readonly pcaMse?: number;
  /** Columns that never change in the training part. */
  readonly constantColumns: readonly string[];
}

/** A dimension whose KL is below this says nothing about the example. */
const COLLAPSED_NATS = 0.01;
/** Share of the largest code variance below which a unit counts as dead. */
const DEAD_SHARE = 1e-6;

export function findWarnings(findings: Findings): Warning[] {
  const { history, validationExamples, codeVariances, klPerDimension, mse, pcaMse, constantColumns } = findings;
  const warnings: Warning[] = [];
  const warn = (name: string, text: string, advice: string): number => warnings.push({ name, text, advice });

  const collapsed = klPerDimension?.reduce((count, kl) => count + Number(kl < COLLAPSED_NATS), 0) ?? 0;
  if (klPerDimension && collapsed > klPerDimension.length / 2)
    warn(
      'posterior-collapse',
      `${collapsed} of ${klPerDimension.length} code dimensions carry less than ${COLLAPSED_NATS} nats: the decoder ignores them.`,
      `Try a smaller --beta, --kl-warmup 5, --free-bits 0.1 or a smaller --latent.`,
    );
  const largest = codeVariances.reduce((most, variance) => Math.max(most, variance), 0);
  const dead = codeVariances.reduce((count, variance) => count + Number(variance <= DEAD_SHARE * largest), 0);
  // One example does not vary, whatever the units do.
  if (dead > 0 && validationExamples > 1 && !klPerDimension)
    warn(
      'dead-units',
      `${dead} of ${codeVariances.length} code units never change over the validation examples.`,
      `Try a smaller --learning-rate, a weaker penalty, or a smaller --latent.`,
    );
  const last = history.at(-1);
  const best = history.reduce<EpochRecord | undefined>(
    (lowest, record) => (!lowest || record.validation.loss < lowest.validation.loss ? record : lowest),
    undefined,
  );
  if (
    last &&
    best &&
    last.epoch > best.epoch &&
    last.validation.loss > best.validation.loss + 0.02 * Math.abs(best.validation.loss) &&
    last.train.loss < best.train.loss
  )
    warn(
      'overfitting',
      `Validation loss rose from ${best.validation.loss.toPrecision(4)} (epoch ${best.epoch}, kept) to ${last.validation.loss.toPrecision(4)} while training loss still fell.`,
      `Try more data, --dropout 0.1, --weight-decay 0.0001 or a smaller network.`,
    );
  if (pcaMse !== undefined && mse > pcaMse)
    warn(
      'worse-than-pca',
      `Mean squared error ${mse.toPrecision(3)} is above the ${pcaMse.toPrecision(3)} of PCA with the same code size: a linear map does better.`,
      `Train longer, or use a wider network; a variational or sparse kind pays this for what else it gives.`,
    );
  if (constantColumns.length > 0)
    warn(
      'constant-columns',
      `${constantColumns.length} column${constantColumns.length > 1 ? 's' : ''} never change${constantColumns.length > 1 ? '' : 's'} in the training part: ${constantColumns.slice(0, 5).join(', ')}${constantColumns.length > 5 ? ', …' : ''}.`,
      'They teach nothing; leave them out with --columns, or ignore this if they vary in the data to come.',
    );
  return warnings;
}
