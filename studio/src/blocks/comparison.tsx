/** Versions of a picture laid over one another, with a line to be moved between two of them. */
import { useId, useState } from 'react';
import type { Shown } from '../../worker/shown.ts';
import { Picture } from '../parts/examples.tsx';

interface Props {
  readonly name: string;
  readonly versions: readonly { readonly name: string; readonly shown: Shown }[];
}

/** CSS pixels of small pictures' height. */
const HEIGHT = 300;

export function Comparison({ name, versions }: Props) {
  const id = useId();
  const [at, setAt] = useState(50);
  const [left, setLeft] = useState(0);
  const [right, setRight] = useState(Math.min(1, versions.length - 1));
  const pick = (place: number, choose: (at: number) => void, words: string) => (
    <label className="hidden-label">
      <span className="hidden">{words}</span>
      <select value={place} onChange={({ target }) => choose(Number(target.value))}>
        {versions.map((version, number) => (
          <option key={version.name} value={number}>
            {version.name}
          </option>
        ))}
      </select>
    </label>
  );
  const [under, over] = [versions[right].shown, versions[left].shown];
  if (under.form !== 'pictures' || over.form !== 'pictures') return null;
  const height = Math.min(HEIGHT, (560 * under.height) / under.width);
  return (
    <figure className="comparison">
      <figcaption>{name}</figcaption>
      <div className="controls">
        {pick(left, setLeft, `${name}: left of the line`)}
        {pick(right, setRight, `${name}: right of the line`)}
      </div>
      <div className="laid" style={{ height, width: (height * under.width) / under.height }}>
        <Picture shown={under} at={0} size={height} name={`${name}, ${versions[right].name}`} />
        <div className="over" style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}>
          <Picture shown={over} at={0} size={height} name={`${name}, ${versions[left].name}`} />
        </div>
        <i className="line" style={{ left: `${at}%` }} />
      </div>
      <label htmlFor={id} className="hidden">
        Where the line between the two versions of {name} is
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        value={at}
        style={{ width: (height * under.width) / under.height }}
        onChange={({ target }) => setAt(Number(target.value))}
      />
    </figure>
  );
}
