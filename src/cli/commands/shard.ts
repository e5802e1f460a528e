/** `autoencoder shard`: many files through one model, by many processes. */
import type { Command } from 'commander';
import { DataError, OptionError } from '../../base/errors.ts';
import type { ReadOptions } from '../../data/formats/format.ts';
import { addToQueue, followShards, queueCounts } from '../../distributed/enqueue.ts';
import { makePlan } from '../../distributed/make-plan.ts';
import { endingOf, mergeParts } from '../../distributed/merge.ts';
import { partFormats, planKey, type ShardPlan, shardTasks } from '../../distributed/plan.ts';
import { runShards } from '../../distributed/run-shards.ts';
import { hasPlan, makeFolder, openShardFolder, type ShardFolder, writePlan } from '../../distributed/shard-folder.ts';
import { parseShare, type Share, shareFrom } from '../../distributed/share.ts';
import { addEngineFlags, type EngineFlags, openEngine } from '../engine-flags.ts';
import { countParser, oneOf } from '../flags.ts';
import { modelOrDetector } from '../model-argument.ts';
import { checkFolder, refuseExisting } from '../output-file.ts';
import { makeTerminal, type Terminal } from '../terminal.ts';

/** Rows of a shard where nobody says: some seconds of work, some megabytes of a part. */
const ROWS = 100_000;
/** Failed shards that are told of by name. */
const SHOWN = 20;

interface PlanFlags extends Pick<ReadOptions, 'header' | 'label'> {
  readonly model: string;
  readonly task: ShardPlan['task'];
  readonly out: string;
  readonly rows: number;
  readonly format: ShardPlan['parts'];
  readonly overwrite?: boolean;
  readonly broker?: string;
  readonly json?: boolean;
}

interface RunFlags extends EngineFlags {
  readonly shard?: Share;
  readonly of?: number;
  readonly model?: string;
  readonly broker?: string;
  readonly json?: boolean;
}

export function addShard(program: Command, signal: AbortSignal): void {
  const shard = program
    .command('shard')
    .summary('many files through one model, shard by shard')
    .description(
      'Plans work on many files, does it in as many processes as there are, on one machine or many, and puts the parts together. A run that is broken off goes on where it was.',
    );
  shard.addHelpText(
    'after',
    '\nExamples:\n  autoencoder shard plan logs/ --model runs/logs --task score --out job\n  autoencoder shard run job\n  autoencoder shard status job\n  autoencoder shard merge job --out scores.parquet',
  );
  addPlan(shard, signal);
  addRun(shard, signal);
  addStatus(shard);
  addMerge(shard, signal);
  for (const command of shard.commands) command.exitOverride().showSuggestionAfterError();
}

const BROKER = 'redis://… or postgres://…';

function addPlan(shard: Command, signal: AbortSignal): void {
  shard
    .command('plan')
    .summary('say which rows of which files are worked on, in which shards')
    .description('Counts the rows of all files and writes plan.json: descriptions of shards, no data.')
    .argument('<data...>', 'files, folders of them, patterns (Parquet, CSV, JSON, npy …)')
    .requiredOption('--model <model>', 'a model.safetensors, the folder of a run, or of a detector (--task score)')
    .addOption(
      oneOf(shard.createOption('--task <name>', 'what is done with every row'), shardTasks).makeOptionMandatory(),
    )
    .requiredOption('--out <folder>', 'the folder of the job, which all processes can reach')
    .addOption(shard.createOption('--rows <n>', 'rows of a shard').argParser(countParser('--rows')).default(ROWS))
    .addOption(oneOf(shard.createOption('--format <name>', 'of the parts'), partFormats).default('parquet'))
    .addOption(
      oneOf(
        shard.createOption('--header <when>', 'whether the first line of a CSV names the columns (default: auto)'),
        ['auto', 'yes', 'no'],
      ),
    )
    .option('--label <column>', 'column that names the class, for models that are told it')
    .option('--overwrite', 'replace another plan in --out; finished parts of shards that stay the same are kept')
    .option('--broker <url>', `put the shards into a queue for workers: ${BROKER}`)
    .option('--json', 'print one JSON object')
    .action(async (data: string[], flags: PlanFlags) => {
      const { task, out, rows, format, header, label, broker } = flags;
      const terminal = makeTerminal(flags.json ?? false);
      const model = await modelOrDetector(flags.model);
      const bar = terminal.bar(1);
      const plan = await makePlan({
        data,
        model,
        task,
        parts: format,
        rows,
        reading: { ...(header ? { header } : {}), ...(label === undefined ? {} : { label }) },
        signal,
        onFile: (done, total) => bar.to(done / total, `${done} of ${total} files looked at`),
      });
      bar.end(`${plan.files.length} files looked at`);
      await makeFolder(out);
      if (!flags.overwrite) await refuseOtherPlan(out, plan);
      await writePlan(out, plan);
      const folder = await openShardFolder(out);
      const queued = broker === undefined ? undefined : await addToQueue(folder, broker);
      const bad = plan.files.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ path, problem }]));
      const total = plan.shards.reduce((sum, shard) => sum + shard.rows, 0);
      for (const { problem } of bad.slice(0, SHOWN)) terminal.note(`Cannot be read: ${problem}`);
      if (bad.length > SHOWN) terminal.note(`… and ${bad.length - SHOWN} more.`);
      terminal.say(
        `${total.toLocaleString('en')} rows of ${plan.files.length} files in ${plan.shards.length} shards → ${out}${queued === undefined ? '' : `, ${queued} of them in the queue`}`,
      );
      terminal.result({
        plan: out,
        task,
        model: plan.model,
        files: plan.files.length,
        rows: total,
        shards: plan.shards.length,
        unreadable: bad,
        ...(queued === undefined ? {} : { queued }),
      });
    });
}

