/** Start: choose data, and see what was understood of it. */
import { useId, useRef, useState } from 'react';
import type { ColumnSummary, DataSummary } from '../../worker/data.ts';
import { Examples } from '../parts/examples.tsx';
import { count, figure } from '../parts/figures.ts';
import { useStudio } from '../studio.tsx';

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

function Drop() {
  const { openFiles, busy } = useStudio();
  const [isOver, setOver] = useState(false);
  const single = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (files: FileList | readonly File[] | null): void => {
    if (files && files.length > 0) void openFiles([...files]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons within do the same by keys
    <div
      className={`drop${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void filesOf(event.dataTransfer).then(take);
      }}
    >
      <p>
        Drop a table (.csv, .parquet, .jsonl), an array (.npy, .npz, IDX), pictures, a folder of them, or a model
        (.safetensors) here.
      </p>
      <p className="buttons">
        <button type="button" className="button" disabled={busy !== undefined} onClick={() => single.current?.click()}>
          Choose files
        </button>
        <button
          type="button"
          className="button quiet-button"
          disabled={busy !== undefined}
          onClick={() => folder.current?.click()}
        >
          Choose a folder
        </button>
      </p>
      <label className="hidden" htmlFor={`${id}-files`}>
        Files of data
      </label>
      <input
        id={`${id}-files`}
        ref={single}
        className="hidden"
        type="file"
        multiple
        tabIndex={-1}
        onChange={({ target }) => take(target.files)}
      />
      <label className="hidden" htmlFor={`${id}-folder`}>
        A folder of data
      </label>
      <input
        id={`${id}-folder`}
        ref={folder}
        className="hidden"
        type="file"
        tabIndex={-1}
        // Not in React's types: a folder instead of files.
        {...{ webkitdirectory: '' }}
        onChange={({ target }) => take(target.files)}
      />
    </div>
  );
}

/** Files that were dropped, those in folders too, with their paths. */
async function filesOf({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some(({ isDirectory }) => isDirectory)) return [...files];
  return (await Promise.all(entries.map((entry) => filesIn(entry)))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.slice(1) });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inner: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inner.push(...some);
  }
  return (await Promise.all(inner.map((one) => filesIn(one)))).flat();
}

function Understood({ data }: { readonly data: DataSummary }) {
  const { examples, testExamples, what, shape, columns, labels, first, name } = data;
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
      <h3>{what === 'pictures' ? 'Some of them' : 'The first of them'}</h3>
      <Examples shown={first} name="Examples of the data" />
      {what === 'table' && <Columns data={data} />}
      <Chosen />
      <p className="buttons">
        <a className="button" href="#design">
          Design the autoencoder
        </a>
        <a className="button quiet-button" href="#train">
          Train with what is usual
        </a>
      </p>
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

function Columns({ data }: { readonly data: DataSummary }) {
  const { useRoles } = useStudio();
  const { columns, allColumns, roles } = data;
  const used = roles.columns ?? columns.map(({ name }) => name);
  const change = (name: string, role: string): void => {
    const others = used.filter((column) => column !== name);
    const next = {
      columns: role === 'learn' ? [...others, name] : others,
      label: role === 'label' ? name : roles.label === name ? undefined : roles.label,
      time: role === 'time' ? name : roles.time === name ? undefined : roles.time,
    };
    void useRoles(next);
  };
  const roleOf = (name: string): string =>
    name === roles.label ? 'label' : name === roles.time ? 'time' : used.includes(name) ? 'learn' : 'leave out';
  return (
    <>
      <h3>Columns, and what they are for</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="scroll" aria-label="Columns" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Is for</th>
              <th scope="col">Holds</th>
              <th scope="col">Missing</th>
            </tr>
          </thead>
          <tbody>
            {allColumns.map((name) => {
              const column = columns.find((known) => known.name === name);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>
                    <select
                      aria-label={`What ${name} is for`}
                      value={roleOf(name)}
                      onChange={({ target }) => change(name, target.value)}
                    >
                      <option value="learn">learning</option>
                      <option value="label">telling classes</option>
                      <option value="time">telling time</option>
                      <option value="leave out">nothing</option>
                    </select>
                  </td>
                  <td>{column ? holds(column) : <span className="quiet">not learned from</span>}</td>
                  <td className="number">{column ? count(column.missing) : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}

function holds({ range, categories, different }: ColumnSummary): string {
  if (range) return `numbers from ${figure(range[0])} to ${figure(range[2])}, ${figure(range[1])} on average`;
  const names = (categories ?? []).map(([name]) => name).join(', ');
  return `${different} categories: ${clipped(names)}${different > 5 ? ', …' : ''}`;
}

function whatWords(what: DataSummary['what'], shape: readonly number[]): string {
  if (what === 'table') return `${shape[0]} columns`;
  if (what === 'pictures') return `${shape[2]}×${shape[1]}${shape[0] === 3 ? ' in colour' : ' grey'}`;
  return `${shape.join('×')} numbers`;
}

function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 58)}…` : text;
}
