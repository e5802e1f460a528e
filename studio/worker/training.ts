/** A training in the page: begun, followed, held, ended early, gone on with after the tab was closed. */
import {
  type Checkpoint,
  decodeCheckpoint,
  type Engine,
  EngineError,
  encodeCheckpoint,
  encodeModelFile,
  InterruptedError,
  type Learned,
  learn,
  makeRecipe,
  parametersOf,
  type SourceWithTest,
  type TrainingEvent,
  type TrainingState,
} from 'autoencoder/browser';
import { type Look, lookAt } from './look.ts';

/** What the page is told while it trains. */
export interface TrainingListener {
  event(event: TrainingEvent): void;
  look(look: Look): void;
  /** A checkpoint was written, or why it could not be. */
  saved(problem: string | undefined): void;
}

export interface Outcome {
  readonly model: Uint8Array;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
  readonly parameters: number;
  readonly latent: number;
  readonly validation: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
  readonly baselines: Learned['baselines'];
  readonly warnings: Learned['warnings'];
}

export interface Course {
  readonly source: SourceWithTest;
  readonly options: Readonly<Record<string, unknown>>;
  /** Bytes to go on from. */
  readonly checkpoint?: Uint8Array;
  /** Keeps a checkpoint, so many epochs being done. */
  readonly keep: (checkpoint: Uint8Array, epoch: number) => Promise<void>;
  readonly listener: TrainingListener;
}

export interface Running {
  readonly ended: Promise<Outcome>;
  pause(): void;
  goOn(): void;
  /** Ends it now; what was learned up to the last whole epoch is kept. */
  stop(): void;
  /** Ends it now; it can be gone on with from what was kept. */
  abort(): void;
}

/** Seconds between looks, and between checkpoints. */
const LOOK = 1;
const KEEP = 5;

export function begin(course: Course, engine: Engine | Promise<Engine>): Running {
  const control = new AbortController();
  let isStopped = false;
  let held: { readonly released: Promise<void>; readonly release: () => void } | undefined;
  const release = (): void => {
    held?.release();
    held = undefined;
  };
  let last: TrainingState | undefined;
  const from = course.checkpoint && decodeCheckpoint(course.checkpoint, 'checkpoint');
  const first = follow(
    course,
    engine,
    course.options,
    from,
    control.signal,
    () => held?.released,
    (state) => {
      last = state;
    },
  );
  const ended = first.catch(async (error: unknown) => {
    // What computes may be gone; what was learned until then need not be.
    if (error instanceof EngineError && last) await keepState(course, last);
    const done = last?.position.epoch ?? 0;
    if (!(error instanceof InterruptedError) || !isStopped || done === 0 || !last) throw error;
    // Nothing is left to train: only what comes after the last epoch is done.
    const state = last;
    return follow(
      course,
      engine,
      { ...course.options, epochs: done },
      Promise.resolve({ setup: undefined, stateFor: () => state }),
      undefined,
      () => undefined,
      () => {},
    );
  });
  return {
    ended,
    pause() {
      if (held) return;
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      held = { released, release };
    },
    goOn: release,
    stop() {
      isStopped = true;
      control.abort();
      release();
    },
    abort() {
      control.abort();
      release();
    },
  };
}

/** Keeps what it can go on from, and says whether that went well. */
async function keepState({ keep, listener }: Course, state: TrainingState): Promise<void> {
  try {
    await keep(await encodeCheckpoint(state, {}), state.position.epoch);
    listener.saved(undefined);
  } catch (error) {
    listener.saved(error instanceof Error ? error.message : String(error));
  }
}

async function follow(
  course: Course,
  engine: Engine | Promise<Engine>,
  options: Readonly<Record<string, unknown>>,
  from: Promise<Checkpoint> | undefined,
  signal: AbortSignal | undefined,
  held: () => Promise<void> | undefined,
  seen: (state: TrainingState) => void,
): Promise<Outcome> {
  const { source, listener } = course;
  let keptAt = -Infinity;
  const learning = learn({
    source,
    recipe: makeRecipe(options),
    engine: await engine,
    clock: () => performance.now(),
    from: await from,
    signal,
    checkpointSeconds: LOOK,
    checkpoint: async (state, known) => {
      seen(state);
      listener.look(await lookAt(known, parametersOf(state), state.position.epoch));
      const now = performance.now();
      if (now - keptAt < 1000 * KEEP && !signal?.aborted) return;
      keptAt = now;
      await keepState(course, state);
    },
  });
  for (;;) {
    await held();
    const { value, done } = await learning.next();
    if (done) {
      // The model that is kept, which is not always the last one.
      listener.look(await lookAt(value, value.parameters, value.result.bestEpoch));
      return outcomeOf(value);
    }
    listener.event(value);
  }
}

async function outcomeOf(learned: Learned): Promise<Outcome> {
  const { result, validation, test, baselines, warnings, model } = learned;
  const bytes = await encodeModelFile(learned, model);
  await learned.runner.dispose();
  return {
    model: bytes,
    epochs: result.history.length,
    bestEpoch: result.bestEpoch,
    seconds: result.seconds,
    examplesPerSecond: result.examplesPerSecond,
    parameters: model.parameters.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0),
    latent: model.blueprint.latent,
    validation,
    test,
    baselines,
    warnings,
  };
}