/** @throws OptionError for a folder with a plan of other shards. */
async function refuseOtherPlan(out: string, plan: ShardPlan): Promise<void> {
  if (!hasPlan(out)) return;
  const { plan: old } = await openShardFolder(out);
  if (planKey(old) === planKey(plan)) return;
  throw new OptionError({
    where: `--out ${out}`,
    expected: 'a folder without another plan',
    got: `one of ${old.shards.length} shards for ${old.task}`,
    fix: 'choose another folder, or add --overwrite',
  });
}

function addRun(shard: Command, signal: AbortSignal): void {
  const command = shard
    .command('run')
    .summary('do the shards of a plan, or a share of them')
    .description(
      'Does what is not done yet. The share comes from --shard, or from Kubernetes (JOB_COMPLETION_INDEX), Slurm (SLURM_ARRAY_TASK_ID) or Open MPI (OMPI_COMM_WORLD_RANK); all shards otherwise. With --broker, workers do it: see autoencoder worker. Ends with 3 where shards failed.',
    )
    .argument('<folder>', 'the folder of the plan')
    .addOption(
      shard
        .createOption('--shard <i/n>', 'the share i of n, from 0/n to (n − 1)/n')
        .argParser((text) => parseShare(text)),
    )
    .addOption(
      shard
        .createOption(
          '--of <n>',
          'how many processes share the plan, where only the index is known (default: JOB_COMPLETIONS)',
        )
        .argParser(countParser('--of')),
    )
    .option('--model <model>', 'where the model is, when that is not where the plan says')
    .option('--broker <url>', `leave the work to workers and wait for them: ${BROKER}`)
    .option('--json', 'print one JSON object');
  addEngineFlags(command);
  command.action(async (path: string, flags: RunFlags) => {
    const terminal = makeTerminal(flags.json ?? false);
    const folder = await openShardFolder(path);
    const model = flags.model && (await modelOrDetector(flags.model));
    if (flags.broker !== undefined) {
      refuseShare(flags);
      const queued = await addToQueue(folder, flags.broker);
      terminal.note(`${queued} shards in the queue; workers: autoencoder worker ${path} --broker ${BROKER}`);
      await followShards({ folder, signal, ...reporter(terminal) });
      await tellStates(folder, terminal, { queued });
      return;
    }
    const share = flags.shard ?? shareFrom(process.env, flags.of);
    const progress = reporter(terminal);
    const run = await runShards({ folder, engine: () => openEngine(flags), model, share, signal, ...progress });
    progress.end();
    await tellStates(folder, terminal, { share, ...run }, run.failed);
  });
}

