/**
 * Drawn portraits of two people, 48 × 48 bytes in colour: each always with the same features, in every pose, mood and light. What one
 * of them would look like in the place of the other is known, so that a swap of faces can be judged.
 */
import type { Random } from '../../base/random.ts';
import type { ArraySource } from '../dataset.ts';
import { drawPortrait, type Identity, type Manner, PORTRAIT_SIDE } from './portrait-drawing.ts';

export const identities: readonly Identity[] = [
  {
    name: 'Ada',
    skin: [0.98, 0.81, 0.7],
    hair: [0.62, 0.24, 0.1],
    iris: [0.2, 0.5, 0.32],
    lips: [0.8, 0.22, 0.26],
    cloth: [0.16, 0.36, 0.52],
    width: 0.66,
    squareness: 0.1,
    eyeApart: 0.29,
    eyeWidth: 0.17,
    browThickness: 0.04,
    browArch: 0.08,
    noseWidth: 0.1,
    mouthWidth: 0.22,
    lipThickness: 0.085,
    hairline: -0.58,
    hairVolume: 0.16,
    hairEnd: 1.1,
    beard: 0,
  },
  {
    name: 'Bruno',
    skin: [0.76, 0.54, 0.38],
    hair: [0.13, 0.1, 0.1],
    iris: [0.28, 0.16, 0.08],
    lips: [0.62, 0.33, 0.28],
    cloth: [0.66, 0.6, 0.34],
    width: 0.8,
    squareness: 0.7,
    eyeApart: 0.33,
    eyeWidth: 0.145,
    browThickness: 0.075,
    browArch: 0.02,
    noseWidth: 0.17,
    mouthWidth: 0.28,
    lipThickness: 0.055,
    hairline: -0.72,
    hairVolume: 0.06,
    hairEnd: -0.1,
    beard: 0.72,
  },
];

/**
 * The first `count` portraits, labelled with the names of `identities`, of the sequence that `random` fixes: `[count, 3, 48, 48]`.
 *
 * @example makePortraits(100, createRandom(7).fork('train'))
 */
export function makePortraits(count: number, random: Random): ArraySource {
  const size = 3 * PORTRAIT_SIDE ** 2;
  const values = new Uint8Array(count * size);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = random.integer(identities.length);
    values.set(drawPortrait(identities[labels[i]], randomManner(random)), i * size);
  }
  return {
    form: 'array',
    name: 'portraits',
    values,
    shape: [count, 3, PORTRAIT_SIDE, PORTRAIT_SIDE],
    labels: { values: labels, names: identities.map(({ name }) => name) },
  };
}

/** How anyone may look; the same for all. */
export function randomManner(random: Random): Manner {
  const isBlinking = random.uniform() < 0.08;
  const isSpeaking = random.uniform() < 0.45;
  const tone = 0.25 + 0.5 * random.uniform();
  return {
    shiftX: 1.6 * random.normal(),
    shiftY: 1.2 * random.normal(),
    size: 1 + 0.05 * random.normal(),
    turn: 0.45 * (2 * random.uniform() - 1),
    tilt: 0.1 * random.normal(),
    smile: 2 * random.uniform() - 1,
    brows: 2 * random.uniform() - 1,
    mouthOpen: isSpeaking ? random.uniform() : 0,
    eyesOpen: isBlinking ? 0 : 0.6 + 0.4 * random.uniform(),
    gaze: 2 * random.uniform() - 1,
    light: 2 * random.uniform() - 1,
    brightness: 0.95 + 0.16 * (random.uniform() - 0.5),
    background: [tone + 0.08 * random.normal(), tone + 0.08 * random.normal(), tone + 0.08 * random.normal()],
  };
}
