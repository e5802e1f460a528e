/** What the page may ask of its worker: one session with one set of data and one model, all of it off the main thread. */

import {
  type Autoencoder,
  encodeSource,
  exportOnnx,
  fromBytes,
  type ModelCard,
  OptionError,
  type SourceWithTest,
} from 'autoencoder/browser';
import { transfer } from 'comlink';
import { type Job, offlinePage } from '../offline/job.ts';
import { type Catalogue, catalogue } from './catalogue.ts';
import { type DataSummary, nameOf, type Origin, openBuiltIn, openFiles, type Roles, sets, summarise } from './data.ts';
import { makeExplorer } from './explorer.ts';
import { errorFacts, sliderFacts } from './job-facts.ts';
import { type Around, type Computing, type OfferedPlace, offeredPlaces, openPlace } from './places.ts';
import { type Plan, planOf, secondsFor } from './plan.ts';
import { type Shown, show } from './shown.ts';
import * as storage from './storage.ts';
import type { Outcome, Running, TrainingListener } from './training.ts';
import type { Block, Field, UseContext } from './uses/use.ts';
import { uses } from './uses/uses.ts';

export interface Surroundings {
  readonly sets: typeof sets;
  /** Where it can compute, the usual place first. */
  readonly places: readonly OfferedPlace[];
}

export interface ModelSummary {
  readonly card: ModelCard;
}

type Options = Readonly<Record<string, unknown>>;

/** A use as the page offers it. */
export interface OfferedUse {
  readonly name: string;
  readonly about: string;
  readonly command: string;
  readonly makesModel: boolean;
  readonly refusal?: string;
  readonly fields: readonly Field[];
}

