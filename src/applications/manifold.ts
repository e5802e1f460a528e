/**
 * How well some points cover where others lie: improved precision and recall. Kynkäänniemi et al. 2019, "Improved precision and recall
 * metric for assessing generative models", eq. 1 and 2.
 *
 *   a manifold = balls around points, each as wide as the distance to its k-th nearest neighbour among them
 */
import type { Engine } from '../engine/engine.ts';
import { distancesAcross, type Points } from './neighbours.ts';

export interface Coverage {
  /** Share of the made points that lie on the manifold of the real ones: are they like something real? */
  readonly precision: number;
  /** Share of the real points that lie on the manifold of the made ones: is there something like all of them? */
  readonly recall: number;
}

/** Neighbours that a ball reaches to; as in the paper. */
export const MANIFOLD_NEIGHBOURS = 3;

/** Both sets should have equally many points; more than 3 each. */
export async function coverage(engine: Engine, made: Points, real: Points): Promise<Coverage> {
  return {
    precision: await shareOn(engine, made, real),
    recall: await shareOn(engine, real, made),
  };
}

/** Share of the points that lie within any ball around the others. */
async function shareOn(engine: Engine, points: Points, others: Points): Promise<number> {
  const count = others.values.length / others.width;
  const among = await distancesAcross(engine, others, others);
  const radii = Float32Array.from({ length: count }, (_, row) => {
    const line = among.slice(row * count, (row + 1) * count);
    line[row] = -1;
    return line.sort()[MANIFOLD_NEIGHBOURS];
  });
  const across = await distancesAcross(engine, points, others);
  const total = points.values.length / points.width;
  let inside = 0;
  for (let row = 0; row < total; row++)
    if (radii.some((radius, other) => across[row * count + other] <= radius)) inside++;
  return inside / total;
}
