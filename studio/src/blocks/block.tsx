/** One block of a result. */
import { useMemo } from 'react';
import type { Block as BlockData } from '../../worker/uses/use.ts';
import { download } from '../parts/download.ts';
import { Examples, Rows } from '../parts/examples.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { Comparison } from './comparison.tsx';
import { Scores } from './scores.tsx';

const COLORS = ['--accent', '--second', '--quiet', '--warn'];

export function Block({ block }: { readonly block: BlockData }) {
  switch (block.block) {
    case 'words':
      return <p className={block.tone ?? undefined}>{block.text}</p>;
    case 'table':
      return (
        <>
          <h3>{block.name}</h3>
          <Rows
            name={block.name}
            shown={{
              form: 'rows',
              count: block.rows.length,
              columns: block.columns,
              rows: block.rows.map((row) => [...row]),
            }}
          />
          {block.about && <p className="quiet">{block.about}</p>}
        </>
      );
    case 'examples':
      return (
        <>
          <h3>{block.name}</h3>
          <Examples shown={block.shown} name={block.name} size={block.size} captions={block.captions} />
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
  return (
    <>
      <h3>{block.name}</h3>
      <LineChart name={block.name} x={block.x} xName={block.xName} lines={lines} />
    </>
  );
}
