/** One block of a result. */
import { useMemo } from 'react';
import type { Cell, Shown } from '../../worker/shown.ts';
import type { Block as BlockData } from '../../worker/uses/use.ts';
import { download } from '../parts/download.ts';
import { Examples, Rows } from '../parts/examples.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { Save } from '../parts/save.tsx';
import { Comparison } from './comparison.tsx';
import { Scores } from './scores.tsx';

const COLORS = ['--accent', '--second', '--quiet', '--warn'];

export function Block({ block }: { readonly block: BlockData }) {
  switch (block.block) {
    case 'words':
      return <p className={block.tone ?? undefined}>{block.text}</p>;
    case 'table': {
      const shown = rowsOf(block.columns, block.rows);
      return (
        <>
          <h3>{block.name}</h3>
          <Rows name={block.name} shown={shown} />
          {block.about && <p className="quiet">{block.about}</p>}
          <Save name={block.name} form="rows" shown={() => shown} />
        </>
      );
    }
    case 'examples':
      return (
        <>
          <h3>{block.name}</h3>
          <Examples shown={block.shown} name={block.name} size={block.size} captions={block.captions} />
          <Save name={block.name} form={block.shown.form} shown={() => block.shown} />
        </>
      );
    case 'curves':
      return <Curves block={block} />;
    case 'comparison':
      return <Comparison name={block.name} versions={block.versions} />;
    case 'scores':
      return <Scores block={block} />;
    case 'file':
      return (
        <p className="buttons">
          <button
            type="button"
            className="button quiet-button"
            onClick={() => download(block.name, block.type, block.bytes)}
          >
            Save {block.name}
          </button>
        </p>
      );
    default:
      return block satisfies never;
  }
}

function Curves({ block }: { readonly block: Extract<BlockData, { block: 'curves' }> }) {
  const lines = useMemo(
    () => block.lines.map((line, at) => ({ ...line, color: line.isDashed ? '--quiet' : COLORS[at % COLORS.length] })),
    [block],
  );
  const shown = (): Shown =>
    rowsOf(
      [block.xName, ...block.lines.map(({ name }) => name)],
      block.x.map((x, at) => [x, ...block.lines.map(({ values }) => values[at] ?? null)]),
    );
  return (
    <>
      <h3>{block.name}</h3>
      <LineChart name={block.name} x={block.x} xName={block.xName} lines={lines} />
      <Save name={block.name} form="rows" shown={shown} />
    </>
  );
}

function rowsOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): Extract<Shown, { form: 'rows' }> {
  return { form: 'rows', count: rows.length, columns, rows: rows.map((row) => [...row]) };
}
