import { anomalyDetector } from 'autoencoder';
import { nabSeries } from '../nab.ts';
import { engine, measureRow } from '../row.ts';

interface Counts {
  found: number;
  missed: number;
  falseAlarms: number;
}

await measureRow({
  name: 'nab-events',
  what: 'NAB, the four groups with anomalies, each series on its own without labels: anomalyDetector with window auto and its defaults',
  measure: 'F1 of events that overlap the labelled windows, mean of the groups',
  bar: { atLeast: 0.613 },
  published: 'Orion 0.7.1, all seven groups: dense autoencoder .613, VAE .609, LSTM autoencoder .600, AER .663',
  run: async (seed, folder) => {
    const groups = new Map<string, Counts>();
    for (const { name, group, table, windows } of await nabSeries(folder)) {
      const detector = await anomalyDetector(table, { window: 'auto', seed, engine: engine() });
      const { stretches = [] } = await detector.find(table);
      const counts = groups.get(group) ?? { found: 0, missed: 0, falseAlarms: 0 };
      const found = windows.filter(([from, to]) => stretches.some((one) => one.from <= to && one.to >= from)).length;
      counts.found += found;
      counts.missed += windows.length - found;
      counts.falseAlarms += stretches.filter(
        (one) => !windows.some(([from, to]) => one.from <= to && one.to >= from),
      ).length;
      groups.set(group, counts);
      console.error(`seed ${seed}, ${name}: ${found} of ${windows.length}, ${stretches.length} stretches`);
    }
    const f1 = ({ found, missed, falseAlarms }: Counts): number =>
      (2 * found) / Math.max(1, 2 * found + missed + falseAlarms);
    const measured = [...groups].filter(([, { found, missed }]) => found + missed > 0);
    const pooled = [...groups.values()].reduce((sum, each) => ({
      found: sum.found + each.found,
      missed: sum.missed + each.missed,
      falseAlarms: sum.falseAlarms + each.falseAlarms,
    }));
    return {
      value: measured.reduce((sum, [, counts]) => sum + f1(counts) / measured.length, 0),
      others: {
        pooledWithSeriesWithoutAnomalies: f1(pooled),
        ...Object.fromEntries(measured.map(([name, counts]) => [name, f1(counts)])),
      },
    };
  },
});
