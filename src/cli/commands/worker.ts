/** `autoencoder worker`: takes shards from a queue. */
import type { Command } from 'commander';
import { DataError } from '../../base/errors.ts';
import { openShardFolder } from '../../distributed/shard-folder.ts';
import { workShards } from '../../distributed/work-shards.ts';
import { addEngineFlags, type EngineFlags } from '../engine-flags.ts';
import { countParser } from '../flags.ts';
import { modelOrDetector } from '../model-argument.ts';
import { makeTerminal } from '../terminal.ts';

interface Flags extends EngineFlags {
  readonly broker: string;
  readonly model?: string;
  readonly lock: number;
  readonly wait: number;
  readonly json?: boolean;
}

export function addWorker(program: Command, signal: AbortSignal): void {
  const command = program
    .command('worker')
    .summary('do shards from a queue, together with other workers')
    .description(
      'Takes shards of plans from a broker until all are done or have failed. Workers may come, go and be killed at any time: a shard whose worker gives no sign of life goes to another.',
    )
    .argument('<folders...>', 'folders of plans (autoencoder shard plan)')
    .requiredOption('--broker <url>', 'redis://… or postgres://…')
    .option('--model <model>', 'where the model is, when that is not where the plan says')
    .addOption(
      program
        .createOption(
          '--lock <seconds>',
          'after so long without a sign of life from its worker, a shard goes to another',
        )
        .argParser(countParser('--lock'))
        .default(30),
    )
    .addOption(
      program
        .createOption('--wait <seconds>', 'how long a broker that went away is waited for')
        .argParser(countParser('--wait'))
        .default(300),
    )
    .option('--json', 'print one JSON object');
  addEngineFlags(command);
  command.addHelpText(
    'after',
    '\nExamples:\n  autoencoder worker job --broker redis://localhost:6379\n  autoencoder worker job --broker postgres://me@db/queues --threads 4',
  );
  command.action(async (paths: string[], flags: Flags) => {
    const { broker, lock, wait, engine, threads } = flags;
    const terminal = makeTerminal(flags.json ?? false);
    const folders = await Promise.all(paths.map(openShardFolder));
    const model = flags.model && (await modelOrDetector(flags.model));
    const done = await workShards({
      folders,
      broker,
      engine,
      threads,
      model,
      lockSeconds: lock,
      waitSeconds: wait,
      signal,
      onBroker: (state) =>
        terminal.note(
          state === 'gone' ? `The broker does not answer: waiting for it, at most ${wait} s …` : 'The broker is back.',
        ),
    });
    const failed = (await Promise.all(folders.map((folder) => folder.states()))).map((state) => state.failed.size);
    const lost = failed.reduce((sum, count) => sum + count, 0);
    terminal.say(
      `${done.done} shards done here; all shards of ${paths.join(', ')} have ended, ${lost === 0 ? 'none failed' : `${lost} failed`}`,
    );
    terminal.result({ plans: paths, ...done, failedOfAll: lost });
    if (done.failed === 0) return;
    throw new DataError({
      where: paths.join(', '),
      expected: 'no shard that fails',
      got: `${done.failed} of those done here`,
      fix: `see why: autoencoder shard status ${paths[0]}`,
    });
  });
}
