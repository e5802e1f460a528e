/** Understand: walk about among the codes, and see what any place decodes to. */
import { proxy } from 'comlink';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodeMap, Coloring, Decoded, Plane } from '../../worker/codes.ts';
import type { Shown } from '../../worker/shown.ts';
import { Examples } from '../parts/examples.tsx';
import { count } from '../parts/figures.ts';
import { Scatter } from '../parts/scatter.tsx';
import { messageOf, useStudio } from '../studio.tsx';
import { Between } from './understand/between.tsx';
import { Here } from './understand/here.tsx';
import { LayersOf } from './understand/layers.tsx';
import { Legend } from './understand/legend.tsx';
import { Sliders } from './understand/sliders.tsx';

const MOST_POINTS = 300_000;
const MOST_ROWS = 48;

export function Understand() {
  const { session, model, modelNumber, data } = useStudio();
  const [plane, setPlane] = useState<Plane>('components');
  const [map, setMap] = useState<CodeMap>();
  const [errors, setErrors] = useState<Coloring>();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const [colorName, setColorName] = useState<string>();
  const [mode, setMode] = useState<'walk' | 'lasso'>('walk');
  const [at, setAt] = useState<readonly [number, number]>();
  const [decoded, setDecoded] = useState<Decoded>();
  const [chosen, setChosen] = useState<{ readonly rows: readonly number[]; readonly shown: Shown }>();
  const [range, setRange] = useState<readonly (readonly [number, number])[]>([]);
  const latent = model?.card.blueprint.latent ?? 0;

  useEffect(() => {
    if (!data) return;
    let isCurrent = true;
    setMap(undefined);
    setErrors(undefined);
    setDecoded(undefined);
    setChosen(undefined);
    setProblem(undefined);
    const place = async (): Promise<void> => {
      const next = await session.walk(
        plane,
        MOST_POINTS,
        proxy((done: number) => isCurrent && setShare(done)),
      );
      if (!isCurrent) return;
      setMap(next);
      setShare(undefined);
      setRange(await session.codeRange());
      const known = await session.errors();
      if (isCurrent) setErrors(known);
    };
    place().catch((error: unknown) => isCurrent && setProblem(messageOf(error)));
    return () => {
      isCurrent = false;
    };
  }, [session, plane, modelNumber, data]);

  // One question at a time: the newest place waits while the one before it is decoded.
  const wanted = useRef<(() => Promise<Decoded | undefined>) | undefined>(undefined);
  const isAsking = useRef(false);
  const ask = useCallback((question: () => Promise<Decoded | undefined>) => {
    wanted.current = question;
    if (isAsking.current) return;
    isAsking.current = true;
    void (async () => {
      try {
        while (wanted.current) {
          const next = wanted.current;
          wanted.current = undefined;
          const answer = await next();
          if (answer) setDecoded(answer);
        }
      } catch (error) {
        setProblem(messageOf(error));
      } finally {
        isAsking.current = false;
      }
    })();
  }, []);
  const move = (x: number, y: number): void => {
    setAt([x, y]);
    ask(() => session.decodeAt(x, y));
  };
  const choose = (points: readonly number[]): void => {
    if (!map || points.length === 0) {
      setChosen(undefined);
      return;
    }
    const rows = points.map((point) => map.rows[point]);
    session.rows(rows.slice(0, MOST_ROWS)).then(
      (shown) => setChosen({ rows, shown }),
      (error) => setProblem(messageOf(error)),
    );
  };
  if (!data)
    return (
      <section className="empty">
        <h1>Understand</h1>
        <p>The model is open. To see its codes, choose data like that which it learned from.</p>
        <a className="button" href="#start">
          Choose data
        </a>
      </section>
    );
  const colorings = [...(map?.colorings ?? []), ...(errors ? [errors] : [])];
  const coloring = colorings.find(({ name }) => name === colorName) ?? colorings[0];
  return (
    <>
      <h1>Understand</h1>
      <section className="card" aria-label="Map of codes">
        <p className="lead">
          Every point is an example, placed by its code. Move anywhere, also where no point is: the decoder shows what
          that code stands for.
        </p>
        <div className="controls">
          <label>
            Placed by{' '}
            <select value={plane} onChange={({ target }) => setPlane(target.value as Plane)}>
              <option value="components">principal components of the codes</option>
              <option value="umap">UMAP (neighbours stay neighbours)</option>
              <option value="code">the first two numbers of the code</option>
            </select>
          </label>
          {colorings.length > 0 && (
            <label>
              Coloured by{' '}
              <select value={coloring?.name} onChange={({ target }) => setColorName(target.value)}>
                {colorings.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <fieldset className="switch">
            <legend className="hidden">What the pointer does</legend>
            {(['walk', 'lasso'] as const).map((name) => (
              <label key={name}>
                <input type="radio" name="mode" checked={mode === name} onChange={() => setMode(name)} />
                {name === 'walk' ? 'move and decode' : 'choose with a lasso'}
              </label>
            ))}
          </fieldset>
        </div>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="walk">
          <div>
            {map ? (
              <Scatter map={map} coloring={coloring} mode={mode} at={at} onMove={move} onChoose={choose} />
            ) : (
              <p className="scatter waiting">
                {share === undefined ? 'Encoding…' : `Placing the points… ${Math.round(100 * share)} %`}
              </p>
            )}
            {map && (
              <p className="quiet">
                {count(map.rows.length)} {map.rows.length < map.of ? `of ${count(map.of)} ` : ''}examples; across:{' '}
                {map.words[0]}; up: {map.words[1] || 'nothing'}.
              </p>
            )}
            {coloring && <Legend coloring={coloring} />}
          </div>
          <Here decoded={decoded} />
        </div>
      </section>
      {chosen && (
        <section className="card" aria-label="Chosen examples">
          <h2>{count(chosen.rows.length)} chosen</h2>
          {chosen.rows.length > MOST_ROWS && <p className="lead">The first {MOST_ROWS} of them.</p>}
          <Examples shown={chosen.shown} name="Chosen examples" />
        </section>
      )}
      {map && latent > 0 && (
        <section className="card" aria-label="Sliders">
          <h2>The code, number by number</h2>
          <p className="lead">Move a number and see what it changes. Choose a place on the map to begin with.</p>
          <Sliders
            code={decoded?.code}
            range={range}
            onChange={(code) => {
              setAt(undefined);
              ask(() => session.decodeCode(code));
            }}
          />
        </section>
      )}
      {map && <Between session={session} map={map} />}
      {map && <LayersOf session={session} most={data.examples} modelNumber={modelNumber} />}
    </>
  );
}
