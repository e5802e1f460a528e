/**
 * The tables of ADBench, as in Livernoche et al. 2024: sets beyond 50 000 rows are cut to as many, drawn at random; `semi` learns from half
 * of the normal rows and scores the rest and all anomalies; `unsup` learns from all rows and scores them. AUROC in percent.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ArraySource, anomalyDetector, createRandom, loadData, type Random } from 'autoencoder';
import { engine, type Row } from './row.ts';

export type Protocol = 'semi' | 'unsup';

const MOST = 50_000;

/** The average over all sets in the folder, that of the baselines on the same rows, and the AUROC of each set. */
export async function adbench(protocol: Protocol, seed: number, folder: string): ReturnType<Row['run']> {
  const sets = join(folder, 'adbench', 'Classical');
  const names = readdirSync(sets).filter((name) => name.endsWith('.npz'));
  const means: Record<string, number> = {};
  const perSet: Record<string, number> = {};
  let longestSeconds = 0;
  for (const name of names) {
    const began = performance.now();
    const data = await readSet(join(sets, name), createRandom(seed).fork(name));
    const { train, test } = protocol === 'semi' ? data : { train: data.all, test: data.all };
    const detector = await anomalyDetector(train, { robust: protocol === 'unsup', seed, engine: engine() });
    await detector.score(test);
    const seconds = (performance.now() - began) / 1000;
    longestSeconds = Math.max(longestSeconds, seconds);
    const { measured } = await detector.find(test, { normal: '0', seed });
    if (!measured) throw new Error(`${name} has examples of one sort only`);
    const found = { model: measured.model, ...measured.baselines };
    for (const [which, { auroc }] of Object.entries(found))
      means[which] = (means[which] ?? 0) + (100 * auroc) / names.length;
    perSet[name.replace('.npz', '')] = 100 * measured.model.auroc;
    const figures = Object.entries(found).map(([which, { auroc }]) => `${which} ${(100 * auroc).toFixed(2)}`);
    console.error(`${protocol}, seed ${seed}, ${name}: ${figures.join(', ')} (${seconds.toFixed(1)} s)`);
  }
  const { model, ...others } = means;
  return { value: model, others: { ...others, longestSeconds, ...perSet } };
}

/** All rows of a set, half of the normal ones to learn from, and the rest to score. */
export async function readSet(path: string, random: Random) {
  const [{ train: x }, { train: y }] = [await loadData(`${path}:X`), await loadData(`${path}:y`)];
  if (x.form !== 'array' || y.form !== 'array') throw new Error(`${path}: arrays were expected`);
  const order = [...random.fork('rows').permutation(x.shape[0])].slice(0, MOST);
  const take = (rows: readonly number[]): ArraySource => {
    const width = x.values.length / x.shape[0];
    const values = new Float32Array(rows.length * width);
    for (const [at, row] of rows.entries()) values.set(x.values.subarray(row * width, (row + 1) * width), at * width);
    const labels = { values: Int32Array.from(rows, (row) => y.values[row]), names: ['0', '1'] };
    return { form: 'array', name: path, values, shape: [rows.length, width], labels };
  };
  const normal = order.filter((row) => y.values[row] === 0);
  const half = Math.floor(normal.length / 2);
  const anomalies = order.filter((row) => y.values[row] !== 0);
  return { all: take(order), train: take(normal.slice(0, half)), test: take([...normal.slice(half), ...anomalies]) };
}