/** `base` is the page's own address. */
export function makeSession(base: URL) {
  let computing: Promise<Computing> | undefined;
  let key: string | undefined;
  let files: readonly File[] = [];
  let origin: Origin = { from: 'built-in', name: '', limit: 0 };
  let roles: Roles = {};
  let allColumns: readonly string[] = [];
  let source: SourceWithTest | undefined;
  let running: Running | undefined;
  let model: Autoencoder | undefined;
  let modelBytes: Uint8Array | undefined;
  let estimate = 0;
  let using: AbortController | undefined;

  const around = (): Around => ({
    wasmFolder: new URL('ort/', base).href,
    // Several need a page that no other site can look into.
    threads: globalThis.crossOriginIsolated === true ? Math.min(8, navigator.hardwareConcurrency) : 1,
    nativeUrl: new URL('native', base).href,
    key,
  });
  const opened = (): Promise<Computing> => {
    computing ??= openPlace('page', around());
    return computing;
  };
  const openEngine = async (): Promise<Computing['engine']> => (await opened()).engine;
  const data = (): SourceWithTest => {
    if (source) return source;
    throw new OptionError({ where: 'studio', expected: 'data', got: 'none', fix: 'choose some on the first page' });
  };
  const trained = (): Autoencoder => {
    if (model) return model;
    throw new OptionError({ where: 'studio', expected: 'a model', got: 'none', fix: 'train one, or open its file' });
  };
  /** Other data than before: a model that was opened waits for its data, one that was there with others goes with them. */
  const use = (next: SourceWithTest): void => {
    if (source) {
      [model, modelBytes] = [undefined, undefined];
      explorer.forget();
    }
    source = next;
  };
  const explorer = makeExplorer({ engine: openEngine, model: trained, source: () => data().train });
  const summary = (): DataSummary => summarise(origin, roles, data(), allColumns);
  const read = async (next: Roles): Promise<SourceWithTest> =>
    origin.from === 'built-in' ? openBuiltIn(origin.name, origin.limit, next) : openFiles(files, next);
  const useModel = async (bytes: Uint8Array): Promise<ModelSummary> => {
    model = await fromBytes(bytes, { engine: await openEngine() });
    modelBytes = bytes;
    explorer.forget();
    const { card } = model;
    if (!card) throw new Error('internal: a model without a card');
    return { card };
  };
  const train = async (options: Options, listener: TrainingListener, checkpoint?: Uint8Array): Promise<Outcome> => {
    running?.abort();
    estimate++;
    const { epochs } = planOf(data(), options);
    const note = (done: number): storage.Kept => ({
      origin,
      roles,
      options,
      epochs: [done, epochs],
      savedAt: Date.now(),
    });
    const course = (await opened()).begin({
      source: data(),
      options,
      checkpoint,
      listener,
      keep: async (bytes, epoch) => {
        await storage.keepCheckpoint(bytes);
        await storage.keepNote(note(epoch));
      },
    });
    running = course;
    const outcome = await course.ended.finally(() => {
      if (running === course) running = undefined;
    });
    await useModel(outcome.model);
    try {
      await storage.keepModel(outcome.model);
      await storage.keepNote({ ...note(outcome.epochs), epochs: undefined });
      await storage.dropCheckpoint();
    } catch (error) {
      listener.saved(error instanceof Error ? error.message : String(error));
    }
    return outcome;
  };

  return {
    /** `given` is the key of the program that serves the page, where it gave one. */
    async surroundings(given?: string): Promise<Surroundings> {
      key = given;
      return { sets, places: await offeredPlaces(around()) };
    },
    /** From now on it computes there. */
    async computeAt(name: string): Promise<void> {
      computing = Promise.resolve(await openPlace(name, around()));
      if (modelBytes) await useModel(modelBytes);
    },
    catalogue: (): Catalogue => catalogue(),

    async openBuiltIn(name: string, limit: number): Promise<DataSummary> {
      use(openBuiltIn(name, limit, {}));
      [origin, roles, files] = [{ from: 'built-in', name, limit }, {}, []];
      allColumns = columnsOf(data());
      return summary();
    },
    async openFiles(given: readonly File[]): Promise<DataSummary> {
      use(await openFiles(given, {}));
      [origin, roles, files] = [
        { from: 'files', name: nameOf(given), files: given.map(({ name }) => name) },
        {},
        given,
      ];
      allColumns = columnsOf(data());
      await storage.keepFiles(given).catch(() => {
        // Without room for a copy the data is asked for again after the tab was closed.
      });
      return summary();
    },
    async useRoles(next: Roles): Promise<DataSummary> {
      source = await read(next);
      roles = next;
      return summary();
    },

    plan: (options: Options): Plan => planOf(data(), options),
    /** Seconds; undefined where something else began meanwhile. */
    async seconds(options: Options): Promise<number | undefined> {
      const mine = ++estimate;
      if (running) return undefined;
      const seconds = await secondsFor(await openEngine(), data(), options);
      return mine === estimate ? seconds : undefined;
    },

    train: (options: Options, listener: TrainingListener): Promise<Outcome> => train(options, listener),
    pause: (): void => running?.pause(),
    goOn: (): void => running?.goOn(),
    stop: (): void => running?.stop(),

    /** What the last visit left. */
    kept: (): Promise<storage.Kept | undefined> => storage.keptNote(),
    forget: (): Promise<void> => storage.forgetAll(),
    /** The data and options of the last visit. */
    async reopen(): Promise<DataSummary | undefined> {
      const note = await storage.keptNote();
      if (!note) return undefined;
      if (note.origin.from === 'files') files = await storage.keptFiles();
      [origin, roles] = [note.origin, note.roles];
      allColumns = columnsOf(await read({}));
      source = await read(roles);
      return summary();
    },
    async resume(listener: TrainingListener): Promise<Outcome> {
      const [note, checkpoint] = [await storage.keptNote(), await storage.keptCheckpoint()];
      if (!note || !checkpoint)
        throw new OptionError({
          where: 'studio',
          expected: 'a training to go on with',
          got: 'none',
          fix: 'train anew',
        });
      return train(note.options, listener, checkpoint);
    },
    async reopenModel(): Promise<ModelSummary | undefined> {
      const bytes = await storage.keptModel();
      return bytes && useModel(bytes);
    },

    openModel: async (file: File): Promise<ModelSummary> => useModel(new Uint8Array(await file.arrayBuffer())),
    async model(): Promise<ModelSummary | undefined> {
      return model && modelBytes ? useModel(modelBytes) : undefined;
    },

    ...explorer.questions,
    rows: (indices: readonly number[]): Shown => show(data().train, indices),

    uses(): OfferedUse[] {
      const context = { source: data(), model };
      return uses.map(({ name, about, command, makesModel, refusal, fields }) => {
        const why = refusal(context);
        return { name, about, command, makesModel, refusal: why, fields: why === undefined ? fields(context) : [] };
      });
    },
    /** What one of them finds. @throws InterruptedError after `stopUse`. */
    async runUse(
      name: string,
      answers: UseContext['answers'],
      progress: UseContext['progress'],
      show: UseContext['show'],
    ): Promise<readonly Block[]> {
      const use = uses.find((known) => known.name === name);
      if (!use) throw new Error(`internal: no use ${name}`);
      using?.abort();
      const control = new AbortController();
      using = control;
      const isBuiltIn = origin.from === 'built-in';
      return use.run({
        engine: await openEngine(),
        source: data(),
        model,
        answers,
        isBuiltIn,
        signal: control.signal,
        page: offlineOf,
        progress,
        show,
      });
    },
    stopUse: (): void => using?.abort(),

    modelFile: (): Uint8Array => {
      if (!modelBytes) throw new Error('internal: no model to give');
      const copy = modelBytes.slice();
      return transfer(copy, [copy.buffer]);
    },
    /** For other programs. @throws OptionError for a model that has no such form. */
    async onnxFile(): Promise<Uint8Array> {
      const bytes = await exportOnnx(trained());
      return transfer(bytes, [bytes.buffer]);
    },
    /** A page of one file that does one thing with the model, without a network. */
    async offline(does: 'decode' | 'detect' | 'rebuild', title: string): Promise<string> {
      if (!modelBytes) throw new Error('internal: no model to give');
      const facts = {
        decode: async () => ({ does: 'decode' as const, title, ...(await sliderFacts(trained(), source?.train)) }),
        detect: async () => ({ does: 'detect' as const, title, ...(await errorFacts(trained(), source?.train)) }),
        rebuild: async () => ({ does: 'rebuild' as const, title }),
      };
      return offlineOf(await facts[does](), modelBytes);
    },
    async codesFile(ending: string): Promise<Uint8Array> {
      const { values, shape } = await trained().encode(data().train);
      return encodeSource(`codes${ending}`, { form: 'array', name: 'codes', values: Float32Array.from(values), shape });
    },
  };
}

export type Session = ReturnType<typeof makeSession>;

function columnsOf({ train }: SourceWithTest): string[] {
  return train.form === 'table' ? train.columns.map(({ name }) => name) : [];
}

/** A page of one file, out of what lies beside this program. */
async function offlineOf(job: Job, model: Uint8Array): Promise<string> {
  const [script, style] = await Promise.all(
    ['../offline.js', '../offline.css'].map((name) => fetched(new URL(name, self.location.href))),
  );
  return offlinePage(job, model, script, style);
}

async function fetched(url: URL): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status} ${answer.statusText}`);
  return answer.text();
}
