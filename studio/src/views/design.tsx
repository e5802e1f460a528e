/** Design: which autoencoder, of what size, and what it is taught by. */
import { useId } from 'react';
import type { Choice } from '../../worker/catalogue.ts';
import type { Plan } from '../../worker/plan.ts';
import { count, duration, figure } from '../parts/figures.ts';
import { Hourglass } from '../parts/hourglass.tsx';
import { OptionForm } from '../parts/option-form.tsx';
import { spaced } from '../parts/words.ts';
import { type Options, useStudio } from '../studio.tsx';

/** What most people want to change first. */
const FIRST = ['epochs', 'learningRate', 'batchSize', 'patience', 'validation', 'loss', 'seed'];
const ELSEWHERE = ['kind', 'network', 'latent'];

export function Design() {
  const { data, catalogue, options, setOptions, plan, planProblem, seconds } = useStudio();
  const id = useId();
  if (!catalogue || !data) return null;
  const kind = catalogue.kinds.find(({ name }) => name === (options.kind ?? plan?.kind ?? 'vanilla'));
  const network = catalogue.networks.find(({ name }) => name === (options.network ?? plan?.network));
  const set = (name: string, value: unknown): void => setOptions(withOption(options, name, value, catalogue));
  const hidden = network?.choices.some(({ name }) => name === 'hidden')
    ? ((options.hidden as readonly number[] | undefined) ?? listOf(plan?.networkOptions.hidden))
    : undefined;
  const { first, others } = sorted(catalogue.common);
  const presets: Options = { epochs: plan?.epochs, batchSize: plan?.batchSize, loss: plan?.loss };
  return (
    <>
      <h1>Design</h1>
      <section className="card" aria-label="The autoencoder">
        {plan && (
          <Hourglass
            plan={plan}
            hidden={hidden}
            onHidden={(widths) => set('hidden', widths)}
            onCode={(latent) => set('latent', latent)}
          />
        )}
        {planProblem && (
          <p className="problem" role="alert">
            {planProblem}
          </p>
        )}
        {plan && (
          <p className="sum" aria-live="polite">
            <b>{count(plan.parameters)}</b> numbers to learn, from <b>{count(plan.learned)}</b> examples (
            {count(plan.validated)} more to measure on), <b>{count(plan.steps)}</b> steps:{' '}
            <b>{seconds === undefined ? 'measuring how long…' : `about ${duration(seconds)} here`}</b>
          </p>
        )}
        <div className="fields">
          <div className="field">
            <label htmlFor={`${id}-latent`}>code size</label>
            <input
              id={`${id}-latent`}
              type="range"
              min={1}
              max={Math.max(2, Math.min(256, plan?.width ?? 64))}
              value={Number(options.latent ?? plan?.latent ?? 8)}
              onChange={({ target }) => set('latent', Number(target.value))}
            />
            <p className="about">{Number(options.latent ?? plan?.latent ?? 8)} numbers for each example</p>
          </div>
          {hidden && <Widths widths={hidden} onChange={(widths) => set('hidden', widths)} />}
        </div>
        <p className="buttons">
          <a className="button" href="#train">
            Train it
          </a>
          {Object.keys(options).length > 0 && (
            <button type="button" className="button quiet-button" onClick={() => setOptions({})}>
              Back to what is usual
            </button>
          )}
        </p>
      </section>
      <section className="card">
        <h2>Kind</h2>
        <div className="kinds" role="radiogroup" aria-label="Kind of autoencoder">
          {catalogue.kinds.map(({ name, summary }) => (
            <label key={name} className={name === kind?.name ? 'chosen' : undefined}>
              <input
                type="radio"
                name={`${id}-kind`}
                checked={name === kind?.name}
                onChange={() => set('kind', name)}
              />
              <b>{name}</b>
              <span>{summary}</span>
            </label>
          ))}
        </div>
        {kind && (
          <div className="about-kind">
            <pre aria-hidden="true">{kind.diagram}</pre>
            <p>
              <b>It is taught by</b> <code>{kind.formula}</code>
            </p>
            {plan && plan.terms.length > 1 && (
              <p>
                <b>Its loss adds up</b> {termWords(plan.terms, false)}
                {plan.terms.some(({ isApart }) => isApart) && `; trained apart: ${termWords(plan.terms, true)}`}
              </p>
            )}
            <p>{kind.use}</p>
            <p className="quiet">{kind.source}</p>
            {kind.choices.length > 0 && <h3>Its options</h3>}
            <OptionForm
              choices={kind.choices}
              options={options}
              presets={plan?.kindOptions ?? {}}
              marksUsual
              onChange={setOptions}
            />
          </div>
        )}
      </section>
      <section className="card">
        <h2>Network</h2>
        <div className="kinds" role="radiogroup" aria-label="Network">
          {catalogue.networks.map(({ name, summary }) => (
            <label key={name} className={name === network?.name ? 'chosen' : undefined}>
              <input
                type="radio"
                name={`${id}-network`}
                checked={name === network?.name}
                onChange={() => set('network', name)}
              />
              <b>{name}</b>
              <span>{summary}</span>
            </label>
          ))}
        </div>
        {network && (
          <OptionForm
            choices={network.choices.filter(({ name }) => name !== 'hidden')}
            options={options}
            presets={plan?.networkOptions ?? {}}
            marksUsual
            onChange={setOptions}
          />
        )}
      </section>
      <section className="card">
        <h2>Training</h2>
        <OptionForm choices={first} options={options} presets={presets} marksUsual onChange={setOptions} />
        <details>
          <summary>{others.length} more options</summary>
          <OptionForm choices={others} options={options} presets={presets} marksUsual onChange={setOptions} />
        </details>
      </section>
    </>
  );
}

