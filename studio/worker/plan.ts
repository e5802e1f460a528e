/** What would be trained, before it is: the layers, how much there is to learn, how long it will take here. */
import {
  type Engine,
  InterruptedError,
  learn,
  makeRecipe,
  type OutlinedLayer,
  outline,
  planLearning,
  type SourceWithTest,
} from 'autoencoder/browser';

export interface Plan {
  readonly kind: string;
  readonly network: string;
  /** All options of the network with their values. */
  readonly networkOptions: Readonly<Record<string, unknown>>;
  readonly kindOptions: Readonly<Record<string, unknown>>;
  readonly loss: string;
  readonly latent: number;
  /** Numbers of one example as the model sees it. */
  readonly width: number;
  readonly shape: readonly number[];
  readonly layers: readonly OutlinedLayer[];
  readonly parameters: number;
  /** Of the loss, with what each counts at the end of the training, and of what is trained apart. */
  readonly terms: readonly { readonly name: string; readonly weight: number; readonly isApart: boolean }[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly learned: number;
  readonly validated: number;
  /** What was chosen for the user, and why. */
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly what: string;
  readonly value: string;
  readonly why: string;
}

export function planOf(source: SourceWithTest, options: Readonly<Record<string, unknown>>): Plan {
  const { parts, model, training } = planLearning({ source, recipe: makeRecipe(options) });
  const { kind, network, loss, latent, shape, vocabulary } = model.blueprint;
  const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  return {
    kind: kind.name,
    network: network.name,
    networkOptions: network.options,
    kindOptions: kind.options,
    loss,
    latent,
    width: size(shape) * Math.max(1, vocabulary),
    shape,
    layers: outline(model),
    parameters: model.parameters.reduce((sum, { shape }) => sum + size(shape), 0),
    terms: termsOf(model, training.epochs),
    epochs: training.epochs,
    batchSize: training.batchSize,
    steps: training.epochs * Math.floor(parts.train.count / Math.min(training.batchSize, parts.train.count)),
    learned: parts.train.count,
    validated: parts.validation.count,
    reasons: reasonsOf(source, options, {
      kind: kind.name,
      network: network.name,
      latent,
      width: size(shape),
      loss,
      epochs: training.epochs,
      batchSize: training.batchSize,
      learned: parts.train.count,
    }),
  };
}

function termsOf({ kind, termNames }: ReturnType<typeof planLearning>['model'], epochs: number): Plan['terms'] {
  const weights = kind.weights?.({ share: 1, epoch: epochs }) ?? {};
  const apart = kind.apart?.terms ?? [];
  return termNames.map((name) => ({ name, weight: weights[name] ?? 1, isApart: apart.includes(name) }));
}

interface Chosen {
  readonly kind: string;
  readonly network: string;
  readonly latent: number;
  readonly width: number;
  readonly loss: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learned: number;
}

/** Why those options are what they are that the user has left open. */
function reasonsOf({ train }: SourceWithTest, options: Readonly<Record<string, unknown>>, chosen: Chosen): Reason[] {
  const steps = Math.round((chosen.epochs * chosen.learned) / chosen.batchSize);
  const isTable = train.form === 'table';
  const all: readonly (Reason & { readonly option: string })[] = [
    {
      option: 'kind',
      what: 'kind',
      value: chosen.kind,
      why: 'asks nothing more of the code than to be narrow; change it to draw new examples, to ignore noise …',
    },
    {
      option: 'network',
      what: 'network',
      value: chosen.network,
      why: isTable ? 'every column may go with every other' : 'suits examples of this shape, and is fast',
    },
    {
      option: 'latent',
      what: 'code size',
      value: chosen.latent === 1 ? 'a number' : `${chosen.latent} numbers`,
      why: `${(chosen.width / chosen.latent).toFixed(0)} times fewer than the ${chosen.width} of an example: it has to choose what matters`,
    },
    {
      option: 'loss',
      what: 'error',
      value: chosen.loss,
      why: chosen.loss === 'mixed' ? 'numbers and categories each in their own way' : 'differences of numbers, squared',
    },
    {
      option: 'epochs',
      what: 'epochs',
      value: `${chosen.epochs}`,
      why: `${steps.toLocaleString('en')} steps of ${chosen.batchSize} examples: few data are gone through more often`,
    },
  ];
  return all
    .filter(({ option }) => options[option] === undefined)
    .map(({ what, value, why }) => ({ what, value, why }));
}

/** What is timed, in milliseconds, and steps that are not: in the first ones the runtime makes itself ready. */
const TIMED_MS = 1000;
const READY_STEPS = 3;

/** Seconds that the training would take: its first steps are done, timed and thrown away. */
export async function secondsFor(
  engine: Engine,
  source: SourceWithTest,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const control = new AbortController();
  const clock = (): number => performance.now();
  const learning = learn({ source, recipe: makeRecipe(options), engine, clock, signal: control.signal });
  let from: { readonly step: number; readonly at: number } | undefined;
  let seconds = 0;
  try {
    for (;;) {
      const { value, done } = await learning.next();
      if (done) return value.result.seconds;
      if (value.type !== 'progress' || value.step < READY_STEPS) continue;
      const at = clock();
      if (from) seconds = ((at - from.at) / 1000 / (value.step - from.step)) * value.steps;
      from ??= { step: value.step, at };
      if (at - from.at > TIMED_MS) control.abort();
    }
  } catch (error) {
    if (error instanceof InterruptedError) return seconds;
    throw error;
  }
}
