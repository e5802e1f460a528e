import { anomalyDetector } from 'autoencoder';
import { takeRows } from '../../src/data/split.ts';
import { type NabSeries, nabScore, nabSeries, probation, STANDARD } from '../nab.ts';
import { engine, measureRow } from '../row.ts';

await measureRow({
  name: 'nab-score',
  what: 'NAB, five groups, each row scored as it comes: anomalyDetector with window auto learned from the probationary rows alone, then its stream',
  measure: 'NAB score, standard profile',
  bar: { atLeast: 50 },
  published:
    'scoreboard, all seven groups: windowed gaussian 39.6, random cut forest 51.7, KNN CAD 58.0, Numenta HTM 69.7 – 70.5, ARTime 74.9',
  run: async (seed, folder) => {
    const [online, offline]: { series: NabSeries; scores: Float64Array }[][] = [[], []];
    for (const series of await nabSeries(folder)) {
      const { table } = series;
      const { rows } = table;
      const known = probation(rows);
      const probationary = Int32Array.from({ length: known }, (_, row) => row);
      const options = { window: 'auto', seed, engine: engine() } as const;
      const detector = await anomalyDetector(takeRows(table, probationary), options);
      const stream = detector.stream();
      const scores = new Float64Array(rows);
      // What was learned from is known; the stream goes on where it ends, a window before.
      for (let row = known - Math.floor(known / 10); row < rows; row++) {
        const told = await stream.push(takeRows(table, [row]));
        // Every row of one alarm would count as a call of its own.
        if (told?.isPeak && row >= known) scores[row] = told.deviations;
      }
      online.push({ series, scores });
      const whole = await anomalyDetector(table, options);
      const all = await whole.score(table);
      const mean = all.reduce((sum, score) => sum + score, 0) / rows;
      const spread = Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / rows) || 1;
      offline.push({ series, scores: all.map((score) => (score - mean) / spread) });
      console.error(`seed ${seed}, ${series.name}`);
    }
    return {
      value: nabScore(online, STANDARD).score,
      others: { learnedFromTheWholeSeries: nabScore(offline, STANDARD).score },
    };
  },
});
