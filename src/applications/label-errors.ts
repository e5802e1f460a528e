/**
 * `label-errors`: rows whose label does not fit what the rows near them in the code are called.
 *
 *   examples ── encode ── codes ── nearest neighbours, never the row itself ── chances of classes ── 1 − chance of the label
 *
 * Confident learning: Northcutt, Jiang & Chuang 2021. Chances are out of the row's own fold, as a row has no say in its own.
 */
import { DataError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Dataset, Labels } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { applyPca, fitPca, pcaDataOf } from './baselines/pca.ts';
import { type Nearest, nearestAmong, type Points } from './neighbours.ts';
import { averagePrecision, descending } from './roc.ts';
import { encodeUntold, type TrainedModel } from './trained.ts';

export interface LabelErrors {
  /** Classes by number. */
  readonly names: readonly string[];
  /** As given, −1 where there is none. */
  readonly labels: Int32Array;
  /** Of each class for every row, `[count, classes]`, each row summing to 1; the row's own label has no part in it. */
  readonly chances: Float64Array;
  /** 1 − the chance of the row's own label; 0 for rows without one. */
  readonly scores: Float64Array;
  /** The likeliest class of every row. */
  readonly suggested: Int32Array;
  /** Rows of which another class is said with more confidence than is usual for that class. */
  readonly isSuspect: readonly boolean[];
  /** Labelled rows, the least fitting first. */
  readonly ranked: Int32Array;
  /** Share of the labels that are the likeliest class. */
  readonly agreement: number;
  readonly trial: Trial;
}

/** How well labels are found that were changed on purpose; others that are wrong already count as false alarms. */
export interface Trial {
  readonly changed: number;
  readonly model: Found;
  /** The same among as many principal components. */
  readonly pca: Found;
}

export interface Found {
  readonly averagePrecision: number;
  /** Share of the changed labels among the first, as many as were changed. */
  readonly precision: number;
}

export interface LabelErrorsRequest extends TrainedModel {
  readonly data: Dataset;
  readonly random: Random;
}

/** Neighbours that have a say. */
const NEIGHBOURS = 40;
/** How fast their say falls with distance: the last of them has e⁻⁸ of that of a row at the same place. */
const FALL = 8;
/** Said for every class beforehand, in neighbours: what nobody near is called is unlikely, not impossible. */
const PRIOR = 0.01;
/** With fewer rows of a class, those around any of them are of other classes, right or wrong. */
const LEAST = 5;
/** Share of the labels that the trial changes. */
const CHANGED = 0.05;

/** @throws DataError without labels, with labels of one class only, or with a class of fewer than 5 rows. */
export async function labelErrors(request: LabelErrorsRequest): Promise<LabelErrors> {
  const { engine, model, data, random } = request;
  const { blueprint } = model;
  const labels = usableLabels(data);
  const known = Int32Array.from({ length: data.count }, (_, row) => row).filter((row) => labels.values[row] >= 0);
  const classes = labels.names.length;
  const codes = { values: await encodeUntold(request, data), width: blueprint.latent };
  const near = await neighboursOf(engine, codes);
  const found = judge(near, labels.values, classes);
  const pca = await fitPca(engine, pcaDataOf(data, blueprint), blueprint.latent, random.fork('pca'));
  const components = await applyPca(engine, pca, pcaDataOf(data, blueprint));
  const nearPca = await neighboursOf(engine, { values: components.codes, width: pca.components });
  const trial = tryOut(labels, known, random.fork('trial'), [near, nearPca]);
  const agreeing = known.filter((row) => found.suggested[row] === labels.values[row]);
  return {
    names: labels.names,
    labels: labels.values,
    ...found,
    isSuspect: suspectsAmong(found.chances, labels.values, classes),
    ranked: descending(found.scores).filter((row) => labels.values[row] >= 0),
    agreement: agreeing.length / known.length,
    trial,
  };
}

/**
 * The labels, with the classes that nobody has left out of the names.
 *
 * @throws DataError as `labelErrors`, which may be wanted before a model is trained.
 */
