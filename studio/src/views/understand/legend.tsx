/** What the colours of the map stand for. */
import type { CodeMap } from '../../../worker/codes.ts';
import { figure } from '../../parts/figures.ts';
import { amountColors, classColors } from '../../parts/palette.ts';

export function Legend({ coloring }: { readonly coloring: CodeMap['colorings'][number] }) {
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
