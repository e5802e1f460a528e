/**
 * What a change may gain, as far as the trials tell: each option has an effect of its own on the error, and what is not known of it is worth as much as
 * what is.
 *
 *   log (error / error of the default model after as many epochs) = Σ effect of an option's value + noise
 *
 * An additive Gaussian process (Duvenaud et al. 2011, "Additive Gaussian processes", of the first order) and its expected improvement (Jones et al. 1998,
 * "Efficient global optimization of expensive black-box functions", equation 15).
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { choiceOf, placeOf } from './coordinates.ts';
import { cumulative, density } from './normal.ts';
import type { Options, Space } from './space.ts';

/** A point and what came of it. */
export interface Tried {
  readonly point: Options;
  /** log (error / error of the default model): below 0 where it is better; absent where that is not known. */
  readonly effect?: number;
}

/** What effects may be like: standard deviations, of which the likeliest is taken. */
const SPREADS = [0.02, 0.05, 0.1, 0.2, 0.4];
/** Of what is no sum of effects, as a share of theirs. */
const NOISE = 0.25;
/** How far an effect reaches along a range, as a share of it. */
const REACH = 0.25;
/** Much worse is no different from worse: one that diverged would be all there is to explain. */
const WORST = 0.5;

/** Of each candidate, how much better than the best that was tried it is to be expected: E max(0, gain); equal where nothing was. */
export function expectedGains(space: Space, tried: readonly Tried[], candidates: readonly Options[]): number[] {
  const told = tried.flatMap(({ point, effect }) =>
    effect === undefined ? [] : [{ spot: spotOf(space, point), effect: Math.min(WORST, effect) }],
  );
  if (told.length === 0) return candidates.map(() => 0);
  const likenesses = ({ spot }: { readonly spot: Spot }): number[] =>
    told.map((one) => likeness(space, spot, one.spot));
  const alike = told.map(likenesses);
  const { spread, decomposition, weights } = likeliest(
    alike,
    told.map(({ effect }) => effect),
  );
  const meanAt = (near: readonly number[]): number =>
    spread ** 2 * near.reduce((sum, own, at) => sum + own * weights[at], 0);
  const best = Math.min(...alike.map(meanAt));
  return candidates.map((point) => {
    const near = likenesses({ spot: spotOf(space, point) });
    const solved = decomposition.solve(Matrix.columnVector(near)).to1DArray();
    const known = spread ** 4 * near.reduce((sum, own, at) => sum + own * solved[at], 0);
    const deviation = Math.sqrt(Math.max(Number.EPSILON, spread ** 2 * space.length - known));
    return improvement((best - meanAt(near)) / deviation) * deviation;
  });
}

function likeliest(alike: readonly (readonly number[])[], effects: readonly number[]): Fit {
  const fits = SPREADS.map((spread) => fit(alike, effects, spread));
  return fits.reduce((best, other) => (other.logLikelihood > best.logLikelihood ? other : best));
}

interface Fit {
  readonly spread: number;
  /** Of the covariance of what was told. */
  readonly decomposition: CholeskyDecomposition;
  /** Its inverse times the effects. */
  readonly weights: readonly number[];
  readonly logLikelihood: number;
}

function fit(alike: readonly (readonly number[])[], effects: readonly number[], spread: number): Fit {
  const options = alike[0][0];
  const covariance = alike.map((row, at) =>
    row.map((own, other) => spread ** 2 * (own + (at === other ? NOISE ** 2 * options : 0))),
  );
  const decomposition = new CholeskyDecomposition(new Matrix(covariance));
  const weights = decomposition.solve(Matrix.columnVector([...effects])).to1DArray();
  const { lowerTriangularMatrix: lower } = decomposition;
  const halfLogDeterminant = effects.reduce((sum, _, at) => sum + Math.log(lower.get(at, at)), 0);
  const explained = effects.reduce((sum, effect, at) => sum + effect * weights[at], 0);
  return { spread, decomposition, weights, logLikelihood: -explained / 2 - halfLogDeterminant };
}

/** A point as numbers: which of the values of each choice, or the place in a range; nothing where the option is not there. */
type Spot = readonly (number | undefined)[];

function spotOf(space: Space, point: Options): Spot {
  return space.map(({ name, range }) => {
    if (point[name] === undefined) return undefined;
    return range.type === 'choice' ? choiceOf(range.values, point[name]) : placeOf(range, point[name]);
  });
}

/** In how many options two points agree; of a range, how much. */
function likeness(space: Space, one: Spot, other: Spot): number {
  return space.reduce((total, { range }, at) => {
    const [a, b] = [one[at], other[at]];
    if (range.type === 'choice' || a === undefined || b === undefined) return total + Number(a === b);
    return total + Math.exp(-(((a - b) / REACH) ** 2) / 2);
  }, 0);
}

/** E max(0, z − u) of a standard normal variable u. */
function improvement(z: number): number {
  return z * cumulative(z) + density(z);
}
