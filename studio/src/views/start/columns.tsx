/** The columns of a table, and what each is for. */
import type { ColumnSummary, DataSummary } from '../../../worker/data.ts';
import { count, figure } from '../../parts/figures.ts';
import { clipped } from '../../parts/words.ts';
import { useStudio } from '../../studio.tsx';

export function Columns({ data }: { readonly data: DataSummary }) {
  const { useRoles } = useStudio();
  const { columns, allColumns, roles } = data;
  const used = roles.columns ?? columns.map(({ name }) => name);
  const change = (name: string, role: string): void => {
    const others = used.filter((column) => column !== name);
    const next = {
      columns: role === 'learn' ? [...others, name] : others,
      label: role === 'label' ? name : roles.label === name ? undefined : roles.label,
      time: role === 'time' ? name : roles.time === name ? undefined : roles.time,
    };
    void useRoles(next);
  };
  const roleOf = (name: string): string =>
    name === roles.label ? 'label' : name === roles.time ? 'time' : used.includes(name) ? 'learn' : 'leave out';
  return (
    <>
      <h3>Columns, and what they are for</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="scroll" aria-label="Columns" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Is for</th>
              <th scope="col">Holds</th>
              <th scope="col">Missing</th>
            </tr>
          </thead>
          <tbody>
            {allColumns.map((name) => {
              const column = columns.find((known) => known.name === name);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>
                    <select
                      aria-label={`What ${name} is for`}
                      value={roleOf(name)}
                      onChange={({ target }) => change(name, target.value)}
                    >
                      <option value="learn">learning</option>
                      <option value="label">telling classes</option>
                      <option value="time">telling time</option>
                      <option value="leave out">nothing</option>
                    </select>
                  </td>
                  <td>{column ? holds(column) : <span className="quiet">not learned from</span>}</td>
                  <td className="number">{column ? count(column.missing) : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}

function holds({ range, categories, different }: ColumnSummary): string {
  if (range) return `numbers from ${figure(range[0])} to ${figure(range[2])}, ${figure(range[1])} on average`;
  const names = (categories ?? []).map(([name]) => name).join(', ');
  return `${different} categories: ${clipped(names)}${different > 5 ? ', …' : ''}`;
}
