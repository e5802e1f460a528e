/** Examples, whatever they are: pictures on a canvas, rows of a table, curves of numbers. */
import { useEffect, useRef } from 'react';
import type { Shown } from '../../worker/shown.ts';
import { figure } from './figures.ts';
import { type Pictures, paint } from './paint.ts';

interface Props {
  readonly shown: Shown;
  /** What they are, for those who cannot see them. */
  readonly name: string;
  /** CSS pixels of a picture's height. */
  readonly size?: number;
  /** Words below each picture or curve. */
  readonly captions?: readonly string[];
}

export function Examples({ shown, name, size = 56, captions }: Props) {
  if (shown.form === 'rows') return <Rows shown={shown} name={name} />;
  return (
    <ul className="examples" aria-label={name}>
      {Array.from({ length: shown.count }, (_, at) => {
        const words = `${name}, ${at + 1}`;
        const picture =
          shown.form === 'pictures' ? (
            <Picture shown={shown} at={at} size={size} name={words} />
          ) : (
            <Curve shown={shown} at={at} size={size} name={words} />
          );
        return (
          <li key={at}>
            {picture}
            {captions?.[at] !== undefined && <span className="caption">{captions[at]}</span>}
          </li>
        );
      })}
    </ul>
  );
}

export function Picture({
  shown,
  at,
  size,
  name,
}: {
  readonly shown: Pictures;
  readonly at: number;
  readonly size: number;
  readonly name: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { height, width } = shown;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) paint(context, shown, at);
  }, [shown, at]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={name}
      width={width}
      height={height}
      style={{ height: size, width: (size * width) / height }}
      className={height < 96 ? 'pixels' : undefined}
    />
  );
}

type Curves = Extract<Shown, { form: 'curves' }>;

function Curve({ shown, at, size, name }: { shown: Curves; at: number; size: number; name: string }) {
  const { width, values } = shown;
  const own = values.subarray(at * width, (at + 1) * width);
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const points = Array.from(own, (value, x) => {
    const y = 1 - (value - least) / (most - least || 1);
    return `${((100 * x) / Math.max(1, width - 1)).toFixed(2)},${(38 * y + 1).toFixed(2)}`;
  });
  return (
    <svg className="curve" viewBox="0 0 100 40" style={{ height: size }} role="img" aria-label={name}>
      <polyline points={points.join(' ')} />
    </svg>
  );
}

type RowsShown = Extract<Shown, { form: 'rows' }>;

export function Rows({ shown, name }: { readonly shown: RowsShown; readonly name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="scroll" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {shown.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, place) => (
                <td key={shown.columns[place]} className={typeof cell === 'number' ? 'number' : undefined}>
                  {cell === null ? (
                    <span className="quiet">missing</span>
                  ) : typeof cell === 'number' ? (
                    figure(cell)
                  ) : (
                    cell
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
