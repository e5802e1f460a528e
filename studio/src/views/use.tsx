/** Use: what autoencoders are good for, on these data. */
import { proxy } from 'comlink';
import { useEffect, useState } from 'react';
import type { OfferedUse } from '../../worker/session.ts';
import type { Block as BlockData } from '../../worker/uses/use.ts';
import { Block } from '../blocks/block.tsx';
import { OptionForm } from '../parts/option-form.tsx';
import { messageOf, type Options, useStudio } from '../studio.tsx';

interface Running {
  readonly text: string;
  readonly share?: number;
}

export function Use() {
  const { session, data, modelNumber, model } = useStudio();
  const [uses, setUses] = useState<readonly OfferedUse[]>();
  const [name, setName] = useState<string>();
  const [answers, setAnswers] = useState<Options>({});
  const [running, setRunning] = useState<Running>();
  const [blocks, setBlocks] = useState<readonly BlockData[]>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    session.uses().then(setUses, (error) => setProblem(messageOf(error)));
  }, [session, data, modelNumber, model]);
  const chosen = uses?.find((use) => use.name === name);
  const choose = (use: OfferedUse): void => {
    setName(use.name);
    setAnswers({});
    setBlocks(undefined);
    setProblem(undefined);
  };
  const run = (use: OfferedUse): void => {
    const presets = Object.fromEntries(use.fields.map((field) => [field.name, field.preset]));
    setProblem(undefined);
    setBlocks(undefined);
    setRunning({ text: 'Beginning' });
    const progress = proxy((text: string, share?: number) => setRunning({ text, share }));
    const show = proxy((early: readonly BlockData[]) => setBlocks(early));
    session.runUse(use.name, { ...presets, ...answers }, progress, show).then(
      (result) => {
        setRunning(undefined);
        setBlocks(result);
      },
      (error) => {
        setRunning(undefined);
        setProblem(messageOf(error));
      },
    );
  };
  return (
    <>
      <h1>Use</h1>
      <section className="card" aria-label="Uses">
        {!uses && !problem && <p className="quiet">Looking what can be done with these data…</p>}
        <ul className="sets">
          {(uses ?? []).map((use) => (
            <li key={use.name}>
              <button
                type="button"
                disabled={use.refusal !== undefined || running !== undefined}
                aria-pressed={use.name === name}
                onClick={() => choose(use)}
              >
                <b>{use.name}</b>
                <span>{use.refusal ?? use.about}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {chosen && (
        <section className="card" aria-label={chosen.name}>
          <h2>{chosen.name}</h2>
          <p className="lead">
            {chosen.about} {chosen.makesModel ? 'A model is made for it here, beside that of this page.' : ''} On the
            command line: <code>autoencoder {chosen.command}</code>.
          </p>
          <OptionForm
            choices={chosen.fields.map((field) => ({ ...field, flag: field.name }))}
            options={answers}
            presets={{}}
            onChange={setAnswers}
          />
          <p className="buttons">
            <button type="button" className="button" disabled={running !== undefined} onClick={() => run(chosen)}>
              {blocks && !running ? 'Once more' : 'Begin'}
            </button>
            {running && (
              <button type="button" className="button quiet-button" onClick={() => void session.stopUse()}>
                Stop
              </button>
            )}
          </p>
          {running && (
            <div aria-live="polite">
              <progress max={1} value={running.share} aria-label={running.text} />
              <p className="quiet">{running.text}…</p>
            </div>
          )}
          {problem && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
        </section>
      )}
      {blocks && (
        <section className="card" aria-label="Results">
          {blocks.map((block, at) => (
            <Block key={`${name} ${at}`} block={block} />
          ))}
        </section>
      )}
    </>
  );
}
