/** The simple ways to fill gaps, by name. */
import type { Random } from '../../base/random.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Cells, Fill } from '../cells.ts';
import { fillByRegressions } from './chained-regression.ts';
import { fillByMeans } from './column-means.ts';
import { fillByNeighbours } from './nearest-neighbours.ts';

export const simpleWays = ['means', 'neighbours', 'regressions'] as const;
export type SimpleWay = (typeof simpleWays)[number];

/** Each learns from some examples how to fill others, or the same. */
export const simpleFills: Readonly<Record<SimpleWay, (engine: Engine, cells: Cells, random: Random) => Promise<Fill>>> =
  {
    means: async (_engine, cells) => fillByMeans(cells),
    neighbours: fillByNeighbours,
    regressions: fillByRegressions,
  };
