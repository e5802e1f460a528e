/** What a page of one file must know of the data that its model learned from: how large codes and errors are. */
import { type Autoencoder, OptionError, type Source, sourceCount, takeRows } from 'autoencoder/browser';
import type { DecodeJob, DetectJob } from '../offline/job.ts';
import { rangesOf } from './codes.ts';
import { rowErrors } from './row-errors.ts';
import { spread } from './shown.ts';

const MEASURED = 5000;
const QUANTILE = 0.99;

/** Where sliders go, and begin. @throws OptionError without data. */
export async function sliderFacts(
  model: Autoencoder,
  source: Source | undefined,
): Promise<Pick<DecodeJob, 'range' | 'code'>> {
  const { values, shape } = await model.encode(someOf(source));
  const [count, latent] = shape;
  const code = new Array<number>(latent).fill(0);
  for (const [at, value] of values.entries()) code[at % latent] += value / count;
  return { range: rangesOf(values, latent), code };
}

/** What errors are usual. @throws OptionError without data. */
export async function errorFacts(
  model: Autoencoder,
  source: Source | undefined,
): Promise<Pick<DetectJob, 'threshold' | 'quantile'>> {
  const { runner, parameters } = await model.trained();
  const data = await model.read(someOf(source));
  const { reconstruction } = await runner.reconstruct(parameters, data);
  const { errors } = rowErrors(data, reconstruction);
  errors.sort();
  return { threshold: errors[Math.floor(QUANTILE * (errors.length - 1))], quantile: QUANTILE };
}

function someOf(source: Source | undefined): Source {
  if (source) return takeRows(source, spread(sourceCount(source), MEASURED));
  throw new OptionError({
    where: 'studio',
    expected: 'data like that which the model learned from, to know how large its codes and errors are',
    got: 'none',
    fix: 'choose them on the first page',
  });
}
