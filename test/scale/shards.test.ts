/** Batch jobs without a broker: what parts hold, that nothing is done twice, and what goes wrong. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { appendFile, copyFile, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { afterAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/data/dataset.ts';
import { encodeNpy } from '../../src/data/formats/npy.ts';
import { encodeParquet } from '../../src/data/formats/parquet.ts';
import { dataEnvironment, loadData } from '../../src/data/load.ts';
import { mergeParts } from '../../src/distributed/merge.ts';
import { runShards, type ShardsRun } from '../../src/distributed/run-shards.ts';
import type { ShardFolder } from '../../src/distributed/shard-folder.ts';
import { nodeEngine } from '../../src/engine/node.ts';
import { load } from '../../src/model-files.ts';
import { commandFile, follow, makeWorkplace } from '../command.ts';
import { makeJob } from './made-job.ts';

const job = await makeJob();
afterAll(() => job.remove());
await job.write('data/a.csv', 0, 130);
await job.write('data/b.parquet', 130, 300);
await job.write('data/deep/c.jsonl', 300, 420);
await job.write('data/deep/d.csv', 420, 600);

const engine = async () => nodeEngine({ threads: 1 });
const never = new AbortController().signal;
const run = (folder: ShardFolder, more: Partial<Parameters<typeof runShards>[0]> = {}): Promise<ShardsRun> =>
  runShards({ folder, engine, signal: never, ...more });
const read = async (path: string): Promise<Source> =>
  (await loadData(path, { environment: dataEnvironment({}), cells: undefined })).train;

/** All numbers of a source, row by row. */
function numbersOf(source: Source): number[] {
  if (source.form === 'array') return [...source.values];
  return Array.from({ length: source.rows }, (_, row) =>
    source.columns.map(({ values }) => Number(values[row])),
  ).flat();
}

describe('parts put together', () => {
  test('codes are those of the model, in the order of the data', async () => {
    const folder = await job.plan('codes', { data: [job.path('data')], rows: 50 });
    expect(folder.plan.shards.length).toBe(3 + 4 + 3 + 4);
    expect(await run(folder)).toEqual({ shards: 14, done: 14, wereDone: 0, failed: 0, rows: 600 });
    const { values, shape } = await (await load(job.model)).encode(job.rows);
    for (const ending of ['parquet', 'csv', 'npy']) {
      const out = job.path(`codes.${ending}`);
      expect(await mergeParts({ folder, out })).toBe(600);
      const merged = numbersOf(await read(out));
      expect(merged).toHaveLength(600 * shape[1]);
      for (const [at, value] of merged.entries()) expect(value).toBeCloseTo(values[at], 4);
    }
  });

  test('a merged Parquet file has a group of rows for each part, in 32 bits as the parts', async () => {
    const { row_groups: groups, schema } = await parquetMetadataAsync(
      await asyncBufferFromFile(job.path('codes.parquet')),
    );
    expect(groups.length).toBe(14);
    expect(schema[1].type).toBe('FLOAT');
  });

  test('scores and reconstructions', async () => {
    const scores = await job.plan('scores', { data: [job.path('data')], task: 'score', parts: 'npy' });
    await run(scores);
    await mergeParts({ folder: scores, out: job.path('scores.npy') });
    const rebuilt = await job.plan('rebuilt', { data: [job.path('data')], task: 'reconstruct', parts: 'csv' });
    await run(rebuilt);
    await mergeParts({ folder: rebuilt, out: job.path('rebuilt.csv') });
    const table = await read(job.path('rebuilt.csv'));
    expect(table).toMatchObject({ form: 'table', rows: 600 });
    if (table.form !== 'table') throw new Error('no table');
    expect(table.columns.map(({ name }) => name)).toEqual(job.rows.columns.map(({ name }) => name));
    const values = numbersOf(await read(job.path('scores.npy')));
    expect(values).toHaveLength(600);
    expect(values.every((value) => value > 0 && value < 100)).toBe(true);
  });

  test('gaps are filled, and nothing else is changed; a shard is drawn alike by whoever draws it', async () => {
    const merged: string[] = [];
    for (const name of ['filled', 'filled again']) {
      const folder = await job.plan(name, { data: [job.path('data')], task: 'impute' });
      await run(folder);
      await mergeParts({ folder, out: job.path(`${name}.csv`) });
      merged.push(await readFile(job.path(`${name}.csv`), 'utf8'));
    }
    expect(merged[1]).toBe(merged[0]);
    const filled = await read(job.path('filled.csv'));
    if (filled.form !== 'table') throw new Error('no table');
    for (const [at, column] of job.rows.columns.entries())
      for (let row = 0; row < 600; row++) {
        const [before, after] = [column.values[row], filled.columns[at].values[row]];
        if (typeof before !== 'number') expect(after).toBe(before);
        else if (Number.isNaN(before)) expect(after).toSatisfy(Number.isFinite);
        else expect(after).toBeCloseTo(before, 6);
      }
  });
});

