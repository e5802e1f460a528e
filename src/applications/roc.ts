/** How well scores tell two sorts of examples apart, without a threshold and with one. Fawcett 2006, "An introduction to ROC analysis". */

/**
 * The chance that an anomaly scores higher than a normal example, ties counting half; ½ for scores drawn at random. NaN where one of the
 * two sorts is missing.
 */
export function areaUnderRoc(scores: ArrayLike<number>, isAnomaly: ArrayLike<boolean>): number {
  const order = descending(scores);
  let [above, pairs, anomalies] = [0, 0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let [positive, negative] = [0, 0];
    for (; to < order.length && scores[order[to]] === scores[order[from]]; to++)
      if (isAnomaly[order[to]]) positive++;
      else negative++;
    pairs += negative * (above + positive / 2);
    above += positive;
    anomalies += positive;
  }
  return pairs / (anomalies * (order.length - anomalies));
}

/**
 * Average precision: Σ (recall − recall before) · precision, going down the scores, ties taken together; the share of anomalies for
 * scores drawn at random. NaN without an anomaly.
 */
export function averagePrecision(scores: ArrayLike<number>, isAnomaly: ArrayLike<boolean>): number {
  const order = descending(scores);
  let [found, total] = [0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let positive = 0;
    for (; to < order.length && scores[order[to]] === scores[order[from]]; to++) if (isAnomaly[order[to]]) positive++;
    found += positive;
    total += (positive * found) / to;
  }
  return total / found;
}

/** What a threshold finds, and misses. */
export interface Detection {
  readonly precision: number;
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
}

/** Scores above `threshold` are called anomalies. Precision is 0 where nothing is. */
export function detectionAt(scores: ArrayLike<number>, isAnomaly: ArrayLike<boolean>, threshold: number): Detection {
  let [found, called, total] = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const isCalled = scores[i] > threshold;
    if (isCalled) called++;
    if (isAnomaly[i]) total++;
    if (isCalled && isAnomaly[i]) found++;
  }
  const precision = called === 0 ? 0 : found / called;
  const recall = total === 0 ? Number.NaN : found / total;
  return { precision, recall, f1: found === 0 ? 0 : (2 * found) / (called + total) };
}

/** Positions from the highest score to the lowest. */
export function descending(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
}
