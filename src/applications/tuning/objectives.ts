/** What trials are judged by: each a number that is to be low, from the validation examples, without labels. */
import { OptionError } from '../../base/errors.ts';
import { optionNames, suggestion } from '../../base/options.ts';
import type { Source } from '../../data/dataset.ts';
import { kinds } from '../../model/kinds/kinds.ts';
import { detectorDefaults } from '../detector.ts';
import type { FinalRequest, Judged, Judgement } from './judgement.ts';
import { missedClusters } from './left-out.ts';
import { missedAnomalies } from './missed-anomalies.ts';
import { measuredAgain } from './repeated.ts';
import type { Options, Space } from './space.ts';

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
  /** Further parts of the judgement, and ranks, of a trial that was trained to the end: what costs too much for all. */
  readonly confirm?: (request: FinalRequest) => Promise<Pick<Judgement, 'parts' | 'ranks'>>;
}

/** What tells anomalies from held-out rows needs more of those than a loss does. */
const HELD_OUT_MORE = { validation: 0.3 };

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
    measuring: HELD_OUT_MORE,
    measure: missedAnomalies,
    async confirm(request) {
      const { parts, ranks } = await measuredAgain(request, missedAnomalies);
      const missed = await missedClusters({
        ...request,
        options: withoutMeasuring({ measuring: HELD_OUT_MORE }, request.options),
      });
      return { ranks, parts: { ...parts, ...(missed === undefined ? {} : { 'clusters that were left out': missed }) } };
    },
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

/** Options without those that only say how trials are measured. */
export function withoutMeasuring({ measuring = {} }: Pick<Objective, 'measuring'>, options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !(name in measuring)));
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
