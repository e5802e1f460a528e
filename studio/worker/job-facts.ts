/** What a page of one file must know of the data that its model learned from: how large codes and errors are. */
import { type Autoencoder, OptionError, type Source, sourceCount, takeRows } from 'autoencoder/browser';
import type { Job } from '../offline/job.ts';
import { rangesOf } from './codes.ts';
import { rowErrors } from './row-errors.ts';
import { spread } from './shown.ts';

const MEASURED = 5000;
const QUANTILE = 0.99;

export async function jobFacts(
  model: Autoencoder,
  source: Source | undefined,
): Promise<Pick<Job, 'range' | 'code' | 'threshold' | 'quantile'>> {
  if (!source)
    throw new OptionError({
      where: 'studio',
      expected: 'data like that which the model learned from, to know how large its codes and errors are',
      got: 'none',
      fix: 'choose them on the first page',
    });
  const some = takeRows(source, spread(sourceCount(source), MEASURED));
  const { values, shape } = await model.encode(some);
  const [count, latent] = shape;
  const range = rangesOf(values, latent);
  const code = new Array<number>(latent).fill(0);
  for (const [at, value] of values.entries()) code[at % latent] += value / count;
  const { runner, parameters } = await model.trained();
  const data = await model.read(some);
  const { reconstruction } = await runner.reconstruct(parameters, data);
  const { errors } = rowErrors(data, reconstruction);
  errors.sort();
  return { range, code, threshold: errors[Math.floor(QUANTILE * (count - 1))], quantile: QUANTILE };
}
