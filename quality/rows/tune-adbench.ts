import { join } from 'node:path';
import { anomalyDetector, createRandom, tune } from 'autoencoder';
import { readSet } from '../adbench.ts';
import { engine, measureRow, type Row } from '../row.ts';

/** The smaller ones: a search trains some twenty detectors for each. */
const SETS = [
  '14_glass',
  '18_Ionosphere',
  '20_letter',
  '37_Stamps',
  '39_vertebral',
  '43_WDBC',
  '45_wine',
  '47_yeast',
  '4_breastw',
  '6_cardio',
];

/** Mean AUROC in percent of detectors with the options that were found less that of detectors with their defaults. */
async function gain(seed: number, folder: string): ReturnType<Row['run']> {
  const others: Record<string, number> = { tuned: 0, default: 0 };
  for (const name of SETS) {
    const path = join(folder, 'adbench', 'Classical', `${name}.npz`);
    const { train, test } = await readSet(path, createRandom(seed).fork(`${name}.npz`));
    const { options, improvement = 0 } = await tune(train, {
      objective: 'anomalies',
      trials: 20,
      seed,
      engine: engine(),
    });
    const auroc = async (chosen: Readonly<Record<string, unknown>>): Promise<number> => {
      const detector = await anomalyDetector(train, { ...chosen, seed, engine: engine() });
      const { measured } = await detector.find(test, { normal: '0', seed });
      if (!measured) throw new Error(`${name} has examples of one sort only`);
      return 100 * measured.model.auroc;
    };
    const [before, after] = [await auroc({}), await auroc(improvement > 0 ? options : {})];
    others.default += before / SETS.length;
    others.tuned += after / SETS.length;
    others[name] = after - before;
    console.error(
      `seed ${seed}, ${name}: default ${before.toFixed(2)}, tuned ${after.toFixed(2)} (made ones missed ${(100 * improvement).toFixed(1)} % less) ${JSON.stringify(options)}`,
    );
  }
  return { value: others.tuned - others.default, others };
}

await measureRow({
  name: 'tune-adbench',
  what: 'ADBench, 10 small tables, learned from half of the normal rows: detectors with options found by tune (objective anomalies, 20 trials, no labels) beside the defaults',
  measure: 'mean AUROC, tuned less default (percentage points)',
  bar: { atLeast: 0 },
  published: 'none: that a search without labels does no harm is what is asked for',
  run: gain,
});
