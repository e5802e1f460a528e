/** Start: choose data, and see what was understood of it. */
import type { DataSummary } from '../../worker/data.ts';
import { Examples } from '../parts/examples.tsx';
import { count } from '../parts/figures.ts';
import { clipped } from '../parts/words.ts';
import { useStudio } from '../studio.tsx';
import { Columns } from './start/columns.tsx';
import { Drop } from './start/drop.tsx';

/** As many examples as a page learns from in a minute. */
const LIMIT = 10_000;

export function Start() {
  const { data, kept, model, surroundings, openBuiltIn, resume, forget, busy } = useStudio();
  return (
    <>
      <section className="hero">
        <h1>Train an autoencoder by looking at it</h1>
        <p>
          An autoencoder squeezes each example into a few numbers, its <em>code</em>, and rebuilds the example from
          them. What it cannot rebuild is unusual; what the code keeps is what matters. Everything happens in this page:
          your data does not leave this machine.
        </p>
      </section>
      {kept && (
        <section className="card kept">
          <h2>You were here before</h2>
          <p>
            {kept.epochs
              ? `A training on ${kept.origin.name} was left after ${kept.epochs[0]} of ${kept.epochs[1]} epochs.`
              : `A model of ${kept.origin.name} was trained here.`}
          </p>
          <p className="buttons">
            <button
              type="button"
              className="button"
              onClick={() => void go(resume, kept.epochs ? '#train' : '#understand')}
            >
              {kept.epochs ? 'Go on with it' : 'Open it'}
            </button>
            <button type="button" className="button quiet-button" onClick={() => void forget()}>
              Forget it
            </button>
          </p>
        </section>
      )}
      <section className="card">
        <h2>Your own data</h2>
        <Drop />
      </section>
      <section className="card">
        <h2>Or one of the built-in sets</h2>
        <p className="lead">Made by this program itself, so there is nothing to fetch.</p>
        <ul className="sets">
          {(surroundings?.sets ?? []).map(({ name, description }) => (
            <li key={name}>
              <button
                type="button"
                disabled={busy !== undefined}
                aria-pressed={data?.origin.from === 'built-in' && data.origin.name === name}
                onClick={() => void openBuiltIn(name, LIMIT)}
              >
                <b>{name}</b>
                <span>{description}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {model && !data && (
        <section className="card" aria-label="The model that is open">
          <h2>A model is open</h2>
          <p>
            {model.card.blueprint.kind.name} on a {model.card.blueprint.network.name} network, a code of{' '}
            {count(model.card.blueprint.latent)} numbers, learned from {model.card.data.name}. Choose data like that
            which it learned from, to see its codes and to put it to use.
          </p>
          <p className="buttons">
            <a className="button quiet-button" href="#take-away">
              Take it away
            </a>
          </p>
        </section>
      )}
      {data && <Understood data={data} />}
    </>
  );
}

async function go(work: () => Promise<void>, where: string): Promise<void> {
  await work();
  location.hash = where;
}

function Understood({ data }: { readonly data: DataSummary }) {
  const { examples, testExamples, what, shape, columns, labels, first, name } = data;
  const { planProblem } = useStudio();
  const hasTexts = columns.some(({ type, different }) => type === 'category' && different > examples / 2);
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  return (
    <section className="card" aria-label="What was understood">
      <h2>{name}</h2>
      <dl className="tiles">
        <div>
          <dt>Examples</dt>
          <dd>
            <b>{count(examples)}</b>
            {testExamples > 0 && <span>and {count(testExamples)} to test on</span>}
          </dd>
        </div>
        <div>
          <dt>Each is</dt>
          <dd>
            <b>{whatWords(what, shape)}</b>
          </dd>
        </div>
        <div>
          <dt>Classes</dt>
          <dd>
            <b>{labels ? labels.names.length : 'none'}</b>
            <span>{labels ? clipped(labels.names.join(', ')) : 'not needed to learn'}</span>
          </dd>
        </div>
        {what === 'table' && (
          <div>
            <dt>Missing values</dt>
            <dd>
              <b>{count(missing)}</b>
            </dd>
          </div>
        )}
      </dl>
      <h3>Some of them</h3>
      <Examples shown={first} name="Examples of the data" />
      {what === 'table' && <Columns data={data} />}
      <Chosen />
      {planProblem && hasTexts ? (
        <>
          <p>
            A column of free text can be put to <b>Use</b> at once: told in other words, or gone on with. To train on
            the other columns, choose above what it is for.
          </p>
          <p className="buttons">
            <a className="button" href="#use">
              See what can be done with it
            </a>
          </p>
        </>
      ) : (
        <p className="buttons">
          <a className="button" href="#design">
            Design the autoencoder
          </a>
          <a className="button quiet-button" href="#train">
            Train with what is usual
          </a>
        </p>
      )}
    </section>
  );
}

/** What would be trained, and why. */
function Chosen() {
  const { plan, planProblem } = useStudio();
  if (planProblem)
    return (
      <p className="problem" role="alert">
        {planProblem}
      </p>
    );
  if (!plan || plan.reasons.length === 0) return null;
  return (
    <>
      <h3>What is chosen for you, and why</h3>
      <dl className="reasons">
        {plan.reasons.map(({ what, value, why }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              <b>{value}</b> {why}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function whatWords(what: DataSummary['what'], shape: readonly number[]): string {
  if (what === 'table') return `${shape[0]} columns`;
  if (what === 'pictures') return `${shape[2]}×${shape[1]}${shape[0] === 3 ? ' in colour' : ' grey'}`;
  return `${shape.join('×')} numbers`;
}
