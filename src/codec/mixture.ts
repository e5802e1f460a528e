/**
 * How likely a decision is, learned while it is made: several contexts each keep a chance, and a mixture of them, weighed in the logistic domain,
 * is what the decision is coded by. Mahoney 2005, "Adaptive weighing of context models for lossless data compression", section 3.2.
 *
 * Whole numbers throughout: chances in 65536ths, log odds in 256ths, weights in 65536ths. What was learned from codes of a training set is
 * where each message begins, and what a model keeps as its tables.
 */

/** Everything that is learned. */
export interface MixtureState {
  /** Chance of a 1 in each context, in 65536ths. */
  readonly chances: Uint16Array;
  /** How often each context was met, up to `MOST_MET`. */
  readonly met: Uint8Array;
  /** `[sets, inputs]`, in 65536ths. */
  readonly weights: Int32Array;
}

export interface Mixture {
  /** The chance of a 1, in 65536ths, from `contexts` (as many as there are inputs) by the weights of `set`. */
  predict(contexts: ArrayLike<number>, set: number): number;
  /** What came of the last prediction. */
  learn(bit: number): void;
}

/** A chance is the more settled the more often its context was met; never so settled that it would not follow a change. */
export const MOST_MET = 254;

/** How fast weights follow errors. */
const LEARNING = 5;

/** Log odds stay within ±8. */
const MOST_ODDS = 2047;

/** Nothing is so sure that it could not be otherwise. */
const LEAST_CHANCE = 24;

/** Without anything learned, each of the inputs has its share of a sum that is somewhat more than an average. */
export function freshState(contexts: number, sets: number, inputs: number): MixtureState {
  return {
    chances: new Uint16Array(contexts).fill(32768),
    met: new Uint8Array(contexts),
    weights: new Int32Array(sets * inputs).fill(Math.floor((65536 * 3) / (2 * inputs))),
  };
}

export function copyState({ chances, met, weights }: MixtureState): MixtureState {
  return { chances: chances.slice(), met: met.slice(), weights: weights.slice() };
}

/** A mixture that learns from `state` on, and changes it. */
export function makeMixture({ chances, met, weights }: MixtureState, inputs: number): Mixture {
  const oddsOf = inverseOdds();
  const rates = ratesOfLearning();
  const odds = new Int32Array(inputs);
  const places = new Int32Array(inputs);
  let offset = 0;
  let chance = 32768;
  return {
    predict(contexts, set) {
      offset = set * inputs;
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        const place = contexts[i];
        places[i] = place;
        odds[i] = oddsOf[chances[place] >> 4];
        sum += odds[i] * weights[offset + i];
      }
      chance = Math.min(65536 - LEAST_CHANCE, Math.max(LEAST_CHANCE, chanceOf(Math.floor(sum / 65536))));
      return chance;
    },
    learn(bit) {
      const error = (bit * 65536 - chance) * LEARNING;
      for (let i = 0; i < inputs; i++) {
        // |odds| < 2¹¹, |error| < 2¹⁹: a product of 2³⁰ at most.
        weights[offset + i] += (odds[i] * error + 2 ** 19) >> 20;
        const place = places[i];
        const count = met[place];
        const target = bit === 1 ? 65535 : 0;
        chances[place] += ((target - chances[place]) * rates[count]) >> 15;
        if (count < MOST_MET) met[place] = count + 1;
      }
    },
  };
}

/** 65536 / (1 + e^−(k/2)) for k = −16 … 16. */
const KNOTS = [
  22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793, 47911, 53581,
  57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514,
];

/** The chance in 65536ths of log odds in 256ths, straight between the knots. */
function chanceOf(odds: number): number {
  const within = Math.min(MOST_ODDS, Math.max(-MOST_ODDS, odds)) + 2048;
  const knot = within >> 7;
  const part = within & 127;
  return (KNOTS[knot] * (128 - part) + KNOTS[knot + 1] * part) >> 7;
}

/** The inverse of `chanceOf`, for chances in 4096ths. */
function inverseOdds(): Int32Array {
  const table = new Int32Array(4096);
  let odds = -MOST_ODDS;
  for (let chance = 0; chance < 4096; chance++) {
    while (odds < MOST_ODDS && chanceOf(odds) < 16 * chance + 8) odds++;
    table[chance] = odds;
  }
  return table;
}

/** The share of the way to what was seen, in 32768ths: 1 / (n + 1½). */
function ratesOfLearning(): Int32Array {
  return Int32Array.from({ length: MOST_MET + 1 }, (_, count) => Math.floor(65536 / (2 * count + 3)));
}
