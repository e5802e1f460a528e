/** Train: watch it learn. */
import { useId, useMemo } from 'react';
import type { CodeFacts } from '../../worker/look.ts';
import { Bars } from '../parts/bars.tsx';
import { Examples } from '../parts/examples.tsx';
import { count, duration, figure } from '../parts/figures.ts';
import { type Line, LineChart } from '../parts/line-chart.tsx';
import { type TrainingView, useStudio } from '../studio.tsx';

export function Train() {
  const { training, train, pause, goOn, stop, resume, kept, plan, planProblem, data } = useStudio();
  const isOn = training?.state === 'running' || training?.state === 'paused';
  return (
    <>
      <h1>Train</h1>
      <section className="card" aria-label="Training">
        <p className="lead">
          {planProblem
            ? 'Nothing can be trained yet.'
            : plan
              ? `A ${plan.kind} autoencoder on a ${plan.network} network, ${count(plan.parameters)} numbers to learn, on ${data?.name}.`
              : 'Looking at the data…'}{' '}
          <a href="#design">Change it</a>
        </p>
        <p className="buttons">
          {!isOn && (
            <button type="button" className="button" disabled={!plan || planProblem !== undefined} onClick={train}>
              {training ? 'Train again' : 'Train'}
            </button>
          )}
          {training?.state === 'failed' && kept?.epochs && (
            <button type="button" className="button quiet-button" onClick={() => void resume()}>
              Go on after epoch {kept.epochs[0]}
            </button>
          )}
          {training?.state === 'running' && (
            <button type="button" className="button" onClick={pause}>
              Pause
            </button>
          )}
          {training?.state === 'paused' && (
            <button type="button" className="button" onClick={goOn}>
              Go on
            </button>
          )}
          {isOn && (
            <button type="button" className="button quiet-button" onClick={stop}>
              Stop here
            </button>
          )}
        </p>
        {planProblem && (
          <p className="problem" role="alert">
            {planProblem}
          </p>
        )}
        <Places isFixed={isOn} />
        {training && <Course training={training} />}
      </section>
      {training?.outcome && <Ended training={training} />}
      {training?.look && (
        <section className="card" aria-label="What it rebuilds">
          <h2>Originals, and what it makes of them</h2>
          <p className="lead">Examples that nothing is learned from; after epoch {training.look.epoch}.</p>
          <Pairs look={training.look} />
        </section>
      )}
      {training?.look && <Code facts={training.look.code} />}
    </>
  );
}

