/** A search made ready: what is searched, what is fixed, and how far trials are trained, all from the data and what the user said. */
import { OptionError } from '../../base/errors.ts';
import { suggestion } from '../../base/options.ts';
import type { SourceWithTest } from '../../data/dataset.ts';
import { sizeOf } from '../../graph/tensor.ts';
import { planLearning } from '../begin-learning.ts';
import { makeRecipe, withDefaults } from '../recipe.ts';
import { placeOf } from './coordinates.ts';
import { type Job, type Method, methods, type SearchPlan } from './decide.ts';
import { rungsFor } from './halving.ts';
import { findObjective, type Objective } from './objectives.ts';
import { checkReach, checkSpace, defaultSpace, isActive, type Options, ordered } from './space.ts';
import { parseSpace } from './space-text.ts';
import { resolvedOf, type TrialTask } from './trial.ts';

export interface TuningChoices {
  /** Options that all trials have. */
  readonly options: Options;
  /** As `parseSpace` reads it; what the schemas say is worth a search when absent. */
  readonly search?: string;
  readonly method: string;
  readonly objective: string;
  /** At most, the default one included. */
  readonly trials: number;
}

export interface TuningPlan extends SearchPlan {
  readonly objective: Objective;
  /** Options of all trials, those included that follow from the data or the objective. */
  readonly fixed: Options;
  /** What the default model has of the options that are searched, also beyond what is searched of them. */
  readonly defaults: Options;
}

/** @throws OptionError, DataError for what cannot be searched or learned from. */
export function planTuning(source: SourceWithTest, choices: TuningChoices): TuningPlan {
  const { options, trials } = choices;
  const method = methodOf(choices.method);
  if (!(Number.isInteger(trials) && trials >= 1))
    throw new OptionError({
      where: '--trials',
      expected: 'a whole number from 1',
      got: `${trials}`,
      fix: 'say how many models to try; the first is the default one',
    });
  const objective = findObjective(choices.objective);
  const base = { ...objective.measuring, ...withDefaults(objective.defaults?.(source.train) ?? {}, options) };
  const { model, training } = planLearning({ source, recipe: makeRecipe(base) });
  const { kind, network, shape, latent } = model.blueprint;
  const chosen = { kind: kind.name, network: network.name };
  const { judgesPurpose } = objective;
  const space =
    choices.search === undefined
      ? defaultSpace({
          latent,
          given: options,
          ...chosen,
          features: sizeOf(shape),
          batchSize: training.batchSize,
          judgesPurpose,
        })
      : ordered(parseSpace(choices.search, chosen));
  checkSpace(space, options);
  checkReach(space, base, chosen);
  objective.check?.(space);
  const { epochs, seed } = training;
  // The data chooses the network once, not anew by the options of each trial.
  const fixed = { ...base, network: network.name, epochs };
  const resolved = resolvedOf({ model, training });
  const within = space.filter(({ name, range }) => placeOf(range, resolved[name]) !== undefined);
  return {
    space,
    initial: Object.fromEntries(within.map(({ name }) => [name, resolved[name]])),
    isActive: (name, drawn) => isActive(name, { ...fixed, ...drawn }, chosen),
    method,
    trials,
    rungs: method === 'asha' || method === 'tpe-asha' ? rungsFor(epochs) : [epochs],
    seed,
    objective,
    fixed,
    defaults: Object.fromEntries(space.map(({ name }) => [name, resolved[name]])),
  };
}

/** The options of a trial, for people. */
export function pointOf({ defaults }: TuningPlan, { trial, point }: Pick<Job, 'trial' | 'point'>): Options {
  return trial === 0 ? defaults : point;
}

/** What to train for a job. */
export function taskFor({ fixed, rungs }: TuningPlan, { trial, rung, point }: Job): TrialTask {
  return { trial, options: withDefaults(fixed, point), epoch: rungs[rung] };
}

function methodOf(name: string): Method {
  const found = methods.find((method) => method === name);
  if (found) return found;
  throw new OptionError({
    where: '--method',
    expected: `one of ${methods.join(', ')}`,
    got: name,
    fix: suggestion(name, methods),
  });
}
