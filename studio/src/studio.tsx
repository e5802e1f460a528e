/** What all views share: the worker, the data, the options, the training and the model. */

import type { EpochRecord, TrainingEvent } from 'autoencoder/browser';
import { proxy, type Remote, wrap } from 'comlink';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import type { Catalogue } from '../worker/catalogue.ts';
import type { DataSummary, Roles } from '../worker/data.ts';
import type { Look } from '../worker/look.ts';
import type { Plan } from '../worker/plan.ts';
import type { ModelSummary, Session, Surroundings } from '../worker/session.ts';
import type { Kept } from '../worker/storage.ts';
import type { Outcome } from '../worker/training.ts';
import { useHash } from './parts/hash.ts';
import { keyOfServer } from './parts/key.ts';

export type Options = Readonly<Record<string, unknown>>;

export type Progress = Extract<TrainingEvent, { type: 'progress' }>;

export interface TrainingView {
  readonly state: 'running' | 'paused' | 'ended' | 'failed';
  readonly progress?: Progress;
  readonly history: readonly EpochRecord[];
  readonly look?: Look;
  readonly outcome?: Outcome;
  readonly problem?: string;
  /** Why the last checkpoint could not be written. */
  readonly unsaved?: string;
  readonly note?: string;
}

export interface Studio {
  readonly session: Remote<Session>;
  readonly surroundings?: Surroundings;
  /** Name of where it computes. */
  readonly place: string;
  readonly catalogue?: Catalogue;
  readonly data?: DataSummary;
  readonly options: Options;
  readonly plan?: Plan;
  readonly planProblem?: string;
  readonly seconds?: number;
  readonly training?: TrainingView;
  readonly model?: ModelSummary;
  /** Counts models, so that views know of a new one. */
  readonly modelNumber: number;
  readonly kept?: Kept;
  readonly busy?: string;
  readonly problem?: string;
  openBuiltIn(name: string, limit: number): Promise<void>;
  openFiles(files: readonly File[]): Promise<void>;
  useRoles(roles: Roles): Promise<void>;
  setOptions(options: Options): void;
  computeAt(place: string): Promise<void>;
  train(): void;
  resume(): Promise<void>;
  pause(): void;
  goOn(): void;
  stop(): void;
  forget(): Promise<void>;
  dismiss(): void;
}

const Context = createContext<Studio | undefined>(undefined);

export function useStudio(): Studio {
  const studio = useContext(Context);
  if (!studio) throw new Error('internal: a view outside of the studio');
  return studio;
}

/** After the last change. */
const PLANNED_MS = 60;
const TIMED_MS = 900;

function startWorker(): Remote<Session> {
  return wrap<Session>(new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }));
}