/** Where it computes, where there is a choice. */
function Places({ isFixed }: { readonly isFixed: boolean }) {
  const { surroundings, place, computeAt, busy } = useStudio();
  const id = useId();
  const places = surroundings?.places ?? [];
  if (places.length < 2) return null;
  return (
    <fieldset className="places" disabled={isFixed || busy !== undefined}>
      <legend>Where it computes</legend>
      {places.map(({ name, title, about }) => (
        <label key={name}>
          <input type="radio" name={`${id}-place`} checked={name === place} onChange={() => void computeAt(name)} />
          <span>
            {title} <span className="quiet">{about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Course({ training }: { readonly training: TrainingView }) {
  const { progress, history, state, note, problem, unsaved } = training;
  const { x, lines, terms } = useMemo(() => curves(history), [history]);
  return (
    <>
      {progress && (
        <>
          <progress max={progress.steps} value={progress.step} aria-label="Share of the training done" />
          <p className="sum" aria-live="off">
            {state === 'paused' ? 'Paused in epoch' : 'Epoch'} {progress.epoch} of {progress.epochs} · loss{' '}
            <b>{figure(progress.loss)}</b> · <b>{count(progress.examplesPerSecond)}</b> examples a second
            {state === 'running' && ` · ${duration(progress.secondsLeft)} left`}
          </p>
        </>
      )}
      {!progress && state === 'running' && <p className="quiet">Making the training ready…</p>}
      {note && <p className="quiet">{note}</p>}
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {unsaved && (
        <p className="problem" role="alert">
          What is learned cannot be kept in this browser ({unsaved}). The training goes on; take the model away when it
          has ended.
        </p>
      )}
      {history.length > 0 && <LineChart name="Loss by epoch, nats an example" x={x} xName="epoch" lines={lines} />}
      {terms.length > 1 && (
        <details>
          <summary>Each term of the loss</summary>
          {terms.map((term) => (
            <LineChart key={term.name} name={term.name} x={x} xName="epoch" lines={[term]} height={150} />
          ))}
        </details>
      )}
    </>
  );
}

function curves(history: TrainingView['history']): { x: number[]; lines: Line[]; terms: Line[] } {
  const names = Object.keys(history.at(-1)?.validation ?? {}).filter((name) => name !== 'loss' && name !== 'mse');
  return {
    x: history.map(({ epoch }) => epoch),
    lines: [
      { name: 'train', values: history.map(({ train }) => train.loss ?? null), color: '--second', isDashed: true },
      { name: 'validation', values: history.map(({ validation }) => validation.loss ?? null), color: '--accent' },
    ],
    terms: names.map((name) => ({
      name,
      values: history.map(({ validation }) => validation[name] ?? null),
      color: '--accent',
    })),
  };
}

function Pairs({ look }: { readonly look: NonNullable<TrainingView['look']> }) {
  const { originals, rebuilt } = look;
  return (
    <div className="pairs">
      <h3>Originals</h3>
      <Examples shown={originals} name="Originals" />
      <h3>Rebuilt</h3>
      <Examples shown={rebuilt} name="Rebuilt" />
    </div>
  );
}

function Code({ facts }: { readonly facts: CodeFacts }) {
  const { histogram, variances, dead, divergences, codebookUse } = facts;
  const unused = codebookUse?.filter((used) => used === 0).length;
  return (
    <section className="card" aria-label="The code">
      <h2>The code</h2>
      <div className="columns">
        <Bars
          name="How large its numbers are"
          values={histogram.counts}
          ends={[figure(histogram.from), figure(histogram.to)]}
        />
        <Bars name="How much each number varies" values={variances} ends={['1', `${variances.length}`]} />
        {divergences && (
          <Bars
            name="What each number tells (nats)"
            values={divergences}
            ends={['1', `${Math.max(...divergences).toFixed(2)} at most`]}
          />
        )}
        {codebookUse && (
          <Bars
            name="How often each entry of the codebook is used"
            values={codebookUse}
            ends={['1', `${codebookUse.length}`]}
          />
        )}
      </div>
      <p className="quiet">
        {dead === 0
          ? 'All numbers of the code are in use.'
          : `${dead} of ${variances.length} numbers of the code hardly change.`}
        {unused !== undefined && unused > 0 && ` ${unused} entries of the codebook are not in use.`}
      </p>
    </section>
  );
}

function Ended({ training }: { readonly training: TrainingView }) {
  const { outcome } = training;
  if (!outcome) return null;
  const { validation, test, baselines, seconds, examplesPerSecond, latent, warnings, bestEpoch, epochs } = outcome;
  const { pca } = baselines;
  const better = pca ? pca.mse / validation.mse : Number.NaN;
  return (
    <section className="card" aria-label="What came out">
      <h2>What came out</h2>
      {pca && (
        <p className="verdict">
          {better > 1.05 ? (
            <>
              It rebuilds with <strong>{better.toFixed(1)} times</strong> less error than PCA with as many numbers.
            </>
          ) : better > 0.95 ? (
            <>
              It rebuilds <strong className="doubt">about as well as PCA</strong> with as many numbers: give it more
              time, or another size.
            </>
          ) : (
            <>
              PCA with as many numbers rebuilds <strong className="doubt">better</strong>: give it more time, or another
              size.
            </>
          )}
        </p>
      )}
      <table className="results">
        <thead>
          <tr>
            <th scope="col">Mean squared error</th>
            <th scope="col">held out</th>
            {test && <th scope="col">test</th>}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">this model</th>
            <td className="number">{figure(validation.mse)}</td>
            {test && <td className="number">{figure(test.mse)}</td>}
          </tr>
          {pca && (
            <tr>
              <th scope="row">PCA with {latent} numbers</th>
              <td className="number">{figure(pca.mse)}</td>
              {test && <td className="number">{figure(pca.testMse ?? Number.NaN)}</td>}
            </tr>
          )}
          <tr>
            <th scope="row">the mean of all examples</th>
            <td className="number">{figure(baselines.mean.mse)}</td>
            {test && <td />}
          </tr>
        </tbody>
      </table>
      <p className="quiet">
        {duration(seconds)}, {count(examplesPerSecond)} examples a second; the best of {epochs} epochs was {bestEpoch}.
      </p>
      {warnings.map(({ text, advice }) => (
        <p key={text} className="warning">
          <b>{text}</b> {advice}
        </p>
      ))}
      <p className="buttons">
        <a className="button" href="#understand">
          Understand it
        </a>
        <a className="button quiet-button" href="#use">
          Use it
        </a>
        <a className="button quiet-button" href="#take-away">
          Take it away
        </a>
      </p>
    </section>
  );
}
