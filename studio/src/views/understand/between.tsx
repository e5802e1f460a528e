/** What lies between two examples. */
import { useEffect, useState } from 'react';
import type { CodeMap } from '../../../worker/codes.ts';
import type { Shown } from '../../../worker/shown.ts';
import { Examples } from '../../parts/examples.tsx';
import type { useStudio } from '../../studio.tsx';

export function Between({
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