export function usableLabels({ name, labels }: Pick<Dataset, 'name' | 'labels'>): Labels {
  if (!labels || labels.values.every((label) => label < 0))
    throw new DataError({
      where: name,
      expected: 'labels, to tell which of them do not fit',
      got: 'none',
      fix: 'name the column of classes with --label',
    });
  const counts = new Int32Array(labels.names.length);
  for (const label of labels.values) if (label >= 0) counts[label]++;
  const present = [...counts.keys()].filter((label) => counts[label] > 0);
  if (present.length < 2)
    throw new DataError({
      where: name,
      expected: 'labels of at least 2 classes: of one there is nothing to confuse it with',
      got: `only ${JSON.stringify(labels.names[present[0]])}`,
      fix: 'give rows of other classes, too, or look for rows that are unlike the rest with: autoencoder anomalies',
    });
  const rare = present.find((label) => counts[label] < LEAST);
  if (rare !== undefined)
    throw new DataError({
      where: name,
      expected: `at least ${LEAST} rows of each class, which are to vouch for one another`,
      got: `${counts[rare]} of ${JSON.stringify(labels.names[rare])}`,
      fix: 'leave out rows of rare classes, or put these together',
    });
  return {
    values: labels.values.map((label) => present.indexOf(label)),
    names: present.map((label) => labels.names[label]),
  };
}

type Judgement = Pick<LabelErrors, 'chances' | 'scores' | 'suggested'>;

/** Who may have a say of each point: some more than do, as those without a label have none. */
export function neighboursOf(engine: Engine, points: Points): Promise<Nearest> {
  return nearestAmong(engine, points, Math.min(2 * NEIGHBOURS, points.values.length / points.width - 1));
}

/** What the neighbours of each row say of it: the nearer, the more, on the scale of how far the last one is. */
export function judge({ rows, distances }: Nearest, labels: Int32Array, classes: number): Judgement {
  const count = labels.length;
  const width = rows.length / count;
  const chances = new Float64Array(count * classes);
  const scores = new Float64Array(count);
  const suggested = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const around = Array.from({ length: width }, (_, at) => row * width + at)
      .filter((at) => labels[rows[at]] >= 0)
      .slice(0, NEIGHBOURS);
    const reach = around.reduce((most, at) => Math.max(most, distances[at]), 0) || 1;
    const own = chances.subarray(row * classes, (row + 1) * classes).fill(PRIOR);
    let total = PRIOR * classes;
    for (const at of around) {
      const say = Math.exp((-FALL * distances[at]) / reach);
      own[labels[rows[at]]] += say;
      total += say;
    }
    for (let label = 0; label < classes; label++) own[label] /= total;
    suggested[row] = own.indexOf(Math.max(...own));
    if (labels[row] >= 0) scores[row] = 1 - own[labels[row]];
  }
  return { chances, scores, suggested };
}

/**
 * Rows off the diagonal of the confident joint (Northcutt et al. 2021, eq. 1): another class reaches the chance that rows with that label
 * have of it on average, and none that does is likelier.
 */
function suspectsAmong(chances: Float64Array, labels: Int32Array, classes: number): boolean[] {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (const [row, label] of labels.entries())
    if (label >= 0) {
      sums[label] += chances[row * classes + label];
      counts[label]++;
    }
  return Array.from(labels, (label, row) => {
    if (label < 0) return false;
    const own = chances.subarray(row * classes, (row + 1) * classes);
    const confident = [...own.keys()].filter((other) => own[other] >= sums[other] / counts[other]);
    const best = confident.reduce((likeliest, other) => (own[other] > own[likeliest] ? other : likeliest), label);
    return best !== label;
  });
}

/** Changes labels at random and looks for them again, among the neighbours that one way and another give. */
function tryOut(
  { values, names }: Labels,
  known: Int32Array,
  random: Random,
  [model, pca]: readonly [Nearest, Nearest],
): Trial {
  const classes = names.length;
  const changed = Math.max(1, Math.round(CHANGED * known.length));
  const labels = values.slice();
  for (const at of random.permutation(known.length).subarray(0, changed))
    labels[known[at]] = (labels[known[at]] + 1 + random.integer(classes - 1)) % classes;
  const find = (near: Nearest): Found => {
    const { scores } = judge(near, labels, classes);
    const own = Float64Array.from(known, (row) => scores[row]);
    const isChanged = Array.from(known, (row) => labels[row] !== values[row]);
    const first = descending(own).subarray(0, changed);
    return {
      averagePrecision: averagePrecision(own, isChanged),
      precision: first.filter((at) => isChanged[at]).length / changed,
    };
  };
  return { changed, model: find(model), pca: find(pca) };
}
