/** Scores with a threshold to be moved, and what lies above it, with its reasons. */
import { useId, useMemo, useState } from 'react';
import type { Shown } from '../../worker/shown.ts';
import type { Block } from '../../worker/uses/use.ts';
import { Examples } from '../parts/examples.tsx';
import { count, figure } from '../parts/figures.ts';
import { Save } from '../parts/save.tsx';

const BINS = 60;
/** Rows that are listed at most. */
const LISTED = 30;

export function Scores({ block }: { readonly block: Extract<Block, { block: 'scores' }> }) {
  const { scores, rows, shown, truth, name } = block;
  const [threshold, setThreshold] = useState(block.threshold);
  const id = useId();
  const { least, most, counts } = useMemo(() => histogram(scores), [scores]);
  const above = useMemo(() => scores.reduce((sum, score) => sum + (score > threshold ? 1 : 0), 0), [scores, threshold]);
  const listed = rows.filter(({ score }) => score > threshold).slice(0, LISTED);
  const highest = Math.max(...counts);
  const width = 600 / BINS;
  const x = (score: number): number => (600 * (Math.min(most, Math.max(least, score)) - least)) / (most - least || 1);
  const right = truth && found(scores, truth, threshold);
  return (
    <>
      <h3>{name}</h3>
      <svg
        className="score-bars"
        viewBox="0 0 600 120"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: from ${figure(least)} to ${figure(most)} nats`}
      >
        {counts.map((value, at) => (
          <rect
            key={`${at * width}`}
            className={least + ((at + 0.5) * (most - least)) / BINS > threshold ? 'over' : undefined}
            x={at * width}
            width={width - 1}
            y={120 - (116 * Math.log1p(value)) / Math.log1p(highest)}
            height={(116 * Math.log1p(value)) / Math.log1p(highest)}
          />
        ))}
        <line x1={x(threshold)} x2={x(threshold)} y1="0" y2="120" />
      </svg>
      <label htmlFor={id} className="hidden">
        Threshold in nats
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={most + (most - least) / 400}
        step={(most - least) / 400 || 1}
        value={threshold}
        onChange={({ target }) => setThreshold(Number(target.value))}
      />
      <p className="sum" aria-live="polite">
        <b>{count(above)}</b> of {count(scores.length)} score above <b>{figure(threshold)}</b> nats
        {right && (
          <>
            ; of those labelled as anomalies <b>{right.found}</b> of {right.all} are among them, and{' '}
            <b>{right.falseAlarms}</b> that are not
          </>
        )}
        .
      </p>
      {listed.length === 0 ? (
        <p className="quiet">Nothing is above it.</p>
      ) : shown.form === 'rows' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <section className="scroll" aria-label="What is above the threshold" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Row</th>
                <th scope="col">Nats</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {listed.map(({ row, score, reasons }) => (
                <tr key={row}>
                  <th scope="row">{count(row + 1)}</th>
                  <td className="number">{figure(score)}</td>
                  <td className="reasons">{reasons}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        <Examples shown={firstOf(shown, listed.length)} name="What is above the threshold" />
      )}
      <Save
        name={name}
        form="rows"
        shown={() => ({
          form: 'rows',
          count: scores.length,
          columns: ['row', 'nats', 'is above the threshold'],
          rows: Array.from(scores, (score, row) => [row + 1, score, score > threshold ? 'yes' : 'no']),
        })}
      />
    </>
  );
}

function histogram(scores: Float32Array): { readonly least: number; readonly most: number; readonly counts: number[] } {
  let [least, most] = [Infinity, -Infinity];
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  const counts = new Array<number>(BINS).fill(0);
  for (const score of scores) counts[Math.min(BINS - 1, Math.floor((BINS * (score - least)) / (most - least || 1)))]++;
  return { least, most, counts };
}

function found(scores: Float32Array, truth: readonly (boolean | null)[], threshold: number) {
  let [all, hits, falseAlarms] = [0, 0, 0];
  for (const [at, isTrue] of truth.entries()) {
    const isAbove = scores[at] > threshold;
    if (isTrue) all++;
    if (isTrue && isAbove) hits++;
    if (isTrue === false && isAbove) falseAlarms++;
  }
  return { all, found: hits, falseAlarms };
}

function firstOf(shown: Shown, most: number): Shown {
  if (shown.form === 'rows') return { ...shown, count: most, rows: shown.rows.slice(0, most) };
  const size = shown.values.length / shown.count;
  if (shown.form === 'pictures') return { ...shown, count: most, values: shown.values.subarray(0, most * size) };
  return { ...shown, count: most, values: shown.values.subarray(0, most * size) };
}