/** @throws OptionError for a share beside a broker. */
function refuseShare({ shard, of, model }: RunFlags): void {
  const [given] = Object.entries({ shard, of, model }).filter(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw new OptionError({
    where: `--${given[0]}`,
    expected: 'no --broker beside it: workers take what there is',
    got: '--broker',
    fix: 'leave one of the two out',
  });
}

function reporter(terminal: Terminal): { onShard: (ended: number, total: number) => void; end: () => void } {
  const began = performance.now();
  let bar: ReturnType<Terminal['bar']> | undefined;
  let first: number | undefined;
  let [last, all] = [0, 0];
  return {
    onShard(ended, total) {
      bar ??= terminal.bar(1);
      first ??= ended - 1;
      [last, all] = [ended, total];
      const perSecond = (1000 * (ended - first)) / (performance.now() - began);
      const left = perSecond > 0 ? `, ${Math.ceil((total - ended) / perSecond)} s left` : '';
      bar.to(ended / Math.max(1, total), `${ended} of ${total} shards, ${perSecond.toFixed(1)} a second${left}`);
    },
    end: () => bar?.end(`${last} of ${all} shards`),
  };
}

/** Says how the plan stands; @throws DataError where shards failed, of this run where that is said. */
async function tellStates(
  folder: ShardFolder,
  terminal: Terminal,
  more: Readonly<Record<string, unknown>>,
  ownFailed?: number,
): Promise<void> {
  const { done, failed, waiting } = await folder.states();
  const failures = await folder.failures();
  terminal.say(
    `${done.size} of ${folder.plan.shards.length} shards done, ${failed.size} failed, ${waiting.length} to be done`,
  );
  for (const { shard, rows, reason } of failures.slice(0, SHOWN)) terminal.say(`  shard ${shard} (${rows}): ${reason}`);
  if (failures.length > SHOWN) terminal.say(`  … and ${failures.length - SHOWN} more (--json lists all)`);
  terminal.result({
    plan: folder.path,
    ...more,
    states: { shards: folder.plan.shards.length, done: done.size, failed: failed.size, waiting: waiting.length },
    failures,
  });
  const count = ownFailed ?? failed.size;
  if (count === 0) return;
  throw new DataError({
    where: folder.path,
    expected: 'no shard that fails',
    got: `${count}`,
    fix: 'see the reasons above; what is done is kept, and the next run tries the others again',
  });
}

function addStatus(shard: Command): void {
  shard
    .command('status')
    .summary('how far a plan is, and what failed, why')
    .description('Looks into the folder: anybody who can reach it may ask, at any time.')
    .argument('<folder>', 'the folder of the plan')
    .option('--broker <url>', `tell what the queue holds, too: ${BROKER}`)
    .option('--json', 'print one JSON object')
    .action(async (path: string, { json, broker }: { readonly json?: boolean; readonly broker?: string }) => {
      const terminal = makeTerminal(json ?? false);
      const folder = await openShardFolder(path);
      const queue = broker === undefined ? undefined : await queueCounts(folder, broker);
      if (queue)
        terminal.say(`In the queue: ${queue.waiting} waiting, ${queue.active} with workers, ${queue.failed} failed`);
      await tellStates(folder, terminal, queue ? { queue } : {}, 0);
    });
}

function addMerge(shard: Command, signal: AbortSignal): void {
  shard
    .command('merge')
    .summary('put the parts together')
    .description('Writes one file from all parts, in the order of the data; refuses while parts are missing.')
    .argument('<folder>', 'the folder of the plan')
    .requiredOption('--out <file>', 'a .parquet, .csv or .npy file')
    .option('--overwrite', 'replace the file')
    .option('--json', 'print one JSON object')
    .action(
      async (path: string, flags: { readonly out: string; readonly overwrite?: boolean; readonly json?: boolean }) => {
        const terminal = makeTerminal(flags.json ?? false);
        const folder = await openShardFolder(path);
        endingOf(flags.out, folder.plan.parts);
        await checkFolder(flags.out);
        refuseExisting(flags.out, flags);
        const bar = terminal.bar(1);
        const rows = await mergeParts({
          folder,
          out: flags.out,
          signal,
          onPart: (done, total) => bar.to(done / total, `${done} of ${total} parts`),
        });
        bar.end(`${folder.plan.shards.length} parts`);
        terminal.say(`${rows.toLocaleString('en')} rows of ${folder.plan.shards.length} parts → ${flags.out}`);
        terminal.result({ plan: path, out: flags.out, rows, parts: folder.plan.shards.length });
      },
    );
}
