/** What the layers look for, and what they say of one example. */
import { useEffect, useState } from 'react';
import type { Layers } from '../../../worker/layers.ts';
import { Bars } from '../../parts/bars.tsx';
import { Examples } from '../../parts/examples.tsx';
import type { useStudio } from '../../studio.tsx';

export function LayersOf({
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