function termWords(terms: Plan['terms'], isApart: boolean): string {
  return terms
    .filter((term) => term.isApart === isApart)
    .map(({ name, weight }) => `${figure(weight)} × ${spaced(name)}`)
    .join(' + ');
}

function Widths({
  widths,
  onChange,
}: {
  readonly widths: readonly number[];
  readonly onChange: (widths: readonly number[]) => void;
}) {
  return (
    <fieldset className="field widths">
      <legend>hidden layers</legend>
      {widths.map((width, at) => (
        <span key={at}>
          <input
            type="number"
            min={1}
            aria-label={`Units of hidden layer ${at + 1}`}
            value={width}
            onChange={({ target }) =>
              target.value !== '' && onChange(widths.map((old, place) => (place === at ? Number(target.value) : old)))
            }
          />
          <button
            type="button"
            aria-label={`Take hidden layer ${at + 1} away`}
            onClick={() => onChange(widths.filter((_, place) => place !== at))}
          >
            −
          </button>
        </span>
      ))}
      <button
        type="button"
        aria-label="Add a hidden layer"
        onClick={() => onChange([...widths, Math.max(1, Math.round((widths.at(-1) ?? 128) / 2))])}
      >
        + layer
      </button>
    </fieldset>
  );
}

/** A new kind or network forgets the options of the one before. */
function withOption(
  options: Options,
  name: string,
  value: unknown,
  {
    kinds,
    networks,
  }: { kinds: readonly { choices: readonly Choice[] }[]; networks: readonly { choices: readonly Choice[] }[] },
): Options {
  const families = name === 'kind' ? kinds : name === 'network' ? networks : [];
  const dropped = new Set(families.flatMap(({ choices }) => choices.map((choice) => choice.name)));
  const kept = Object.entries(options).filter(([known]) => !dropped.has(known));
  return { ...Object.fromEntries(kept), [name]: value };
}

function sorted(choices: readonly Choice[]): { readonly first: readonly Choice[]; readonly others: readonly Choice[] } {
  const free = choices.filter(({ name }) => !ELSEWHERE.includes(name));
  return {
    first: FIRST.flatMap((name) => free.filter((choice) => choice.name === name)),
    others: free.filter(({ name }) => !FIRST.includes(name)),
  };
}

function listOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