export function StudioProvider({ children }: { readonly children: ReactNode }) {
  const worker = useRef<Remote<Session>>(null);
  worker.current ??= startWorker();
  const session = worker.current;
  const [surroundings, setSurroundings] = useState<Surroundings>();
  const [place, setPlace] = useState('page');
  const [catalogue, setCatalogue] = useState<Catalogue>();
  const [data, setData] = useState<DataSummary>();
  const [options, setOptions] = useState<Options>({});
  const [plan, setPlan] = useState<Plan>();
  const [planProblem, setPlanProblem] = useState<string>();
  const [seconds, setSeconds] = useState<number>();
  const [training, setTraining] = useState<TrainingView>();
  const [model, setModel] = useState<ModelSummary>();
  const [modelNumber, setModelNumber] = useState(0);
  const [kept, setKept] = useState<Kept>();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const isDesigning = useHash() === 'design';
  const isTraining = training?.state === 'running' || training?.state === 'paused';

  const attempt = useCallback(async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(undefined);
    }
  }, []);

  useEffect(() => {
    session.surroundings(keyOfServer()).then(setSurroundings, (error) => setProblem(messageOf(error)));
    session.catalogue().then(setCatalogue, (error) => setProblem(messageOf(error)));
    session.kept().then(
      (note) => setKept(note),
      () => setKept(undefined),
    );
  }, [session]);

  useEffect(() => {
    if (!data) return;
    let isCurrent = true;
    const planned = setTimeout(() => {
      session.plan(options).then(
        (next) => {
          if (!isCurrent) return;
          setPlan(next);
          setPlanProblem(undefined);
        },
        (error) => isCurrent && setPlanProblem(messageOf(error)),
      );
    }, PLANNED_MS);
    return () => {
      isCurrent = false;
      clearTimeout(planned);
    };
  }, [session, data, options]);

  // How long it takes is measured where it is asked for, when nothing has changed for a while.
  useEffect(() => {
    setSeconds(undefined);
    if (!data || !isDesigning || isTraining) return;
    let isCurrent = true;
    const timed = setTimeout(() => {
      session.seconds(options).then(
        (next) => isCurrent && setSeconds(next),
        () => {
          // Options that cannot be trained are told by the plan.
        },
      );
    }, TIMED_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timed);
    };
  }, [session, data, options, place, isDesigning, isTraining]);

  const follow = useCallback(
    async (begin: (listener: Parameters<Session['train']>[1]) => Promise<Outcome>) => {
      setTraining({ state: 'running', history: [] });
      const change = (next: (view: TrainingView) => TrainingView): void =>
        setTraining((view) => (view ? next(view) : view));
      const listener = proxy({
        event: (event: Parameters<Parameters<Session['train']>[1]['event']>[0]) =>
          change((view) => {
            switch (event.type) {
              case 'progress':
                return { ...view, progress: event };
              case 'epoch':
                return { ...view, history: [...view.history, event.record] };
              case 'resumed':
                return { ...view, history: [...event.history] };
              case 'stopped-early':
                return { ...view, note: `No better validation loss since epoch ${event.bestEpoch}: stopped early.` };
              default:
                return view;
            }
          }),
        look: (look: Look) => change((view) => ({ ...view, look })),
        saved: (unsaved: string | undefined) => change((view) => ({ ...view, unsaved })),
      });
      try {
        const outcome = await begin(listener);
        change((view) => ({ ...view, state: 'ended', outcome }));
        setModel(await session.model());
        setModelNumber((number) => number + 1);
        setKept(undefined);
      } catch (error) {
        change((view) => ({ ...view, state: 'failed', problem: messageOf(error) }));
        setKept(await session.kept().catch(() => undefined));
      }
    },
    [session],
  );

  // Made anew with every change: all of it is state that some view shows.
  const opened = (summary: DataSummary): void => {
    setData(summary);
    setOptions({});
    setPlan(undefined);
    setTraining(undefined);
    // A model that was opened waits for its data; one that was trained here belongs to those before.
    if (data) setModel(undefined);
  };
  const studio: Studio = {
    session,
    surroundings,
    place,
    catalogue,
    data,
    options,
    plan,
    planProblem,
    seconds,
    training,
    model,
    modelNumber,
    kept,
    busy,
    problem,
    setOptions,
    computeAt: (next) =>
      attempt('Changing where it computes…', async () => {
        await session.computeAt(next);
        setPlace(next);
        if (model) setModelNumber((number) => number + 1);
      }),
    openBuiltIn: (name, limit) =>
      attempt(`Drawing ${name}…`, async () => opened(await session.openBuiltIn(name, limit))),
    openFiles: (files) =>
      attempt('Reading…', async () => {
        const [first] = files;
        if (files.length === 1 && first?.name.endsWith('.safetensors')) {
          setModel(await session.openModel(first));
          setModelNumber((number) => number + 1);
          return;
        }
        opened(await session.openFiles(files));
      }),
    useRoles: (roles) => attempt('Reading again…', async () => setData(await session.useRoles(roles))),
    train: () => {
      void follow((listener) => session.train(options, listener));
    },
    resume: () =>
      attempt('Opening what was left…', async () => {
        const summary = await session.reopen();
        if (!summary || !kept) return;
        opened(summary);
        setOptions(kept.options);
        setKept(undefined);
        if (kept.epochs) {
          void follow((listener) => session.resume(listener));
          return;
        }
        setModel(await session.reopenModel());
        setModelNumber((number) => number + 1);
      }),
    pause: () => {
      void session.pause();
      setTraining((view) => view && { ...view, state: 'paused' });
    },
    goOn: () => {
      void session.goOn();
      setTraining((view) => view && { ...view, state: 'running' });
    },
    stop: () => {
      void session.stop();
      setTraining((view) => view && { ...view, note: 'Stopped by hand.' });
    },
    forget: () =>
      attempt('Forgetting…', async () => {
        await session.forget();
        setKept(undefined);
      }),
    dismiss: () => setProblem(undefined),
  };
  return <Context value={studio}>{children}</Context>;
}

/** An error as one plain sentence or four. */
/** What was said, without the flags of the command, which a page has no place for. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/ with --[a-z-]+/g, '');
}