describe('nothing is done twice', () => {
  test('shares together do everything once', async () => {
    const folder = await job.plan('shares', { data: [job.path('data')] });
    const runs = [];
    for (const index of [2, 0, 1]) runs.push(await run(folder, { share: { index, count: 3 } }));
    expect(runs.map(({ done }) => done).reduce((sum, done) => sum + done)).toBe(14);
    expect(await run(folder)).toMatchObject({ done: 0, wereDone: 14 });
    await mergeParts({ folder, out: job.path('shares.npy') });
    expect(await readFile(job.path('shares.npy'))).toEqual(await readFile(job.path('codes.npy')));
  });

  test('a part that is gone, and what an interrupted run left out, is done by the next', async () => {
    const folder = await job.plan('again', { data: [job.path('data')] });
    const controller = new AbortController();
    const broken = run(folder, { signal: controller.signal, onShard: (ended) => ended === 5 && controller.abort() });
    await expect(broken).rejects.toThrow(/interrupted, 5 of 14 shards done; the same command goes on/);
    await expect(mergeParts({ folder, out: job.path('again.npy') })).rejects.toThrow(
      /expected all 14 parts, got 9 missing \(shard 5, 6, .*run: autoencoder shard run/,
    );
    await rm(folder.partFile(2));
    await writeFile(`${folder.partFile(3)}.12-0.tmp`, 'left by a killed process');
    expect(await run(folder)).toMatchObject({ done: 10, wereDone: 4 });
    await mergeParts({ folder, out: job.path('again.npy') });
    expect(await readFile(job.path('again.npy'))).toEqual(await readFile(job.path('codes.npy')));
    expect((await readdir(job.path('again/parts'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('two runs at the same time', async () => {
    const folder = await job.plan('both', { data: [job.path('data')] });
    const runs = await Promise.all([run(folder), run(folder)]);
    expect(runs.map(({ done, wereDone }) => done + wereDone)).toEqual([14, 14]);
    await mergeParts({ folder, out: job.path('both.npy') });
    expect(await readFile(job.path('both.npy'))).toEqual(await readFile(job.path('codes.npy')));
  });

  test('a plan that is made again keeps what agrees with it', async () => {
    const data = [job.path('data')];
    await run(await job.plan('planned', { data }));
    const same = await job.plan('planned', { data });
    expect(await run(same)).toMatchObject({ done: 0, wereDone: 14 });
    const other = await job.plan('planned', { data, task: 'score' });
    expect((await other.states()).done.size).toBe(0);
  });
});

describe('what goes wrong', () => {
  test('one bad file among many fails its shards only, and says why', async () => {
    await job.write('some/1.parquet', 0, 40);
    await writeFile(job.path('some/2.parquet'), (await readFile(job.path('some/1.parquet'))).subarray(0, 500));
    await job.write('some/3.csv', 40, 80);
    await appendFile(job.path('some/3.csv'), 'this,is,short\n');
    await job.write('some/4.jsonl', 80, 120);
    await writeFile(job.path('some/about.json'), '{"made by": "a test"}');
    const folder = await job.plan('bad', { data: [job.path('some')], rows: 30 });
    expect(await run(folder)).toMatchObject({ done: 5, failed: 2 });
    const failures = await folder.failures();
    expect(failures.map(({ shard, reason }) => [shard, reason])).toEqual([
      [2, expect.stringMatching(/2.parquet: expected a Parquet file/)],
      [4, expect.stringMatching(/3.csv row 42: expected \d+ cells, as in the first row, got 3/)],
    ]);
    await expect(mergeParts({ folder, out: job.path('bad.csv') })).rejects.toThrow(
      /2 missing \(shard 2, 4\), of which 2 failed/,
    );
    // A file that was repaired is planned again; what was done stays.
    await job.write('some/2.parquet', 0, 20);
    const again = await job.plan('bad', { data: [job.path('some')], rows: 30 });
    expect(await run(again)).toMatchObject({ done: 1, wereDone: 5, failed: 1 });
  });

  test('a Parquet file with other columns than the one before', async () => {
    const values = Float64Array.from({ length: 20 }, (_, row) => row);
    await job.write('schema/1.parquet', 0, 20);
    const { columns } = job.rows;
    const other: Source = {
      form: 'table',
      name: 'other',
      rows: 20,
      columns: [{ type: 'numeric', name: 'speed', values }],
    };
    await writeFile(job.path('schema/2.parquet'), encodeParquet(other));
    const text = columns.map((column) =>
      column.name === 'speed'
        ? { type: 'category' as const, name: 'speed', values: Array.from({ length: 20 }, () => 'fast') }
        : column.type === 'numeric'
          ? { ...column, values: column.values.slice(0, 20) }
          : { ...column, values: column.values.slice(0, 20) },
    );
    await writeFile(
      job.path('schema/3.parquet'),
      encodeParquet({ form: 'table', name: 'text', rows: 20, columns: text }),
    );
    const folder = await job.plan('schema-job', { data: [job.path('schema')] });
    expect(await run(folder)).toMatchObject({ done: 1, failed: 2 });
    expect((await folder.failures()).map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/2.parquet: expected one of the columns "speed", got "/),
      expect.stringMatching(/3.parquet row 1 column "speed": expected a number.*, got "fast"/),
    ]);
  });

  test('columns that no model knows, and that change between files, cannot be put together', async () => {
    const values = Float64Array.from({ length: 20 }, (_, row) => row);
    const more = (name: string): Source => ({
      ...job.rows,
      rows: 20,
      columns: [
        ...job.rows.columns.map((column) =>
          column.type === 'numeric'
            ? { ...column, values: column.values.slice(0, 20) }
            : { ...column, values: column.values.slice(0, 20) },
        ),
        { type: 'numeric', name, values },
      ],
    });
    mkdirSync(job.path('more'));
    await writeFile(job.path('more/1.parquet'), encodeParquet(more('note')));
    await writeFile(job.path('more/2.parquet'), encodeParquet(more('remark')));
    const folder = await job.plan('more-job', { data: [job.path('more')], task: 'impute' });
    expect(await run(folder)).toMatchObject({ done: 2 });
    await expect(mergeParts({ folder, out: job.path('more.parquet') })).rejects.toThrow(
      /00001.parquet: expected the columns of the parts before it, .*"note".*, got .*"remark"/,
    );
    expect((await readdir(job.folder)).filter((name) => name.startsWith('more.parquet'))).toEqual([]);
  });

  test('a file that changed since it was planned', async () => {
    const file = await job.write('changed.csv', 0, 30);
    const folder = await job.plan('changed', { data: [file] });
    await utimes(file, new Date(), new Date(Date.now() + 60_000));
    expect(await run(folder)).toMatchObject({ failed: 1 });
    expect((await folder.failures())[0].reason).toMatch(/expected the file as it was when it was planned/);
  });

  test('a model that is not the one of the plan', async () => {
    const folder = await job.plan('model', { data: [job.path('data/a.csv')] });
    const other = await makeJob(200);
    await copyFile(other.model, job.path('other.safetensors'));
    await other.remove();
    await expect(run(folder, { model: job.path('other.safetensors') })).rejects.toThrow(
      /other.safetensors: expected the model of the plan, with SHA-256 .*, got another one/,
    );
    await copyFile(job.model, job.path('same.safetensors'));
    expect(await run(folder, { model: job.path('same.safetensors') })).toMatchObject({ done: 3 });
  });

  test('a part that was cut short or exchanged is found when parts are put together', async () => {
    const folder = await job.plan('counted', { data: [job.path('data/a.csv')], parts: 'npy' });
    await run(folder);
    await writeFile(folder.partFile(1), encodeNpy(new Float32Array(3 * 7), [7, 3]));
    await expect(mergeParts({ folder, out: job.path('counted.npy') })).rejects.toThrow(
      /00001.npy: expected 50 rows, as in the plan, got 7; delete this part/,
    );
  });

  test('a disk that is full ends the run, keeps what is done, and fails no shard', async ({ skip }) => {
    const disk = job.path('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk], { stdio: 'ignore' });
    } catch {
      skip('no right to mount a small disk');
    }
    try {
      const folder = await job.plan('disk', { data: [job.path('data')], task: 'reconstruct', rows: 250 });
      await writeFile(job.path('disk', 'filler'), new Uint8Array(224 << 10));
      await expect(run(folder)).rejects.toThrow(/expected a file that can be written, got a full disk/);
      const { done, failed } = await folder.states();
      expect(failed.size).toBe(0);
      expect(done.size).toBeLessThan(folder.plan.shards.length);
      await rm(job.path('disk', 'filler'));
      expect(await run(folder)).toMatchObject({ failed: 0 });
      expect((await folder.states()).waiting).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('no data, no plan, no such ending', async () => {
    await expect(job.plan('none', { data: [job.path('nothing/*.csv')] })).rejects.toThrow(
      /expected a file, a folder or a pattern/,
    );
    const folder = await job.plan('ending', { data: [job.path('data/a.csv')], parts: 'csv' });
    await expect(mergeParts({ folder, out: 'x.parquet' })).rejects.toThrow(/expected a name that ends in .csv/);
    await expect(
      job.plan('texts', { data: [job.path('data/a.csv')], task: 'reconstruct', parts: 'npy' }),
    ).rejects.toThrow(/--format npy: expected columns of numbers/);
  });
});

describe('the command', async () => {
  const { path, run: command, json } = await makeWorkplace();

  test('plans, runs a share that Kubernetes names, tells how far it is, and puts parts together', async () => {
    await copyFile(job.path('data/a.csv'), path('a.csv'));
    await copyFile(job.model, path('model.safetensors'));
    const plan = await json('shard plan a.csv --model model.safetensors --task score --out job --rows 30');
    expect(plan).toMatchObject({ files: 1, rows: 130, shards: 5, unreadable: [] });
    expect((await stat(path('job/plan.json'))).size).toBeLessThan(2000);
    const inCluster = { ...process.env, JOB_COMPLETION_INDEX: '1', JOB_COMPLETIONS: '2' };
    const child = spawn(process.execPath, [commandFile, 'shard', 'run', 'job', '--json'], {
      cwd: path(),
      env: inCluster,
    });
    const { code, stdout } = await follow(child).outcome;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      share: { index: 1, count: 2 },
      done: 3,
      states: { done: 3, waiting: 2 },
    });
    const early = await command('shard merge job --out scores.csv');
    expect(early).toMatchObject({ code: 3, stderr: expect.stringContaining('got 2 missing (shard 0, 1)') });
    await rm(path('a.csv'));
    const failing = await command('shard run job --json');
    expect(failing.code).toBe(3);
    expect(JSON.parse(failing.stdout)).toMatchObject({
      failed: 2,
      wereDone: 3,
      failures: [{ shard: 0 }, { shard: 1 }],
    });
    const status = await command('shard status job');
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/3 of 5 shards done, 2 failed[\s\S]*no such file/),
    });
  });

  test.each([
    ['shard run job --shard 2/2', 2, '--shard: expected i/n'],
    ['shard run nowhere', 3, 'expected a folder with a plan.json'],
    ['shard plan a.csv --model model.safetensors --task dance --out x', 2, '--task: expected one of encode'],
    ['shard status job --broker redis://127.0.0.1:1', 3, 'expected a broker that answers, got connect ECONNREFUSED'],
    ['shard status job --broker http://a', 2, '--broker: expected an address such as redis://'],
  ])('%s', async (words, code, message) => {
    const outcome = await command(words);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
  });
});
