/** The frame: a bar with the views, what is going on, and the view that the address names. */
import { lazy, Suspense, useEffect } from 'react';
import { useHash } from './parts/hash.ts';
import { useStudio } from './studio.tsx';
import { Design } from './views/design.tsx';
import { Start } from './views/start.tsx';

const Train = lazy(() => import('./views/train.tsx').then(({ Train }) => ({ default: Train })));
const Understand = lazy(() => import('./views/understand.tsx').then(({ Understand }) => ({ default: Understand })));
const Use = lazy(() => import('./views/use.tsx').then(({ Use }) => ({ default: Use })));
const TakeAway = lazy(() => import('./views/take-away.tsx').then(({ TakeAway }) => ({ default: TakeAway })));

const views = [
  { id: 'start', name: 'Start', needs: 'nothing', view: Start },
  { id: 'design', name: 'Design', needs: 'data', view: Design },
  { id: 'train', name: 'Train', needs: 'data', view: Train },
  { id: 'understand', name: 'Understand', needs: 'model', view: Understand },
  { id: 'use', name: 'Use', needs: 'data', view: Use },
  { id: 'take-away', name: 'Take away', needs: 'model', view: TakeAway },
] as const;

export function App() {
  const id = useHash();
  const { data, model, busy, problem, dismiss, training } = useStudio();
  const chosen = views.find((view) => view.id === id) ?? views[0];
  const lacks = (needs: (typeof views)[number]['needs']): string | undefined => {
    if (needs === 'data' && !data) return 'Choose some data first';
    if (needs === 'model' && !model) return 'Train a model first, or open one';
    return undefined;
  };
  const missing = lacks(chosen.needs);
  useEffect(() => {
    window.scrollTo(0, 0);
    document.title = `${chosen.name} · Autoencoder studio`;
  }, [chosen]);
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <header className="bar">
        <a className="brand" href="#start">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 4l12 8v8L3 28zM29 4L17 12v8l12 8z" />
          </svg>
          <span>Autoencoder studio</span>
        </a>
        <nav aria-label="Views">
          <ol>
            {views.map((view) => (
              <li key={view.id}>
                <a
                  href={`#${view.id}`}
                  aria-current={view === chosen ? 'page' : undefined}
                  aria-disabled={lacks(view.needs) ? true : undefined}
                  title={lacks(view.needs)}
                >
                  {view.name}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <p className="now" aria-live="polite">
          {busy ?? (training?.state === 'running' ? `Training… epoch ${training.progress?.epoch ?? 1}` : '')}
        </p>
      </header>
      <main id="main" tabIndex={-1}>
        {problem && (
          <div className="problem" role="alert">
            <p>{problem}</p>
            <button type="button" onClick={dismiss}>
              Close
            </button>
          </div>
        )}
        {missing ? (
          <section className="empty">
            <h1>{chosen.name}</h1>
            <p>{missing}.</p>
            <a className="button" href={chosen.needs === 'model' && data ? '#train' : '#start'}>
              {chosen.needs === 'model' && data ? 'Go to Train' : 'Go to Start'}
            </a>
          </section>
        ) : (
          <Suspense fallback={<p className="quiet">Opening…</p>}>
            <chosen.view />
          </Suspense>
        )}
      </main>
    </>
  );
}
