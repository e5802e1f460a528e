/** Understand: walk about among the codes, and see what any place decodes to. */
import { proxy } from 'comlink';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodeMap, Decoded, Plane } from '../../worker/codes.ts';
import type { Layers } from '../../worker/layers.ts';
import type { Shown } from '../../worker/shown.ts';
import { Bars } from '../parts/bars.tsx';
import { Examples } from '../parts/examples.tsx';
import { count, figure } from '../parts/figures.ts';
import { amountColors, classColors } from '../parts/palette.ts';
import { Scatter } from '../parts/scatter.tsx';
import { messageOf, useStudio } from '../studio.tsx';

const MOST_POINTS = 20_000;
const MOST_ROWS = 48;

export function Understand() {
  const { session, model, modelNumber, data } = useStudio();
  const [plane, setPlane] = useState<Plane>('components');
  const [map, setMap] = useState<CodeMap>();
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
    setDecoded(undefined);
    setChosen(undefined);
    setProblem(undefined);
    session
      .walk(
        plane,
        MOST_POINTS,
        proxy((done: number) => isCurrent && setShare(done)),
      )
      .then(
        async (next) => {
          if (!isCurrent) return;
          setMap(next);
          setShare(undefined);
          setRange(await session.codeRange());
        },
        (error) => isCurrent && setProblem(messageOf(error)),
      );
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
  const coloring = map?.colorings.find(({ name }) => name === colorName) ?? map?.colorings[0];
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
          {map && map.colorings.length > 0 && (
            <label>
              Coloured by{' '}
              <select value={coloring?.name} onChange={({ target }) => setColorName(target.value)}>
                {map.colorings.map(({ name }) => (
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
                {count(map.points.length / 2)} examples; across: {map.words[0]}; up: {map.words[1] || 'nothing'}.
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

function Legend({ coloring }: { readonly coloring: CodeMap['colorings'][number] }) {
  const { names, values, name } = coloring;
  if (names) {
    const colors = classColors(names.length);
    return (
      <ul className="legend" aria-label={`Colours of ${name}`}>
        {names.slice(0, 20).map((label, at) => (
          <li key={label}>
            <i style={{ background: colors[at] }} />
            {label}
          </li>
        ))}
      </ul>
    );
  }
  const known = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  return (
    <p className="legend">
      {figure(known[Math.floor(0.02 * (known.length - 1))] ?? 0)}
      <i className="scale" style={{ background: `linear-gradient(90deg, ${amountColors.join(',')})` }} />
      {figure(known[Math.floor(0.98 * (known.length - 1))] ?? 0)}
    </p>
  );
}

function Here({ decoded }: { readonly decoded?: Decoded }) {
  if (!decoded)
    return (
      <div className="here">
        <p className="quiet">Move over the map.</p>
      </div>
    );
  const { made, originals, nearest, error } = decoded;
  return (
    <div className="here" aria-live="off">
      <h3>What this place decodes to</h3>
      <Examples shown={made} name="Decoded" size={160} />
      <h3>Nearest in the data</h3>
      <Examples shown={originals} name="Nearest examples" size={48} />
      <p className="quiet">
        The nearest is {figure(nearest[0]?.distance ?? Number.NaN)} away in the code
        {error !== undefined && `; what is decoded differs from it by ${figure(error)} (mean squared)`}.
      </p>
    </div>
  );
}

function Sliders({
  code,
  range,
  onChange,
}: {
  readonly code?: Float32Array;
  readonly range: readonly (readonly [number, number])[];
  readonly onChange: (code: Float32Array) => void;
}) {
  const [own, setOwn] = useState<Float32Array>();
  useEffect(() => setOwn(code), [code]);
  const shown = own ?? Float32Array.from(range, ([least, most]) => (least + most) / 2);
  return (
    <div className="sliders">
      {range.slice(0, 64).map(([least, most], at) => (
        <label key={at}>
          <span>{at + 1}</span>
          <input
            type="range"
            min={least}
            max={most}
            step={(most - least) / 200 || 1}
            value={shown[at] ?? 0}
            onChange={({ target }) => {
              const next = Float32Array.from(shown);
              next[at] = Number(target.value);
              setOwn(next);
              onChange(next);
            }}
          />
          <output>{(shown[at] ?? 0).toFixed(2)}</output>
        </label>
      ))}
    </div>
  );
}

/** What lies between two examples. */
function Between({
  session,
  map,
}: {
  readonly session: ReturnType<typeof useStudio>['session'];
  readonly map: CodeMap;
}) {
  const [ends, setEnds] = useState<readonly [number, number]>([0, Math.min(1, map.rows.length - 1)]);
  const [way, setWay] = useState<Shown>();
  useEffect(() => {
    let isCurrent = true;
    session.between(ends[0], ends[1], 9).then(
      (next) => isCurrent && setWay(next),
      () => isCurrent && setWay(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, ends]);
  const most = map.rows.length;
  return (
    <section className="card" aria-label="Between two examples">
      <h2>Between two examples</h2>
      <div className="controls">
        {ends.map((end, at) => (
          <label key={at === 0 ? 'from' : 'to'}>
            {at === 0 ? 'From example' : 'to example'}{' '}
            <input
              type="number"
              min={1}
              max={most}
              value={end + 1}
              onChange={({ target }) => {
                const next = Math.min(most, Math.max(1, Number(target.value) || 1)) - 1;
                setEnds(at === 0 ? [next, ends[1]] : [ends[0], next]);
              }}
            />
          </label>
        ))}
        <button
          type="button"
          className="button quiet-button"
          onClick={() => setEnds([Math.floor(Math.random() * most), Math.floor(Math.random() * most)])}
        >
          Two others
        </button>
      </div>
      {way && <Examples shown={way} name="On the way" size={64} />}
    </section>
  );
}

/** What the layers look for, and what they say of one example. */
function LayersOf({
  session,
  most,
  modelNumber,
}: {
  readonly session: ReturnType<typeof useStudio>['session'];
  readonly most: number;
  readonly modelNumber: number;
}) {
  const [row, setRow] = useState(0);
  const [layers, setLayers] = useState<Layers>();
  useEffect(() => {
    let isCurrent = true;
    session.layers(row).then(
      (next) => isCurrent && setLayers(next),
      () => isCurrent && setLayers(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [session, row, modelNumber]);
  if (!layers) return null;
  return (
    <section className="card" aria-label="The layers">
      <h2>Layer by layer</h2>
      <p className="lead">What the encoder makes of an example on the way to its code.</p>
      <div className="controls">
        <label>
          Example{' '}
          <input
            type="number"
            min={1}
            max={most}
            value={row + 1}
            onChange={({ target }) => setRow(Math.min(most, Math.max(1, Number(target.value) || 1)) - 1)}
          />
        </label>
        <Examples shown={layers.example} name="The example" size={64} />
      </div>
      {layers.filters && (
        <>
          <h3>What the first layer looks for</h3>
          <Examples shown={layers.filters} name="Filters of the first layer" size={48} />
          <p className="quiet">White: the more the brighter there; black: the less. Grey places do not matter.</p>
        </>
      )}
      {layers.layers.map(({ name, words, maps, units }) => (
        <div key={name}>
          {maps ? (
            <>
              <h3>
                {name}: {words}
              </h3>
              <Examples shown={maps} name={`Maps of ${name}`} size={48} />
            </>
          ) : (
            <Bars name={`${name}: ${words}`} values={units ?? []} ends={['1', `${units?.length ?? 0}`]} />
          )}
        </div>
      ))}
    </section>
  );
}
