/** Workers on a queue: killed at random they lose and duplicate nothing; a broker may go away; what fails is told. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { encodeNpy, parseNpyNumbers } from '../../src/data/formats/npy.ts';
import { openBroker } from '../../src/distributed/broker.ts';
import { addToQueue, queueCounts } from '../../src/distributed/enqueue.ts';
import { mergeParts } from '../../src/distributed/merge.ts';
import { runShards } from '../../src/distributed/run-shards.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { commandFile, makeWorkplace } from '../command.ts';
import { brokerPrograms } from './brokers.ts';
import { type MadeJob, makeJob } from './made-job.ts';
import { workUnderFire } from './under-fire.ts';

const job: MadeJob = await makeJob(300);
afterAll(() => job.remove());
const data = [await job.write('a.csv', 0, 100), await job.write('b.parquet', 100, 300)];
const unreadable = job.path('numbers.npy');
await writeFile(unreadable, encodeNpy(new Float32Array(6), [2, 3]));
const engine = async () => nodeEngine({ threads: 1 });
const signal = new AbortController().signal;
const { start } = await makeWorkplace();

/** What a run without anything in its way gives. */
const expected = job.path('expected.npy');
{
  const folder = await job.plan('quiet', { data, rows: 5 });
  await runShards({ folder, engine, signal });
  await mergeParts({ folder, out: expected });
}

for (const { name, isThere } of brokerPrograms)
  if (!isThere) console.warn(`skipped: ${name} is not installed on this machine`);

describe.each(brokerPrograms)('$name', ({ name, isThere, start: startBroker }) => {
  test.skipIf(!isThere)(
    'workers that are killed, a broker that goes away, and a file that the model cannot take',
    async () => {
      const broker = await startBroker();
      try {
        await killed(name, broker.url);
        await gone(name, broker);
      } finally {
        await broker.remove();
      }
      await expect(openBroker(broker.url)).rejects.toThrow(/expected a broker that answers, got/);
    },
    120_000,
  );
});

async function killed(name: string, url: string): Promise<void> {
  const folder = await job.plan(`${name}-killed`, { data, rows: 5 });
  expect(folder.plan.shards.length).toBe(60);
  expect(await addToQueue(folder, url)).toBe(60);
  expect(await queueCounts(folder, url)).toMatchObject({ waiting: 60, active: 0, failed: 0 });
  // At the first part, and whenever ten more are there.
  const { kills, codes, said } = await workUnderFire({
    command: commandFile,
    job: folder.path,
    broker: url,
    workers: 2,
    random: createRandom(7),
    isTime: (_, kills, done) => kills < 2 && done > 10 * kills,
  });
  expect(kills).toBeGreaterThanOrEqual(1);
  expect(codes, said).toEqual(codes.map(() => 0));
  await mergeParts({ folder, out: job.path('killed.npy') });
  expect(await readFile(job.path('killed.npy'))).toEqual(await readFile(expected));
  // Who is killed between the part and the word to the broker leaves an entry there; the folder says what is done.
  const { waiting, active, failed } = await queueCounts(folder, url);
  expect([waiting, failed]).toEqual([0, 0]);
  expect(active).toBeLessThanOrEqual(kills);
}

async function gone(
  name: string,
  broker: { readonly url: string; kill(): Promise<void>; restart(): Promise<void> },
): Promise<void> {
  const folder = await job.plan(`${name}-gone`, { data: [...data, unreadable], rows: 1 });
  const worker = start(`worker ${folder.path} --broker ${broker.url} --threads 1 --lock 3`);
  while ((await folder.states()).done.size < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  await broker.kill();
  await worker.shows('The broker does not answer: waiting for it, at most 300 s …');
  await broker.restart();
  const { code, stderr } = await worker.outcome;
  expect(stderr).toContain('The broker is back.');
  // The file that the model cannot take failed its shards, and nothing else.
  expect(code).toBe(3);
  const failures = await folder.failures();
  expect(failures.map(({ shard }) => shard)).toEqual([300, 301]);
  expect(failures[0].reason).toMatch(/expected a table with the columns of training/);
  const good = await job.plan(`${name}-gone`, { data, rows: 1 });
  await mergeParts({ folder: good, out: job.path('gone.npy') });
  // One row at a time, sums are added up in another order.
  const [values, wanted] = await Promise.all([numbersOf(job.path('gone.npy')), numbersOf(expected)]);
  expect(values).toHaveLength(wanted.length);
  for (const [at, value] of values.entries()) expect(value).toBeCloseTo(wanted[at], 4);
}

async function numbersOf(file: string): Promise<Float32Array> {
  const { values } = parseNpyNumbers(await readFile(file), file);
  return Float32Array.from(values);
}
