import { expect, test } from 'vitest';
import { seriesChart } from './series-chart.ts';

const pathsOf = (page: string): string[] => [...page.matchAll(/<path d="([^"]*)"/g)].map(([, path]) => path);

test('a long series keeps its one spike, gaps break the line, stretches are marked', () => {
  const values = new Float64Array(100_000);
  values[77_777] = 50;
  const { html } = seriesChart({
    label: 'Series',
    bands: [
      { name: 'a <b>', values },
      { name: 'gap', values: [1, 2, Number.NaN, 3, 4], line: 2.5 },
      { name: 'nothing', values: [Number.NaN, Number.NaN] },
    ],
    marked: [{ from: 10, to: 10 }],
  });
  const [spike, gap, nothing] = pathsOf(html);
  const heights = [...spike.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights.filter((y) => y < 50)).toHaveLength(1);
  expect(heights.length).toBeLessThan(4000);
  expect(gap.match(/M/g)).toHaveLength(2);
  expect(nothing).toBe('');
  expect(html).toContain('a &lt;b&gt;');
  expect(html).toContain('stroke-dasharray');
  expect(html).toContain('1 stretches marked');
});
