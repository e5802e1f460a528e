/** What trials are judged by: each a number that is to be low, from the validation examples, without labels. */
import { OptionError } from '../../base/errors.ts';
import { optionNames, suggestion } from '../../base/options.ts';
import { createRandom } from '../../base/random.ts';
import type { Dataset, Source } from '../../data/dataset.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { detectorDefaults } from '../detector.ts';
import type { Averages } from '../learn.ts';
import type { Parts } from '../prepare.ts';
import { areaUnderRoc } from '../roc.ts';
import { calibrate, surprisesOf } from '../surprise.ts';
import type { TrainedModel } from '../trained.ts';
import { EXTENTS, type Extent, makeAnomalies, SORTS } from './made-anomalies.ts';
import type { Options, Space } from './space.ts';

/** A model at the end of a rung. */
export interface Judged extends TrainedModel {
  readonly parts: Parts;
  /** Over the validation examples. */
  readonly validation: Averages;
}

/** What an objective says of a model. */
export interface Judgement {
  /** The lower, the better. */
  readonly value: number;
  /** What it is the mean of, by name: a model that is worse than the default one in any of these is not taken for better. */
  readonly parts?: Readonly<Record<string, number>>;
}

export interface Objective {
  readonly name: string;
  /** The command that trains such a model again, before the data and its options. */
  readonly command: string;
  /** What is measured, for people: with its unit. */
  readonly words: string;
  /** Whether it can tell which purpose a model serves better, or only how well it was trained for the one it has. */
  readonly judgesPurpose: boolean;
  /** What the use that it is about makes of the data where nobody says otherwise. */
  readonly defaults?: (source: Source) => Options;
  /** How trials are measured, where nobody says otherwise. */
  readonly measuring?: Options;
  /** @throws OptionError where it would compare what does not compare. */
  readonly check?: (space: Space) => void;
  readonly measure: (judged: Judged) => Promise<Judgement>;
}

/** Normal examples that made ones are told from. */
const MOST_JUDGED = 2000;
/** What tells anomalies from held-out rows needs more of those than a loss does. */
const HELD_OUT = 0.3;

const objectives: readonly Objective[] = [
  {
    name: 'mse',
    command: 'train',
    words: 'mean squared error per feature (scaled units) on the validation examples',
    judgesPurpose: false,
    measure: async ({ validation }) => ({ value: validation.mse }),
  },
  {
    name: 'loss',
    command: 'train',
    words: 'loss (nats per example) on the validation examples',
    judgesPurpose: false,
    check: refuseOtherLosses,
    measure: async ({ validation }) => ({ value: validation.loss }),
  },
  {
    name: 'anomalies',
    command: 'anomalies --fit',
    words: 'share of pairs in which a held-out example surprises more than an anomaly made from such (1 − AUROC)',
    judgesPurpose: true,
    defaults: detectorDefaults,
    measuring: { validation: HELD_OUT },
    measure: missedAnomalies,
  },
];

export const objectiveNames = objectives.map(({ name }) => name);

/** @throws OptionError for a name that there is not. */
export function findObjective(name: string): Objective {
  const found = objectives.find((objective) => objective.name === name);
  if (found) return found;
  throw new OptionError({
    where: '--objective',
    expected: `one of ${objectiveNames.join(', ')}`,
    got: name,
    fix: suggestion(name, objectiveNames),
  });
}

/** Options of kinds decide what a loss is made of: less of it says nothing then. */
function refuseOtherLosses(space: Space): void {
  const deciding = [
    'kind',
    'variance',
    'binarize',
    'decoders',
    ...kinds.flatMap(({ options }) => optionNames(options)),
  ];
  const first = space.find(({ name }) => deciding.includes(name));
  if (first === undefined) return;
  throw new OptionError({
    where: '--objective loss',
    expected: 'a space in which all losses are made of the same terms',
    got: `${first.name}, which decides what the loss is`,
    fix: 'use --objective mse, which compares across kinds, or fix that option',
  });
}

async function missedAnomalies({ parts, ...trained }: Judged): Promise<Judgement> {
  const normal = firstRows(parts.validation, MOST_JUDGED);
  const calibration = await calibrate(trained, firstRows(parts.train, MOST_JUDGED));
  const scoresOf = async (data: Dataset): Promise<number[]> => {
    const { columns, code } = await surprisesOf(trained, calibration, data);
    const width = columns.length / Math.max(1, data.count);
    return Array.from(code, (ofCode, row) =>
      columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, ofCode),
    );
  };
  const usual = await scoresOf(normal);
  const missed: Record<string, number> = {};
  for (const sort of SORTS)
    for (const extent of Object.keys(EXTENTS) as Extent[]) {
      const name = `${sort}, ${extent} columns`;
      const made = await scoresOf(makeAnomalies(normal, sort, extent, createRandom(0).fork(name)));
      const isMade = Array.from({ length: usual.length + made.length }, (_, at) => at >= usual.length);
      missed[name] = 1 - areaUnderRoc([...usual, ...made], isMade);
    }
  const shares = Object.values(missed);
  return { value: shares.reduce((sum, share) => sum + share, 0) / shares.length, parts: missed };
}

function firstRows(data: Dataset, most: number): Dataset {
  if (data.count <= most) return data;
  const width = data.values.length / data.count;
  const labels = data.labels && { ...data.labels, values: data.labels.values.slice(0, most) };
  return { ...data, count: most, values: data.values.slice(0, most * width), labels };
}
