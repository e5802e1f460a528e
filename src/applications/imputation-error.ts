/** How well gaps are filled: every cell of some examples is hidden once, and told by the model and by simpler ways. */
import type { Random } from '../base/random.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Engine } from '../engine/engine.ts';
import { meansOf } from './baselines/column-means.ts';
import { type SimpleWay, simpleFills, simpleWays } from './baselines/fills.ts';
import { type Cells, chosenRows, columnsOf, type Fill, hiddenOnce, isCategoryRight, widthOfCells } from './cells.ts';
import type { Filler } from './impute.ts';

/** Error over the hidden cells; parts that do not apply are left out. */
export interface FillingError {
  /** Root mean squared error of numbers, in standard deviations of their columns: 1 is what the mean has. */
  readonly numbers?: number;
  /** Share of the categories told wrongly. */
  readonly categories?: number;
  /** The same for each column. */
  readonly columns: readonly { readonly name: string; readonly isCategory: boolean; readonly error: number }[];
}

export type Way = 'model' | SimpleWay;

export interface FillingErrors extends Readonly<Record<Way, FillingError>> {
  /** Examples whose cells were hidden, and how many cells. */
  readonly measured: { readonly examples: number; readonly cells: number };
}

export interface ErrorRequest {
  readonly engine: Engine;
  readonly filler: Filler;
  /** What cells are hidden in. */
  readonly data: Dataset;
  /** What the simple ways learn from; the data itself, without what is hidden, where absent. */
  readonly fitOn?: Dataset;
  readonly random: Random;
}

/** Cells are hidden in that many examples, and the simple ways learn from that many. */
const MOST_MEASURED = 1000;
const MOST_LEARNED = 20_000;

export async function fillingErrors({ engine, filler, data, fitOn, random }: ErrorRequest): Promise<FillingErrors> {
  const columns = columnsOf(data.scaling);
  const all: Cells = { values: Float32Array.from(data.values), count: data.count, columns };
  const rows = random.fork('rows').permutation(data.count).subarray(0, MOST_MEASURED);
  const truth = chosenRows(all, rows);
  const labels = data.labels && { values: Int32Array.from(rows, (row) => data.labels?.values[row] ?? -1) };
  const known = fitOn && { values: Float32Array.from(fitOn.values), count: fitOn.count, columns };
  const learned = known && chosenRows(known, random.fork('learned').permutation(known.count).subarray(0, MOST_LEARNED));
  const held = learned && (await learnedFrom(engine, learned, random.fork('ways')));
  const spreads = spreadsOf(learned ?? truth);
  const tally = (): Tally => makeTally(truth, spreads);
  const tallies = { model: tally(), means: tally(), neighbours: tally(), regressions: tally() };
  let hiddenCells = 0;
  for (const [part, { cells, places }] of hiddenOnce(truth, random.fork('hidden')).entries()) {
    const fills = held ?? (await learnedFrom(engine, cells, random.fork(`ways ${part}`)));
    const examples = { values: cells.values, count: cells.count, ...(labels ? { labels } : {}) };
    tallies.model.add(places, await filler.expected(examples, random.fork(`codes ${part}`)));
    for (const way of simpleWays) tallies[way].add(places, await fills[way](cells));
    hiddenCells += places.length / 2;
  }
  return {
    model: tallies.model.error(),
    means: tallies.means.error(),
    neighbours: tallies.neighbours.error(),
    regressions: tallies.regressions.error(),
    measured: { examples: truth.count, cells: hiddenCells },
  };
}

type Fills = Readonly<Record<SimpleWay, Fill>>;

async function learnedFrom(engine: Engine, cells: Cells, random: Random): Promise<Fills> {
  return {
    means: await simpleFills.means(engine, cells, random.fork('means')),
    neighbours: await simpleFills.neighbours(engine, cells, random.fork('neighbours')),
    regressions: await simpleFills.regressions(engine, cells, random.fork('regressions')),
  };
}

/** Standard deviation of every column of numbers; 0 where it never varies. */
function spreadsOf(cells: Cells): Float64Array {
  const width = widthOfCells(cells);
  const means = meansOf(cells);
  const squares = meansOf({ ...cells, values: cells.values.map((value, at) => (value - means[at % width]) ** 2) });
  return squares.map(Math.sqrt);
}

interface Tally {
  add(places: Int32Array, told: Float32Array): void;
  error(): FillingError;
}

function makeTally(truth: Cells, spreads: Float64Array): Tally {
  const { columns } = truth;
  const width = widthOfCells(truth);
  const totals = new Float64Array(columns.length);
  const counts = new Float64Array(columns.length);
  const over = (isCategory: boolean): number | undefined => {
    const chosen = columns.flatMap((column, at) => (column.isCategory === isCategory && counts[at] > 0 ? [at] : []));
    const count = chosen.reduce((sum, at) => sum + counts[at], 0);
    return count === 0 ? undefined : chosen.reduce((sum, at) => sum + totals[at], 0) / count;
  };
  return {
    add(places, told) {
      for (let at = 0; at < places.length; at += 2) {
        const [row, place] = [places[at], places[at + 1]];
        const { from, to, isCategory } = columns[place];
        // What never varies is no test.
        if (!isCategory && spreads[from] === 0) continue;
        const [start, end] = [row * width + from, row * width + to];
        const cell = truth.values.subarray(start, end);
        const guess = told.subarray(start, end);
        totals[place] += isCategory
          ? Number(!isCategoryRight(cell, guess))
          : ((cell[0] - guess[0]) / spreads[from]) ** 2;
        counts[place]++;
      }
    },
    error() {
      const [squares, categories] = [over(false), over(true)];
      return {
        ...(squares === undefined ? {} : { numbers: Math.sqrt(squares) }),
        ...(categories === undefined ? {} : { categories }),
        columns: columns.flatMap(({ name, isCategory }, at) =>
          counts[at] === 0
            ? []
            : [{ name, isCategory, error: isCategory ? totals[at] / counts[at] : Math.sqrt(totals[at] / counts[at]) }],
        ),
      };
    },
  };
}
