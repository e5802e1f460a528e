/** A slider for every number of the code. */
import { useEffect, useState } from 'react';

export function Sliders({
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
