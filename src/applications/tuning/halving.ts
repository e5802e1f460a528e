/**
 * Asynchronous successive halving: every trial is trained for a few epochs, the best third of them for three times as many, and so on;
 * nobody waits for a rung to be full. Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2.
 */

/** A trial as far as it was measured: `value` after the epochs of `rung`, the lower the better; infinite where it failed. */
export interface Measured {
  readonly trial: number;
  readonly rung: number;
  readonly value: number;
}

/** One of this many is promoted. */
const REDUCTION = 3;
/** Rungs below the last: with more of them, the lowest would tell too little. */
const MOST_LOWER = 2;

/** Epochs at which trials are measured, the last being all of them: 20 gives 3, 7, 20. */
export function rungsFor(epochs: number, reduction = REDUCTION): number[] {
  const rungs = [epochs];
  for (let lower = 1; lower <= MOST_LOWER; lower++) {
    const at = Math.ceil(epochs / reduction ** lower);
    if (at < rungs[0]) rungs.unshift(at);
  }
  return rungs;
}

/**
 * The trial to be trained on, and up to which rung: from the highest rung down, the best of those that are among the first 1/`reduction`
 * of their rung and were not promoted yet (`isBegun`).
 */
export function promotion(
  measured: readonly Measured[],
  rungs: number,
  isBegun: (trial: number, rung: number) => boolean,
  reduction = REDUCTION,
): { readonly trial: number; readonly rung: number } | undefined {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const there = atRung(measured, rung);
    const best = there.slice(0, Math.floor(there.length / reduction));
    const next = best.find(({ trial, value }) => Number.isFinite(value) && !isBegun(trial, rung + 1));
    if (next) return { trial: next.trial, rung: rung + 1 };
  }
  return undefined;
}

/** Those measured at a rung, the best first. */
export function atRung(measured: readonly Measured[], rung: number): Measured[] {
  return measured
    .filter((one) => one.rung === rung)
    .toSorted((a, b) => (a.value === b.value ? a.trial - b.trial : a.value - b.value));
}

/** Trials in order: those that came further first, and among them the better. Values of different rungs do not compare. */
export function standing(measured: readonly Measured[]): Measured[] {
  const furthest = new Map<number, Measured>();
  for (const one of measured) {
    const known = furthest.get(one.trial);
    if (!known || one.rung > known.rung) furthest.set(one.trial, one);
  }
  return [...furthest.values()].toSorted((a, b) =>
    a.rung === b.rung ? (a.value === b.value ? a.trial - b.trial : a.value - b.value) : b.rung - a.rung,
  );
}
